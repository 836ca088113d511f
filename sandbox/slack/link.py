"""The place where the app opens its sockets: a WebSocket server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import WSMsgType, web

from sandbox.loopback import HOST, listen
from sandbox.slack.sockets import Socket, Sockets

CLOSES_WITHIN = 1.0  # Seconds: Slack, too, does not wait for an app that says nothing.


@asynccontextmanager
async def linking(sockets: Sockets) -> AsyncIterator[None]:
    """Take the app's sockets while inside."""

    async def link(request: web.Request) -> web.StreamResponse:
        return await _link(sockets, request)

    app = web.Application()
    app.router.add_get("/link/", link)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSES_WITHIN)
    await runner.setup()
    with listen() as listener:
        await web.SockSite(runner, listener).start()
        sockets.url = f"ws://{HOST}:{listener.getsockname()[1]}"
        try:
            yield
        finally:
            await sockets.close()
            await runner.cleanup()


async def _link(sockets: Sockets, request: web.Request) -> web.StreamResponse:
    if not sockets.redeem(request.query.get("ticket", "")):
        return web.Response(status=HTTPStatus.UNAUTHORIZED)
    line = web.WebSocketResponse(autoping=False, timeout=CLOSES_WITHIN)
    await line.prepare(request)
    debugging = request.query.get("debug_reconnects") == "true"
    socket = await sockets.welcome(_Peer(request, line), for_debugging=debugging)
    if socket is not None:
        wearing = asyncio.create_task(socket.wear_out())
        try:
            await _listen(sockets, socket, line)
        finally:
            wearing.cancel()
            sockets.forget(socket)
    return line


async def _listen(sockets: Sockets, socket: Socket, line: web.WebSocketResponse) -> None:
    async for message in line:
        if socket.frozen:
            continue
        if message.type is WSMsgType.PING:
            await line.pong(message.data)
        elif message.type is WSMsgType.TEXT:
            sockets.hear(message.data)


class _Peer:
    def __init__(self, request: web.Request, line: web.WebSocketResponse) -> None:
        self._request, self._line = request, line

    async def send(self, text: str) -> None:
        await self._line.send_str(text)

    async def close(self) -> None:
        await self._line.close()

    def cut(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()
