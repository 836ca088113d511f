"""Bolt, set up for one workspace: signed requests in, one shared session out."""

import asyncio
import logging
from collections.abc import Callable

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Config
from services.domain.ids import FirmId

log = structlog.get_logger()

ClientOf = Callable[[FirmId], AsyncWebClient]  # Speaks in that firm’s workspace.

SLACK_TIMEOUT_SECONDS = 10  # People wait for what is posted.
NOT_OURS = (
    "Only full members of the workspace that Counterfoil was installed in can use it. "
    "If you are one, Slack did not answer just now: please try again."
)


class OneWorkspace(AsyncAuthorize):
    """Who the bot token speaks for; asked of Slack once. It is the way to every firm's Slack."""

    def __init__(self, client: AsyncWebClient) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Bolt's.
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
        "Although the app should be installed into this workspace",  # OneWorkspace says why.
    )

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(self.not_news)


_KNOWN = _Known()
_COMPLAINING = ("slack_bolt.AsyncApp", "slack_bolt.AsyncMultiTeamsAuthorization")


def build_client(
    config: Config, session: aiohttp.ClientSession, *, token: str | None
) -> AsyncWebClient:
    """No retry by itself: a message that is posted twice is worse than one that comes late."""
    return AsyncWebClient(
        token=token,
        base_url=config.slack_api_url,
        session=session,
        timeout=SLACK_TIMEOUT_SECONDS,
        retry_handlers=[],
    )


def build_bolt(
    config: Config, session: aiohttp.ClientSession, authorize: AsyncAuthorize
) -> AsyncApp:
    """`authorize` gives each request its token."""
    for name in _COMPLAINING:
        logging.getLogger(name).addFilter(_KNOWN)
    secret = config.slack_signing_secret
    return AsyncApp(
        client=build_client(config, session, token=None),
        signing_secret=secret.get_secret_value() if secret else None,
        authorize=authorize,  # type: ignore[arg-type] # None is a refusal.
        user_facing_authorize_error_message=NOT_OURS,
        process_before_response=True,  # Bolt's other way looks for the ack every 10 ms.
    )
