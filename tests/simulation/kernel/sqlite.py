"""aiosqlite without its thread: statements run inline, waits for a lock take virtual time."""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import aiosqlite

from tests.simulation.kernel.loop import Gone
from tests.simulation.kernel.process import Process, current_process, turn

IsolationLevel = Literal["DEFERRED", "IMMEDIATE", "EXCLUSIVE", ""] | None

ROWS_PER_FETCH = 64  # aiosqlite's own default.
BUSY_TIMEOUT = 5.0  # Seconds: sqlite3's own default.
BUSY_INTERVAL = 0.01  # Seconds between two tries for a lock.
MOST_TURNS = 3  # A statement lets others go first now and then, so that seeds differ in order.
TOUCHING_THE_FILE = frozenset(
    {
        "commit",
        "execute",
        "executemany",
        "executescript",
        "rollback",
        "_execute_fetchall",
        "_execute_insert",
    }
)  # Making, reading and closing a cursor change nothing that a crash could spoil.
PRAGMA_BUSY_TIMEOUT = re.compile(r"\s*PRAGMA\s+busy_timeout\s*[=(]\s*(\d+)", re.IGNORECASE)

Creator = Callable[[], Awaitable[aiosqlite.Connection]]


def inline_sqlite(
    path: Path | str, process: Process | None = None, *, isolation_level: IsolationLevel = ""
) -> Creator:
    """Make an `async_creator` for SQLAlchemy, or simply `await` what it returns.

    Without a process the connection belongs to the one which opens it, if any.
    """
    connector = partial(sqlite3.connect, path, timeout=0, isolation_level=isolation_level)
    return lambda: InlineConnection(connector, process or current_process())


class InlineConnection(aiosqlite.Connection):
    """`PRAGMA busy_timeout` is kept here: SQLite itself would sleep with everyone else."""

    def __init__(
        self, connector: Callable[[], sqlite3.Connection], process: Process | None
    ) -> None:
        super().__init__(connector, ROWS_PER_FETCH)
        self._tx = _Inline()  # type: ignore[assignment]  # SQLAlchemy puts functions in it too.
        self._process = process
        self._busy_timeout = BUSY_TIMEOUT

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._open().__await__()  # The original starts its thread here.

    @property
    def _conn(self) -> sqlite3.Connection:
        self._check_process()
        return super()._conn

    @property
    def in_transaction(self) -> bool:
        return self._connection is not None and self._connection.in_transaction

    def stop(self) -> None:
        """Close at once, as a garbage collector or an engine that terminates needs it."""
        self._running = False
        if self._process is not None:
            self._process.detach(self)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def sever(self) -> None:
        """Leave the file as a killed process does: what was not committed never was."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.rollback()
        self.stop()

    async def _open(self) -> aiosqlite.Connection:
        if self._process is None:
            return await self._connect()
        await self._process.point("before", "connecting to the database")
        connection = await self._connect()
        self._process.attach(self)
        await self._process.point("after", "connecting to the database")
        return connection

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._check_process()
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")  # aiosqlite's words, which SQLAlchemy knows.
        if fn.__name__ not in TOUCHING_THE_FILE:
            return fn(*args, **kwargs)
        args = self._without_sleeping(args)
        what = args[0] if args else fn.__name__
        await self._take_turns("before", what)
        result = await self._when_unlocked(partial(fn, *args, **kwargs))
        if self._process is not None:
            await self._process.point("after", what)
        return result

    def _check_process(self) -> None:
        if self._process is not None and self._process.is_buried:
            raise Gone

    async def _take_turns(self, when: str, what: str) -> None:
        turns = 1
        if self._process is not None:
            await self._process.point(when, what)
            turns = self._process.chance.randint(1, MOST_TURNS)
        for _ in range(turns):
            await turn()

    async def _when_unlocked(self, statement: Callable[[], Any]) -> Any:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._busy_timeout
        while True:
            try:
                return statement()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or loop.time() >= deadline:
                    raise
            await asyncio.sleep(BUSY_INTERVAL)

    def _without_sleeping(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        pragma = PRAGMA_BUSY_TIMEOUT.match(args[0]) if args else None
        if pragma is None:
            return args
        self._busy_timeout = int(pragma.group(1)) / 1000
        return ("PRAGMA busy_timeout", *args[1:])


class _Inline:
    """Stands where aiosqlite hands functions to its thread, and calls them."""

    def put_nowait(self, item: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = item
        try:
            result = function()
        except Exception as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)
