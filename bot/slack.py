"""Bolt, set up for one workspace or for many: signed requests in, one shared session out."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Config
from bot.pace import reason
from handlers.elements import Reply, notice
from services.domain.ids import FirmId

log = structlog.get_logger()

ClientOf = Callable[[FirmId], AsyncWebClient]  # Speaks in that firm’s workspace.


class Workspaces(Protocol):
    """Which workspaces let us in; as a callable, Bolt's `authorize`."""

    refusal: str  # What people of all others are told.

    def client_of(self, firm: FirmId) -> AsyncWebClient: ...

    def forget(self, firm: FirmId) -> None:
        """What was known of its installation is not true any more."""
        ...

    async def __call__(self, *, team_id: str | None, **_: object) -> AuthorizeResult | None: ...


SLACK_TIMEOUT_SECONDS = 10  # People wait for what is posted.
NOT_OURS = (
    "Only full members of the workspace that Counterfoil was installed in can use it. "
    "If you are one, Slack did not answer just now: please try again."
)
NO_APP_TOKEN = frozenset(
    {
        *("invalid_auth", "not_authed", "not_allowed_token_type", "missing_scope"),
        *("token_revoked", "token_expired", "account_inactive", "no_permission"),
    }
)


class OneWorkspace(AsyncAuthorize):
    """Who the bot token speaks for; asked of Slack once. It is the way to every firm's Slack."""

    def __init__(self, client: AsyncWebClient) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Bolt's.
        self.refusal = NOT_OURS
        self._client = client
        self._known: AuthorizeResult | None = None
        self._asking = asyncio.Lock()

    async def __call__(self, *, team_id: str | None, **_: object) -> AuthorizeResult | None:
        """None for a request from any other workspace."""
        if self._known is None:
            async with self._asking:
                self._known = self._known or await self._ask()
        if self._known and team_id != self._known.team_id:
            log.info("turned away: of another workspace", team=team_id)
            return None
        return self._known

    def client_of(self, firm: FirmId) -> AsyncWebClient:
        del firm  # There is one.
        return self._client

    def forget(self, firm: FirmId) -> None:
        """Nothing: a token that is Slack's no more is the operator's to replace."""

    async def _ask(self) -> AuthorizeResult | None:
        try:
            answer = await self._client.auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack does not know us", error=type(error).__name__)
            return None
        return AuthorizeResult(
            enterprise_id=answer.get("enterprise_id"),
            team_id=answer["team_id"],
            bot_user_id=answer.get("user_id"),
            bot_id=answer.get("bot_id"),
            bot_token=self._client.token,
        )


class _Known(logging.Filter):
    """Drops what Bolt complains of and is as we mean it; all else that it logs stays."""

    not_news = (
        warning_client_prioritized_and_token_skipped(),  # It reads SLACK_BOT_TOKEN by itself.
        "Although the app should be installed into this workspace",  # We say why.
    )

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(self.not_news)


_KNOWN = _Known()
_COMPLAINING = ("slack_bolt.AsyncApp", "slack_bolt.AsyncMultiTeamsAuthorization")


def build_client(
    config: Config, session: aiohttp.ClientSession, *, token: str | None
) -> AsyncWebClient:
    return AsyncWebClient(token=token, **client_settings(config, session))


def client_settings(config: Config, session: aiohttp.ClientSession) -> dict[str, Any]:
    """No retry by itself: a message that is posted twice is worse than one that comes late."""
    return {
        "base_url": config.slack_api_url,
        "session": session,
        "timeout": SLACK_TIMEOUT_SECONDS,
        "retry_handlers": [],
    }


def build_bolt(config: Config, session: aiohttp.ClientSession, workspaces: Workspaces) -> AsyncApp:
    for name in _COMPLAINING:
        logging.getLogger(name).addFilter(_KNOWN)
    secret = config.slack_signing_secret
    bolt = AsyncApp(
        client=build_client(config, session, token=None),
        signing_secret=secret.get_secret_value() if secret else None,
        authorize=workspaces,  # type: ignore[arg-type] # None is a refusal.
        before_authorize=_answer_forms_of_strangers(workspaces),
        user_facing_authorize_error_message=workspaces.refusal,
        process_before_response=True,  # Bolt's other way looks for the ack every 10 ms.
    )

    @bolt.middleware
    async def speak_as_the_firms_own(
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt's name.
    ) -> None:
        """Bolt's client keeps the token of this moment; work behind the answer may outlive it."""
        if context.team_id:
            context["client"] = workspaces.client_of(FirmId(context.team_id))
        await next()

    return bolt


def _answer_forms_of_strangers(workspaces: Workspaces) -> Callable[..., Awaitable[Any]]:
    """Bolt refuses a form in plain words, which Slack shows nobody."""

    async def answer(
        body: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt's name.
    ) -> BoltResponse | None:
        is_form = body.get("type") == "view_submission"
        if not is_form or await workspaces(team_id=context.team_id) is not None:
            await next()
            return None
        view = notice(body["view"]["title"]["text"], Reply(workspaces.refusal))
        said = json.dumps({"response_action": "update", "view": view})
        return BoltResponse(status=200, body=said, headers={"content-type": "application/json"})

    return answer


async def complaint_about(config: Config) -> str | None:
    """What Slack has against the app-level token; None without one, and where Slack is away."""
    token = config.slack_app_token
    if not token:
        return None
    timeout = aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = build_client(config, session, token=None)
        try:
            await client.apps_connections_open(app_token=token.get_secret_value())
        except SlackApiError as error:
            if reason(error) in NO_APP_TOKEN:
                return (
                    f"SLACK_APP_TOKEN: Slack refuses it ({reason(error)}); it should be an "
                    "app-level token of your app with the scope connections:write"
                )
            log.warning("slack did not check the app-level token", reason=reason(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack did not check the app-level token", error=type(error).__name__)
    return None
