"""psycopg without the event loop: statements run inline, waits for a lock take virtual time."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import errors, waiting
from psycopg.pq import TransactionStatus

from tests.simulation.kernel.loop import Gone
from tests.simulation.kernel.process import Process, current_process, turn

PROMPT = 0.005  # Seconds of real time after which somebody asks why there is no answer.
LOOK_AGAIN = 0.01  # Seconds of virtual time between two looks at a lock.
MOST_TURNS = 3  # A statement lets others go first now and then, so that seeds differ in order.
NO_TRIP = "_set_"  # psycopg keeps what it is told of the next transaction to itself.
WORDS = {"_commit_gen": "COMMIT", "_rollback_gen": "ROLLBACK"}
SET_LOCK_TIMEOUT = re.compile(r"\s*SET\s+lock_timeout\s*=\s*(\d+)", re.IGNORECASE)

Creator = Callable[[], Awaitable[psycopg.AsyncConnection[Any]]]


def inline_postgres(url: str) -> Creator:
    """Make an `async_creator` for SQLAlchemy. The connection is nobody's: none waits for a lock."""

    async def connect() -> psycopg.AsyncConnection[Any]:
        return _reach(url)

    return connect


class PostgresLocks:
    """Who waits for whom in one database; `waits` counts how often somebody had to.

    Real time is not asked: whoever waits is looked at when all else in the database stands still.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.waits = 0
        self._eye = psycopg.connect(url, autocommit=True)

    def connector(self, process: Process | None = None) -> Creator:
        """Make an `async_creator` for SQLAlchemy, for the process or whichever opens one."""

        async def connect() -> psycopg.AsyncConnection[Any]:
            owner = process or current_process()
            if owner is None:
                raise LookupError("Without a process there is nobody to wait for a lock.")
            await owner.point("before", "connecting to the database")
            connection = _reach(self._url)
            connection.belong_to(owner, self)
            await owner.point("after", "connecting to the database")
            return connection

        return connect

    def is_kept_waiting(self, connection: "InlineConnection") -> bool:
        pid = connection.pgconn.backend_pid
        found = self._eye.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid]).fetchone()
        return bool(found and found[0])

    def close(self) -> None:
        self._eye.close()


class InlineCursor(psycopg.AsyncCursor[Any]):
    async def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        assert isinstance(self._conn, InlineConnection)
        return await super().execute(self._conn.hear(query), *args, **kwargs)


class InlineConnection(psycopg.AsyncConnection[Any]):
    """Waits for the server where it stands: no socket is registered with the loop.

    `lock_timeout` is kept here: the server itself would count in real time.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_factory = InlineCursor
        self._process: Process | None = None
        self._locks: PostgresLocks | None = None
        self._lock_timeout: float | None = None
        self._last_words = ""

    def belong_to(self, process: Process, locks: PostgresLocks) -> None:
        self._process, self._locks = process, locks
        process.attach(self)

    def hear(self, query: Any) -> Any:
        """Remember what is asked, for the log; and ask for no wait in real time."""
        self._last_words = str(query)
        if self._locks is not None and (said := SET_LOCK_TIMEOUT.match(self._last_words)):
            self._lock_timeout = int(said.group(1)) / 1000
            return "SET lock_timeout = 0"
        return query

    async def wait(
        self,
        gen: Any,
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's.
    ) -> Any:
        process = self._process
        if process is None or gen.__name__.startswith(NO_TRIP):
            return waiting.wait(gen, self.pgconn.socket, interval=interval, timeout=timeout)
        if process.is_buried:
            raise Gone
        what = WORDS.get(gen.__name__, self._last_words)
        await process.point("before", what)
        for _ in range(process.chance.randint(1, MOST_TURNS)):
            await turn()
        result = await self._when_unlocked(gen)
        await process.point("after", what)
        return result

    async def close(self) -> None:
        if self._process is not None:
            self._process.detach(self)
        await super().close()

    @property
    def in_transaction(self) -> bool:
        return self.pgconn.transaction_status in {
            TransactionStatus.ACTIVE,
            TransactionStatus.INTRANS,
            TransactionStatus.INERROR,
        }

    def sever(self) -> None:
        """Leave the server as a killed process does: what was not committed never was.

        The server would find out by itself, but nobody could say when.
        """
        if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
            self.cancel()
            while self.pgconn.get_result() is not None:
                pass
        if self.in_transaction:
            self.pgconn.exec_(b"ROLLBACK")
        self.pgconn.finish()

    async def _when_unlocked(self, gen: Any) -> Any:
        assert self._locks is not None
        loop = asyncio.get_running_loop()
        give_up_at: float | None = None
        while True:
            try:
                return waiting.wait(gen, self.pgconn.socket, interval=PROMPT, timeout=PROMPT)
            except errors._WaitTimeout:
                pass
            while self._locks.is_kept_waiting(self):
                give_up_at = give_up_at or self._begin_to_wait(loop.time())
                if loop.time() >= give_up_at:
                    self._call_back(gen)
                    raise errors.LockNotAvailable("canceling statement due to lock timeout")
                await self._wait_a_little(gen)

    def _begin_to_wait(self, now: float) -> float:
        assert self._locks is not None
        self._locks.waits += 1
        return float("inf") if self._lock_timeout is None else now + self._lock_timeout

    async def _wait_a_little(self, gen: Any) -> None:
        try:
            await asyncio.sleep(LOOK_AGAIN)
        except BaseException:
            self._call_back(gen)
            raise

    def _call_back(self, gen: Any) -> None:
        """As psycopg does for whoever waits no longer."""
        if self.closed:
            return
        self.cancel()
        with suppress(errors.QueryCanceled):
            waiting.wait(gen, self.pgconn.socket, interval=0.1)


def _reach(url: str) -> InlineConnection:
    connection = waiting.wait_conn(InlineConnection._connect_gen(url), interval=0.1)
    assert isinstance(connection, InlineConnection)
    return connection
