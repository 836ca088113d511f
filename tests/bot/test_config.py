"""Every setting has a default or is asked for by name, and a wrong one says what it should be."""

import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.config import BadConfig, Config, read_config, read_storage

ROOT = Path(__file__).parents[2]
KEY = "YW4gaW52ZW50ZWQga2V5IG9mIDMyIGJ5dGVzOiB5ZXM="
REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-hush",
    "SLACK_SIGNING_SECRET": "hush-signing",
    "INTUIT_CLIENT_ID": "client",
    "INTUIT_CLIENT_SECRET": "hush-intuit",
    "ENCRYPTION_KEYS": KEY,
}
DEFAULTS = {
    "SLACK_API_URL": "https://slack.com/api/",
    "INTUIT_ENVIRONMENT": "sandbox",
    "DATABASE_URL": "sqlite:///counterfoil.db",
    "PUBLIC_URL": "http://localhost:3000",
    "HOST": "127.0.0.1",
    "PORT": 3000,
    "ALERT_INTERVAL_SECONDS": 60,
    "ALERT_SETTLE_SECONDS": 20,
    "SYNC_INTERVAL_SECONDS": 5,
    "RETRY_BASE_SECONDS": 2,
    "THROTTLE_SECONDS": 60,
    "LEASE_SECONDS": 60,
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "console",
}
NAMES = {name.upper() for name in Config.model_fields}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """What is required, and nothing else; no .env lies about."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def complaint() -> str:
    with pytest.raises(BadConfig) as bad:
        read_config()
    return str(bad.value)


@pytest.mark.parametrize(("name", "default"), DEFAULTS.items())
def test_what_is_not_set_has_its_default(name: str, default: object) -> None:
    assert getattr(read_config(), name.lower()) == default


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("empty", [True, False])
def test_what_is_required_and_missing_names_itself(
    environment: pytest.MonkeyPatch, name: str, *, empty: bool
) -> None:
    if empty:
        environment.setenv(name, "")
    else:
        environment.delenv(name)
    assert re.fullmatch(rf"{name}: (is missing; it )?should be [^\n]+", complaint())


def test_all_that_is_missing_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        environment.delenv(name)
    assert {line.partition(":")[0] for line in complaint().splitlines()} == set(REQUIRED)


@pytest.mark.parametrize(
    ("name", "value", "should"),
    [
        ("SLACK_API_URL", "slack.com/api", "http://"),
        ("INTUIT_ENVIRONMENT", "prod", "sandbox, production, or the URL of a discovery document"),
        ("QUICKBOOKS_API_URL", "ftp://quickbooks", "http://"),
        ("DATABASE_URL", "counterfoil.db", "sqlite:///counterfoil.db"),
        ("DATABASE_URL", "sqlite://", "sqlite:///counterfoil.db"),
        ("DATABASE_URL", "sqlite:///:memory:", "sqlite:///counterfoil.db"),
        ("DATABASE_URL", "postgresql://u:hush-pw@host", "postgresql://user:password@host/data"),
        ("DATABASE_URL", "postgresql+psycopg2://u:hush-pw@host/db", "postgresql://user:password"),
        ("DATABASE_URL", "mysql://u:hush-pw@host/db", "postgresql://user:password@host/database"),
        ("ENCRYPTION_KEYS", "hush-too-short", "Fernet keys, comma separated"),
        ("ENCRYPTION_KEYS", f"{KEY},hush-too-short", "Fernet keys, comma separated"),
        ("PUBLIC_URL", "localhost:3000", "http://"),
        ("PORT", "-1", "greater than or equal to 0"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("PORT", "http", "valid integer"),
        ("ALERT_INTERVAL_SECONDS", "0", "greater than 0"),
        ("ALERT_INTERVAL_SECONDS", "86401", "less than or equal to 86400"),
        ("ALERT_SETTLE_SECONDS", "-0.5", "greater than 0"),
        ("ALERT_SETTLE_SECONDS", "a while", "valid number"),
        ("SYNC_INTERVAL_SECONDS", "0", "greater than 0"),
        ("SYNC_INTERVAL_SECONDS", "soon", "valid number"),
        ("RETRY_BASE_SECONDS", "-1", "greater than 0"),
        ("THROTTLE_SECONDS", "nan", "less than or equal to 86400"),
        ("LEASE_SECONDS", "86401", "less than or equal to 86400"),
        ("LEASE_SECONDS", "inf", "less than or equal to 86400"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("LOG_FORMAT", "xml", "'console' or 'json'"),
        ("SLACK_APP_TOKEN", "xoxb-hush", "an app-level token of your app, xapp-…"),
    ],
)
def test_what_is_malformed_names_itself_and_says_what_it_should_be(
    environment: pytest.MonkeyPatch, name: str, value: str, should: str
) -> None:
    environment.setenv(name, value)
    said = complaint()
    assert said.startswith(f"{name}: ")
    assert should in said
    assert "\n" not in said
    assert "hush" not in said


ONE, MANY = {"SLACK_BOT_TOKEN"}, {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (ONE, None),
        (MANY, None),
        (set(), "SLACK_BOT_TOKEN"),
        (ONE | MANY, "SLACK_BOT_TOKEN"),
        (ONE | {"SLACK_CLIENT_ID"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_CLIENT_ID"}, "SLACK_CLIENT_SECRET"),
        ({"SLACK_CLIENT_SECRET"}, "SLACK_CLIENT_ID"),
    ],
)
def test_it_is_for_one_workspace_or_for_many(
    environment: pytest.MonkeyPatch, given: set[str], named: str | None
) -> None:
    for name in ONE | MANY:
        environment.setenv(name, "hush" if name in given else "")
    if named is None:
        assert bool(read_config().slack_client_id) is (given == MANY)
        return
    assert re.fullmatch(rf"{named}: should be [^\n]+", complaint())
    assert "hush" not in complaint()


@pytest.mark.parametrize(
    ("api", "page"),
    [
        ("https://slack.com/api/", "https://slack.com/oauth/v2/authorize"),
        ("http://127.0.0.1:8/api", "http://127.0.0.1:8/oauth/v2/authorize"),
    ],
)
def test_the_install_page_is_beside_the_api(
    environment: pytest.MonkeyPatch, api: str, page: str
) -> None:
    environment.setenv("SLACK_API_URL", api)
    assert read_config().slack_authorize_url == page


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_complaint_repeats_what_was_set(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "hush" if name != "SLACK_CLIENT_ID" else "hush-id")
    with suppress(BadConfig):
        read_config()
        return
    assert "hush" not in complaint()


def test_in_socket_mode_nothing_is_signed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_APP_TOKEN", "xapp-1-hush")
    environment.delenv("SLACK_SIGNING_SECRET")
    assert read_config().slack_signing_secret is None
    environment.setenv("SLACK_APP_TOKEN", "")
    assert complaint().endswith("or set SLACK_APP_TOKEN for Socket Mode")


def test_a_configuration_does_not_show_its_secrets() -> None:
    shown = repr(read_config())
    assert "hush" not in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("environment_name", "api", "records"),
    [
        (
            "sandbox",
            "https://sandbox-quickbooks.api.intuit.com",
            "https://sandbox.qbo.intuit.com/app",
        ),
        ("production", "https://quickbooks.api.intuit.com", "https://qbo.intuit.com/app"),
        ("http://127.0.0.1:8/.well-known/x", "http://127.0.0.1:8", "http://127.0.0.1:8/app"),
    ],
)
def test_the_environment_says_where_quickbooks_is(
    environment: pytest.MonkeyPatch, environment_name: str, api: str, records: str
) -> None:
    environment.setenv("INTUIT_ENVIRONMENT", environment_name)
    config = read_config()
    assert (config.api_url, config.records_url) == (api, records)


def test_an_api_url_that_is_set_is_used(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("QUICKBOOKS_API_URL", "http://127.0.0.1:9")
    assert read_config().api_url == "http://127.0.0.1:9"


@pytest.mark.parametrize("name", sorted(name for name in NAMES if name.endswith("_SECONDS")))
def test_fractions_of_seconds_are_taken(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "0.05")
    setting = name.removesuffix("_SECONDS").lower()
    assert read_config().seconds(setting) == timedelta(milliseconds=50)


def test_the_first_key_encrypts_and_all_decrypt(environment: pytest.MonkeyPatch) -> None:
    older = Fernet.generate_key().decode()
    environment.setenv("ENCRYPTION_KEYS", f"{KEY}, {older}")
    vault = read_config().vault
    assert vault.decrypt(Fernet(older).encrypt(b"old")) == b"old"
    assert Fernet(KEY).decrypt(vault.encrypt(b"new")) == b"new"


def test_a_dot_env_file_is_read_and_the_environment_comes_first(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=3001\nHOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    environment.setenv("PORT", "3002")
    config = read_config()
    assert (config.port, config.host) == (3002, "0.0.0.0")  # noqa: S104 - nothing listens.


def test_the_place_of_the_ledger_is_read_without_anything_else(
    environment: pytest.MonkeyPatch,
) -> None:
    for name in REQUIRED:
        environment.delenv(name)
    environment.setenv("DATABASE_URL", "sqlite:////var/lib/counterfoil.db")
    assert read_storage().database_url == "sqlite:////var/lib/counterfoil.db"


def test_the_example_names_every_variable_and_no_other() -> None:
    assert set(_example()) == NAMES


def test_the_example_shows_the_defaults() -> None:
    shown = {name: value for name, value in _example().items() if value}
    assert shown == {name: str(default) for name, default in DEFAULTS.items()}


def test_every_secret_is_kept_as_one() -> None:
    secrets = {name for name in NAMES if re.search("TOKEN|SECRET|KEYS", name)}
    kept = {
        name.upper()
        for name, field in Config.model_fields.items()
        if SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))
    }
    assert kept == secrets


def _example() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))
