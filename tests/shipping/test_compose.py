"""The compose file: what it says of the program is true of the program."""

import re
from typing import Any

import pytest
import yaml

from bot.config import Config, read_config
from tests.bot.conftest import STOPS_WITHIN
from tests.bot.test_config import REQUIRED
from tests.shipping.conftest import ROOT
from tests.shipping.dockerfile import Step, read_steps
from tests.shipping.orders import complaint_about

OURS = ("upgrade", "counterfoil")
SETTINGS = {name.upper() for name in Config.model_fields}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    return read


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return read_steps((ROOT / "Dockerfile").read_text())


def test_every_command_is_one_of_the_programs(compose: dict[str, Any], steps: list[Step]) -> None:
    assert Step("ENTRYPOINT", '["counterfoil"]') in steps
    for name in OURS:
        assert complaint_about(compose["services"][name]["command"]) is None
    assert "No such command 'downgrade'" in (complaint_about(["db", "downgrade"]) or "")
    assert complaint_about(["db"]) is not None


def test_every_setting_is_one_that_the_program_reads(compose: dict[str, Any]) -> None:
    for name in OURS:
        assert compose["services"][name]["environment"].keys() <= SETTINGS


def test_all_that_is_not_set_here_is_in_the_file_of_settings(compose: dict[str, Any]) -> None:
    example = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(example) == SETTINGS
    for name in OURS:
        assert compose["services"][name]["env_file"] == "counterfoil.env"


def test_the_example_filled_in_is_enough(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the runbook has it copied: what it says of the machine counts less than the container."""
    example = dict(
        re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    says = compose["services"]["counterfoil"]["environment"]
    for name, value in (example | REQUIRED | says).items():
        monkeypatch.setenv(name, re.sub(r"\$\{.*?\}", "0a1b", value))
    config = read_config()
    assert (config.host, config.port, config.log_format) == ("0.0.0.0", 3000, "json")  # noqa: S104
    assert config.database_url == "postgresql://counterfoil:0a1b@postgres/counterfoil"


def test_no_secret_stands_in_it(compose: dict[str, Any]) -> None:
    services = compose["services"]
    password = "${POSTGRES_PASSWORD:?should be set in deploy/.env}"
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] == password
    for name in OURS:
        url = services[name]["environment"]["DATABASE_URL"]
        assert url == f"postgresql://counterfoil:{password}@postgres/counterfoil"
    kept_out = (ROOT / ".gitignore").read_text().splitlines()
    assert {".env", "counterfoil.env"} <= set(kept_out)


def test_the_database_is_the_one_that_is_made(compose: dict[str, Any]) -> None:
    postgres = compose["services"]["postgres"]
    made = postgres["environment"]
    asked = compose["services"]["counterfoil"]["environment"]["DATABASE_URL"]
    assert asked.startswith(f"postgresql://{made['POSTGRES_USER']}:")
    assert asked.endswith(f"@postgres/{made['POSTGRES_DB']}")
    (volume,) = postgres["volumes"]
    assert volume.split(":")[0] in compose["volumes"]


def test_nothing_serves_before_the_schema_is_up_to_date(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["postgres"]["healthcheck"]["test"][1] == "pg_isready"
    assert services["upgrade"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["upgrade"]["restart"] == "no"
    waits = services["counterfoil"]["depends_on"]["upgrade"]
    assert waits == {"condition": "service_completed_successfully"}


def test_each_replica_has_a_port_that_only_this_machine_reaches(
    compose: dict[str, Any], steps: list[Step]
) -> None:
    serving = compose["services"]["counterfoil"]
    (port,) = serving["ports"]
    host, outside, inside = port.split(":")
    first, last = map(int, outside.split("-"))
    assert host == "127.0.0.1"
    assert last - first + 1 == serving["deploy"]["replicas"] == 2
    assert inside == serving["environment"]["PORT"]
    assert Step("EXPOSE", inside) in steps


def test_it_gets_the_time_that_it_takes_to_stop(compose: dict[str, Any]) -> None:
    grace = compose["services"]["counterfoil"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > STOPS_WITHIN


def test_it_can_change_nothing_in_its_container(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "volumes" not in service
