"""aiosqlite without its thread where the thread costs more than the work."""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite

_ROWS_PER_FETCH = 64  # aiosqlite's own default.
_BEGIN = "BEGIN IMMEDIATE"


class QuickConnection(aiosqlite.Connection):
    """Runs at once what takes microseconds, and in its thread what may wait for lock or disk.

    A statement of ours takes some 20 µs, and a hop to the thread and back 100 µs and more, four
    times per statement. Only taking the write lock and committing can take long. The one who
    holds the connection is the only one who uses it, so the two threads never meet.
    """

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - aiosqlite's.
        waits = fn.__name__ == "commit" or (args and args[0] == _BEGIN)
        if waits:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")  # aiosqlite's words, which SQLAlchemy knows.
        return fn(*args, **kwargs)


def quick_connector(file: str) -> Callable[[], QuickConnection]:
    """Make an `async_creator` for SQLAlchemy."""
    connect = partial(sqlite3.connect, file, isolation_level=None, check_same_thread=False)
    return lambda: QuickConnection(connect, _ROWS_PER_FETCH)
