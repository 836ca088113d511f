"""One socket, opened against the simulated Slack: how it begins, and how it is known to end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.socket import NoSocket, Socket, open_socket
from sandbox.slack import Workspace
from sandbox.slack.serve import serving

SOON = 5  # Seconds in which a line that is dead must be found out.


@asynccontextmanager
async def a_workspace() -> AsyncIterator[tuple[Workspace, aiohttp.ClientSession]]:
    """The session's own time-out is shorter than any socket lasts."""
    timeout = aiohttp.ClientTimeout(total=0.5)
    async with serving(Workspace()) as workspace, aiohttp.ClientSession(timeout=timeout) as session:
        yield workspace, session


async def opened(
    workspace: Workspace, session: aiohttp.ClientSession, *, heartbeat: float = 10
) -> Socket:
    client = AsyncWebClient(base_url=workspace.api_url, session=session, retry_handlers=[])
    token, beat = workspace.app_token, timedelta(seconds=heartbeat)
    return await open_socket(client, session, token=token, heartbeat=beat)


async def end_of(socket: Socket) -> None:
    async with asyncio.timeout(SOON):
        async for _ in socket.messages():
            pass


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"error": "invalid_auth"}, "invalid_auth"),
        ({"http": 503}, "internal_error"),
        ({"timeout": True}, "TimeoutError"),
    ],
)
async def test_it_says_why_there_is_none(order: dict[str, object], why: str) -> None:
    async with a_workspace() as (workspace, session):
        workspace.failures.add(method="apps.connections.open", **order)  # type: ignore[arg-type]
        with pytest.raises(NoSocket, match=why):
            await opened(workspace, session)


async def test_it_tells_how_long_slack_wants_to_be_left_alone() -> None:
    async with a_workspace() as (workspace, session):
        workspace.failures.add(method="apps.connections.open", retry_after=7)
        with pytest.raises(NoSocket) as none:
            await opened(workspace, session)
    assert none.value.wait == timedelta(seconds=7)


async def test_one_that_slack_turns_away_is_none() -> None:
    async with a_workspace() as (workspace, session):
        workspace.sockets.limit = 0
        with pytest.raises(NoSocket, match="too_many_websockets"):
            await opened(workspace, session)
        workspace.sockets.url = "ws://127.0.0.1:1"
        with pytest.raises(NoSocket, match="ClientConnectorError"):
            await opened(workspace, session)


async def test_it_outlives_the_time_that_a_call_may_take() -> None:
    async with a_workspace() as (workspace, session):
        socket = await opened(workspace, session)
        ending = asyncio.create_task(end_of(socket))
        await asyncio.sleep(0.7)
        assert not ending.done()
        await workspace.sockets.refresh()
        await ending


async def test_a_line_on_which_nothing_moves_is_found_out() -> None:
    async with a_workspace() as (workspace, session):
        socket = await opened(workspace, session, heartbeat=0.1)
        workspace.sockets.freeze()
        await end_of(socket)
        assert not await socket.send(SocketModeResponse("1"))
