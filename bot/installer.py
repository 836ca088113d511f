"""Slack's OAuth: what we ask to be allowed, and how a code or a refresh token becomes a token."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.pace import reason
from services.domain.ids import FirmId, UserId
from services.errors import NotInstalled, Refused, TryLater
from services.ports import Installed, SlackTokens

log = structlog.get_logger()

# What the manifest asks for, which says why: a test holds both together.
SCOPES = (
    *("channels:history", "channels:read", "chat:write", "commands"),
    *("groups:history", "groups:read", "im:history", "im:write", "users:read"),
)
_SPENT = frozenset({"invalid_refresh_token", "token_revoked", "account_inactive"})
_ONE_BY_ONE = (
    "Counterfoil is installed into one workspace at a time, not into a whole organisation. "
    "Remove it there, then install it again and choose one of its workspaces."
)


@dataclass(frozen=True)
class SlackInstaller:
    """The port `Installer`, for real. `client` bears no token."""

    client: AsyncWebClient
    client_id: str
    client_secret: str
    page: str
    redirect_uri: str

    def authorize_url(self, state: str) -> str:
        asked = {
            "client_id": self.client_id,
            "scope": ",".join(SCOPES),
            "redirect_uri": self.redirect_uri,
            "state": state,
        }
        return f"{self.page}?{urlencode(asked)}"

    async def exchange(self, code: str) -> Installed:
        try:
            told = await self._ask(code=code, redirect_uri=self.redirect_uri)
            if told.get("is_enterprise_install") or not told.get("team"):
                raise Refused(_ONE_BY_ONE)
            known = await self.client.auth_test(token=told["access_token"])
        except SlackApiError as error:
            log.warning("slack refused an installation", reason=reason(error))
            raise Refused("Slack did not install it. Begin again with /slack/install.") from None
        return Installed(
            firm_id=FirmId(told["team"]["id"]),
            name=str(told["team"].get("name") or "your workspace"),
            enterprise_id=(told.get("enterprise") or {}).get("id"),
            bot_id=known["bot_id"],
            bot_user_id=told["bot_user_id"],
            scopes=frozenset(told["scope"].split(",")),
            installed_by=UserId(told["authed_user"]["id"]),
            tokens=_tokens(told),
        )

    async def refresh(self, refresh_token: str) -> SlackTokens:
        try:
            told = await self._ask(grant_type="refresh_token", refresh_token=refresh_token)
        except SlackApiError as error:
            if reason(error) in _SPENT:
                raise NotInstalled("Slack no longer renews this access") from None
            raise TryLater(f"Slack answered {reason(error)}") from None
        return _tokens(told)

    async def _ask(self, **grant: str) -> dict[str, Any]:
        """In the body, as the SDK's own way to send these two is deprecated in aiohttp."""
        own = {"client_id": self.client_id, "client_secret": self.client_secret}
        try:
            answer = await self.client.api_call("oauth.v2.access", data={**own, **grant})
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryLater(f"Slack cannot be reached ({type(error).__name__})") from None
        return dict(answer.data) if isinstance(answer.data, dict) else {}


def _tokens(told: dict[str, Any]) -> SlackTokens:
    expires_in = told.get("expires_in")
    return SlackTokens(
        bot_token=told["access_token"],
        refresh_token=told.get("refresh_token"),
        lasts=timedelta(seconds=int(expires_in)) if expires_in else None,
    )
