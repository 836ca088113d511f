"""Slack's client for one firm of many: it asks for its token right before each call."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.pace import NO_ACCESS, NOT_INSTALLED, reason
from services.domain.installation import Installation
from services.errors import NotInstalled, TryLater

KEPT_FOR = timedelta(seconds=60)  # Another process may have renewed or removed it since.

FindInstallation = Callable[[str | None], Awaitable[Installation]]  # But that token.


class FirmClient(AsyncWebClient):
    """`find` raises NotInstalled or TryLater, which callers meet as refusals of Slack's.

    One that Slack does not know any more is looked for anew, once: what it refuses for that has
    not happened.
    """

    def __init__(self, find: FindInstallation, **settings: Any) -> None:  # noqa: ANN401 - the SDK's.
        super().__init__(**settings)
        self._find = find
        self._found: Installation | None = None
        self._refused: str | None = None
        self._good_until = 0.0

    async def installation(self) -> Installation:
        """Raise NotInstalled or TryLater."""
        now = asyncio.get_running_loop().time()
        if self._found is None or now >= self._good_until:
            self._found = await self._find(self._refused)
            self._good_until = now + KEPT_FOR.total_seconds()
        return self._found

    def forget(self) -> None:
        self._found = None

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:  # noqa: ANN401
        used = self.token = await self._find_token(api_method)
        try:
            return await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if reason(error) not in NO_ACCESS:
                raise
            self.forget()
            self._refused = used
            self.token = await self._find_token(api_method)
            if self.token == used:
                raise
        return await super().api_call(api_method, **arguments)

    async def _find_token(self, api_method: str) -> str:
        try:
            return (await self.installation()).bot_token
        except NotInstalled:
            raise self._refusal(api_method, NOT_INSTALLED) from None
        except TryLater:
            raise self._refusal(api_method, "request_timeout") from None

    def _refusal(self, api_method: str, why: str) -> SlackApiError:
        """As Slack would put it, had it been asked."""
        answer = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=f"{self.base_url}{api_method}",
            req_args={},
            data={"ok": False, "error": why},
            headers={},
            status_code=200,
        )
        said = f"{api_method} was not called: {why}"
        return SlackApiError(said, answer)  # type: ignore[no-untyped-call] # The SDK's.
