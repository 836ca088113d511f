"""psycopg without the event loop: virtual time stands still while the server answers."""

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg import waiting

Creator = Callable[[], Awaitable[psycopg.AsyncConnection[Any]]]


class InlineConnection(psycopg.AsyncConnection[Any]):
    """Waits for the server where it stands: no socket is registered with the loop."""

    async def wait(
        self,
        gen: Any,
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's.
    ) -> Any:
        return waiting.wait(gen, self.pgconn.socket, interval=interval, timeout=timeout)


def inline_postgres(url: str) -> Creator:
    """Make an `async_creator` for SQLAlchemy."""

    async def connect() -> psycopg.AsyncConnection[Any]:
        return waiting.wait_conn(InlineConnection._connect_gen(url), interval=0.1)

    return connect
