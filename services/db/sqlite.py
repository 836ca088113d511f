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
    holds the connection is the only one who uses it; one who was cancelled leaves the thread at
    work, and what comes next queues up behind it: the two threads never meet.
    """

    _in_thread = 0  # Calls that the thread was given and has not ended.

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - aiosqlite's.
        waits = fn.__name__ == "commit" or (args and args[0] == _BEGIN)
        if waits or self._in_thread:
            return await self._execute_in_thread(partial(fn, *args, **kwargs))
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")  # aiosqlite's words, which SQLAlchemy knows.
        return fn(*args, **kwargs)

    async def _execute_in_thread(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - aiosqlite's.
        def run() -> Any:  # noqa: ANN401 - whatever is called.
            try:
                return call()
            finally:
                self._in_thread -= 1

        self._in_thread += 1
        return await super()._execute(run)  # type: ignore[no-untyped-call]


def quick_connector(file: str) -> Callable[[], QuickConnection]:
    """Make an `async_creator` for SQLAlchemy."""
    connect = partial(sqlite3.connect, file, isolation_level=None, check_same_thread=False)
    return lambda: QuickConnection(connect, _ROWS_PER_FETCH)
