"""Serves any ASGI app on loopback, for as long as somebody is inside."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"  # Never anything else: what is served here hands out its own keys.
TCP = socket.IPPROTO_TCP  # Unsaid, asyncio leaves Nagle on: 40 ms for each answer with a body.
BACKLOG = 128  # Connections that may wait to be accepted.
TICK_SECONDS, TICKS_PER_DAY = 0.1, 864_000  # uvicorn's own.
SLOWEST_GOODBYE = 2  # Seconds that open connections get when the server stops.


def listen(port: int = 0) -> socket.socket:
    """A listening socket: whoever connects from here on is answered once serving starts."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def free_port() -> int:
    with listen() as listener:
        return int(listener.getsockname()[1])


@asynccontextmanager
async def listening(
    app: ASGIApp, *, port: int = 0, lifespan: Literal["on", "off"] = "off"
) -> AsyncIterator[str]:
    """Yields the base URL."""
    with listen(port) as listener:
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan=lifespan,
            ws="none",
            timeout_graceful_shutdown=SLOWEST_GOODBYE,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await server.ready.wait()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.stop()
            await serving


class _Server(uvicorn.Server):
    """Says when it is ready, stops at once when it is told to, and hears no signals.

    These belong to whoever owns the process.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._told = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        """As uvicorn's, which finds out on its next tick only."""
        ticks = 0
        while not await self.on_tick(ticks):
            ticks = (ticks + 1) % TICKS_PER_DAY
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._told.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
