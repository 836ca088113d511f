"""Slack's requests to us in virtual time: the real Bolt app, reached without a socket."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import aiohttp
import httpx
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncRespond
from slack_bolt.middleware.async_builtins import AsyncRequestVerification
from slack_sdk.signature import Clock
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from bot.web import SLACK_PATH
from sandbox.slack import Workspace
from tests.simulation.kernel import Network, Process, VirtualClock

OUR_URL = "https://counterfoil.test"


def open_door(
    workspace: Workspace,
    bolt: AsyncApp,
    *,
    session: aiohttp.ClientSession,
    process: Process,
    clock: VirtualClock,
) -> None:
    """From now on Slack delivers to the app in this process; while it is dead, to nobody."""
    _tell_the_time(bolt, clock)
    _share_session(bolt, session)
    network = Network(AsyncSlackRequestHandler(bolt, SLACK_PATH), Random(1), host=process)
    carrier = httpx.AsyncClient(transport=network.transport())
    workspace.deliver_to(f"{OUR_URL}{SLACK_PATH}", carrier)


class _PassedClock(Clock):
    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


def _tell_the_time(bolt: AsyncApp, clock: VirtualClock) -> None:
    """Bolt looks how old each signature is."""
    for middleware in bolt._async_middleware_list:
        if isinstance(middleware, AsyncRequestVerification):
            middleware.verifier.clock = _PassedClock(clock)


def _share_session(bolt: AsyncApp, session: aiohttp.ClientSession) -> None:
    """Bolt's own way to a response URL opens a socket for each answer."""

    @bolt.middleware
    async def answer_over_the_wire(
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt's name.
    ) -> None:
        context["respond"] = _Respond(session, context.response_url)
        await next()


class _Respond(AsyncRespond):
    def __init__(self, session: aiohttp.ClientSession, response_url: str | None) -> None:
        super().__init__(response_url=response_url)
        self._session = session

    async def __call__(self, text: Any = "", *_: Any, **message: Any) -> WebhookResponse:
        client = AsyncWebhookClient(str(self.response_url), session=self._session)
        return await client.send_dict({"text": text, **message})
