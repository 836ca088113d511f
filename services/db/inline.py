"""aiosqlite without its thread."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import aiosqlite

_ROWS_PER_FETCH = 64  # aiosqlite's own default.


class _AtOnce:
    """Stands where aiosqlite queues work for its thread, and does it there and then."""

    def put_nowait(self, job: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, work = job
        try:
            result = work()
        except BaseException as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


class InlineConnection(aiosqlite.Connection):
    """Runs every statement in the event loop's own thread.

    A statement of ours takes some 20 µs; a hop to a thread and back takes several times that,
    four times per statement, and waits for the interpreter's lock while the loop is busy. A
    commit waits for the disk here as it would there: writers queue for it anyway.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, _ROWS_PER_FETCH)
        self._tx = _AtOnce()  # type: ignore[assignment] # As much of a queue as is used.

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._connect().__await__()  # aiosqlite starts its thread here.


def inline_connector(file: str) -> Callable[[], InlineConnection]:
    """Make an `async_creator` for SQLAlchemy; nothing in it ever waits for a lock."""
    return lambda: InlineConnection(partial(sqlite3.connect, file, timeout=0))
