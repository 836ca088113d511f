"""One socket to Slack: opened with the app-level token, good for some hours."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.pace import reason

OPEN_WITHIN = timedelta(seconds=10)
SEND_WITHIN = timedelta(seconds=3)  # Slack waits no longer for an acknowledgement.
CLOSE_WITHIN = timedelta(seconds=1)
HEARTBEAT = timedelta(
    seconds=10
)  # Who says nothing for so long, and half as long to a ping, is gone.
LARGEST_MESSAGE = 1_000_000  # Bytes; Slack's largest view is a quarter of it.

Message = dict[str, Any]


class NoSocket(Exception):  # noqa: N818 - reads as what there is.
    """`why` is Slack's word for it, or the network's; it wants to be left alone for `wait`."""

    def __init__(self, why: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait


class Socket:
    """`leaving` is set once it has ended or is told to; until it has ended it serves as before."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self.leaving = asyncio.Event()
        self._line = line

    async def messages(self) -> AsyncIterator[Message]:
        """All that comes until it ends, however it ends."""
        async for frame in self._line:
            if frame.type is aiohttp.WSMsgType.TEXT:
                yield _read(frame.data)

    async def send(self, response: SocketModeResponse) -> bool:
        """False where it is broken; True does not say that it arrived."""
        try:
            async with asyncio.timeout(SEND_WITHIN.total_seconds()):
                await self._line.send_str(json.dumps(response.to_dict()))
        except (ConnectionError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        await self._line.close()


async def open_socket(
    client: AsyncWebClient,
    session: aiohttp.ClientSession,
    *,
    token: str,
    heartbeat: timedelta = HEARTBEAT,
) -> Socket:
    """Up to Slack's hello; raise NoSocket where it does not come to that."""
    try:
        async with asyncio.timeout(OPEN_WITHIN.total_seconds()):
            answer = await client.apps_connections_open(app_token=token)
            line = await _connect(client, session, answer["url"], heartbeat)
            return await _greeted(line)
    except SlackApiError as error:
        wait = int(error.response.headers.get("Retry-After") or 0)
        raise NoSocket(reason(error), timedelta(seconds=wait)) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise NoSocket(type(error).__name__) from error


async def _connect(
    client: AsyncWebClient, session: aiohttp.ClientSession, url: str, heartbeat: timedelta
) -> aiohttp.ClientWebSocketResponse:
    """By the way that the client's own calls go."""
    return await session.ws_connect(
        url,
        heartbeat=heartbeat.total_seconds(),
        max_msg_size=LARGEST_MESSAGE,
        timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN.total_seconds()),
        proxy=client.proxy,
        ssl=client.ssl or True,
    )


async def _greeted(line: aiohttp.ClientWebSocketResponse) -> Socket:
    """Where Slack wants no more sockets, it says so in place of its hello."""
    first: Message = {}
    try:
        frame = await line.receive()
        if frame.type is aiohttp.WSMsgType.TEXT:
            first = _read(frame.data)
    finally:
        if first.get("type") != "hello":
            await line.close()
    if first.get("type") != "hello":
        raise NoSocket(str(first.get("reason", "no hello")))
    return Socket(line)


def _read(text: str) -> Message:
    """Nothing where it is no JSON object: Slack has no such message."""
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
