"""The environment, checked at start; nothing else reads it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urljoin, urlsplit

from cryptography.fernet import Fernet, MultiFernet
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_API_URLS = {
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
    "production": "https://quickbooks.api.intuit.com",
}
_RECORD_URLS = {
    "sandbox": "https://sandbox.qbo.intuit.com/app",
    "production": "https://qbo.intuit.com/app",
}


def _check_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("should be a URL that begins with http:// or https://")
    return text


def _check_environment(text: str) -> str:
    if text in _API_URLS:
        return text
    try:
        return _check_url(text)
    except ValueError:
        raise ValueError(
            "should be sandbox, production, or the URL of a discovery document"
        ) from None


def _check_database(text: str) -> str:
    """Which driver speaks to it is ours to choose."""
    try:
        url = make_url(text)
    except ArgumentError:
        url = URL.create("unreadable")
    kinds = {"sqlite", "postgresql"}
    if url.drivername not in kinds or url.database in {None, "", ":memory:"}:
        raise ValueError(
            "should be a SQLite file like sqlite:///counterfoil.db, "
            "or postgresql://user:password@host/database"
        )
    return text


def _check_keys(text: SecretStr) -> SecretStr:
    try:
        for key in _split(text):
            Fernet(key)
    except ValueError:
        raise ValueError(
            "should be one or more Fernet keys, comma separated; make one with: "
            'python -c "from cryptography.fernet import Fernet; '
            'print(Fernet.generate_key().decode())"'
        ) from None
    return text


def _split(keys: SecretStr) -> list[str]:
    return [key.strip() for key in keys.get_secret_value().split(",")]


_Settings = TypeVar("_Settings", bound=BaseSettings)
Url = Annotated[str, AfterValidator(_check_url)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


_FROM_ENVIRONMENT = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)


class Storage(BaseSettings):
    """Where the ledger is: all that `counterfoil db upgrade` needs to know."""

    model_config = _FROM_ENVIRONMENT

    database_url: Annotated[str, AfterValidator(_check_database), Field(repr=False)] = (
        "sqlite:///counterfoil.db"
    )


class Vault(Storage):
    """Where the ledger is, and what opens the secrets in it."""

    encryption_keys: Annotated[SecretStr, NoDecode, AfterValidator(_check_keys)]

    @property
    def vault(self) -> MultiFernet:
        """The first key encrypts, all decrypt."""
        return MultiFernet([Fernet(key) for key in _split(self.encryption_keys)])

    @property
    def first_key(self) -> Fernet:
        return Fernet(_split(self.encryption_keys)[0])


class Slack(BaseSettings):
    """How Slack and we know each other."""

    model_config = _FROM_ENVIRONMENT

    slack_bot_token: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Url = "https://slack.com/api/"

    @model_validator(mode="after")
    def _check_slack(self) -> Self:
        if complaints := list(self._complaints()):
            raise ValueError("\n".join(complaints))
        return self

    def _complaints(self) -> Iterator[str]:
        app_token = self.slack_app_token
        if app_token and not app_token.get_secret_value().startswith("xapp-"):
            yield "SLACK_APP_TOKEN: should be an app-level token of your app, xapp-…"
        yield from self._complaints_about_workspaces()
        if not app_token and not self.slack_signing_secret:
            yield (
                "SLACK_SIGNING_SECRET: should be the signing secret of your app; "
                "or set SLACK_APP_TOKEN for Socket Mode"
            )

    def _complaints_about_workspaces(self) -> Iterator[str]:
        """One workspace by its token, or many by the app's own id and secret."""
        one, many = self.slack_bot_token, (self.slack_client_id, self.slack_client_secret)
        if one and any(many):
            yield (
                "SLACK_BOT_TOKEN: should be empty where SLACK_CLIENT_ID and SLACK_CLIENT_SECRET "
                "are set: it is for one workspace, they are for installs into many"
            )
        elif not one and not any(many):
            yield (
                "SLACK_BOT_TOKEN: should be the bot token of your app, xoxb-…; or set "
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, for installs into many workspaces"
            )
        elif not one and not self.slack_client_id:
            yield "SLACK_CLIENT_ID: should be the client id of your app, as its secret is set"
        elif not one and not self.slack_client_secret:
            yield "SLACK_CLIENT_SECRET: should be the client secret of your app, as its id is set"

    @property
    def slack_authorize_url(self) -> str:
        """The page on which somebody allows the app: beside the API, at Slack and elsewhere."""
        return urljoin(f"{self.slack_api_url.rstrip('/')}/", "../oauth/v2/authorize")


class Config(Slack, Vault):
    """Everything that `counterfoil serve` needs to know. Names are those of the environment."""

    intuit_client_id: str = Field(min_length=1)
    intuit_client_secret: SecretStr = Field(min_length=1)
    intuit_environment: Annotated[str, AfterValidator(_check_environment)] = "sandbox"
    quickbooks_api_url: Url | None = None
    intuit_webhook_verifier_token: SecretStr | None = None
    public_url: Url = "http://localhost:3000"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 3000
    alert_interval_seconds: Seconds = 60
    alert_settle_seconds: Seconds = 20
    sync_interval_seconds: Seconds = 5
    retry_base_seconds: Seconds = 2
    throttle_seconds: Seconds = 60
    lease_seconds: Seconds = 60
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @property
    def api_url(self) -> str:
        """QuickBooks' API: as set, or as the environment has it."""
        if self.quickbooks_api_url:
            return self.quickbooks_api_url
        return _API_URLS.get(self.intuit_environment, self._discovery_host())

    @property
    def records_url(self) -> str:
        """Where a person reads a record in QuickBooks' own pages."""
        return _RECORD_URLS.get(self.intuit_environment, f"{self.api_url.rstrip('/')}/app")

    def _discovery_host(self) -> str:
        parts = urlsplit(self.intuit_environment)
        return f"{parts.scheme}://{parts.netloc}"

    def seconds(self, name: str) -> timedelta:
        return timedelta(seconds=getattr(self, f"{name}_seconds"))


class BadConfig(Exception):  # noqa: N818 - reads as what it is.
    """Its text names every variable that is missing or malformed, a line each."""


def read_config() -> Config:
    """Raise BadConfig with all that is wrong, not only what is wrong first."""
    faults = [*_faults_of(Slack), *_faults_of(Config)]
    if faults:
        raise BadConfig("\n".join(dict.fromkeys(faults)))
    return Config()


def read_storage() -> Storage:
    """Raise BadConfig as `read_config` does."""
    return _read(Storage)


def read_vault() -> Vault:
    """Raise BadConfig as `read_config` does."""
    return _read(Vault)


def _read(settings: type[_Settings]) -> _Settings:
    if faults := _faults_of(settings):
        raise BadConfig("\n".join(faults))
    return settings()


def _faults_of(settings: type[BaseSettings]) -> list[str]:
    try:
        settings()
    except ValidationError as error:
        return [_explain(fault) for fault in error.errors(include_input=False)]
    return []


_MISSING = {"missing", "string_too_short", "too_short"}
_SHOULD_BE = {
    "intuit_client_id": "should be the client id of your Intuit app",
    "intuit_client_secret": "should be the client secret of your Intuit app",
    "encryption_keys": "should be one or more Fernet keys, comma separated",
}


def _explain(fault: ErrorDetails) -> str:
    message = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return message
    field = str(fault["loc"][0])
    if fault["type"] in _MISSING and field in _SHOULD_BE:
        message = f"is missing; it {_SHOULD_BE[field]}"
    return f"{field.upper()}: {message}"
