"""Slack: whether it knows us, lets us do what we need, and what time it has."""

from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Config
from bot.doctor.clocks import compare
from bot.doctor.finding import Finding, Findings
from bot.installer import SCOPES
from bot.pace import reason
from bot.slack import complaint_about
from services.ports import Clock

_UNREACHABLE = "Let this machine reach SLACK_API_URL by https, or mend that setting."
_INSTALL = "Install the app into the workspace again with the manifest.yml of this version."
_NO_CODE = "counterfoil-doctor"  # Slack says of our id and secret first whether they are right.
_UNKNOWN_APP = frozenset({"invalid_client_id", "bad_client_secret"})


@dataclass(frozen=True)
class Workspace:
    """What speaks for us in one workspace, and what helps where it may not."""

    name: str
    client: AsyncWebClient
    mend: str


async def look_at(workspaces: Sequence[Workspace], clock: Clock) -> Findings:
    """Each by its token; the clock once."""
    compared = False
    for each in workspaces:
        try:
            answer = await each.client.auth_test()
        except SlackApiError as error:
            yield Finding(each.name, f"Slack refuses the token: {reason(error)}", each.mend)
        except (aiohttp.ClientError, TimeoutError) as error:
            yield Finding(each.name, f"not reached: {_words(error)}", _UNREACHABLE)
        else:
            team = f"{answer['team']} ({answer['team_id']})"
            yield _scopes(each.name, team, answer.headers.get("x-oauth-scopes", ""))
            if not compared:
                yield compare("Slack", answer.headers, clock)
            compared = True


def _scopes(name: str, team: str, granted: str) -> Finding:
    missing = sorted({*SCOPES} - {each.strip() for each in granted.split(",")})
    if missing:
        return Finding(name, f"{team} has not granted: {', '.join(missing)}", _INSTALL)
    return Finding(name, f"{team} knows the token and grants all {len(SCOPES)} scopes")


async def look_at_sockets(config: Config) -> Finding:
    """As `serve` does it before it starts."""
    about = "Slack sockets"
    if complaint := await complaint_about(config):
        return Finding(about, complaint, "Make another one: Basic Information, App-Level Tokens.")
    return Finding(about, "Slack has nothing against SLACK_APP_TOKEN")


async def look_at_app(client: AsyncWebClient, config: Config) -> Finding:
    """By asking for the token of a code that nobody was given."""
    about, secret = "Slack app", config.slack_client_secret
    mend = "Mend SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: Basic Information, in your app's pages."
    try:
        await client.api_call(
            "oauth.v2.access",
            data={
                "client_id": config.slack_client_id or "",
                "client_secret": secret.get_secret_value() if secret else "",
                "code": _NO_CODE,
            },
        )
    except SlackApiError as error:
        if reason(error) in _UNKNOWN_APP:
            return Finding(about, f"Slack refuses its id or secret: {reason(error)}", mend)
    except (aiohttp.ClientError, TimeoutError) as error:
        return Finding(about, f"not reached: {_words(error)}", _UNREACHABLE)
    return Finding(about, "Slack knows its id and secret")


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
