"""The ledger in PostgreSQL: one writer at a time for each firm, in whichever process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import URL, bindparam, event, func, make_url, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.db.engine import LOCK_WAIT, Database
from services.domain.ids import FirmId

CONNECTIONS = 10  # Of each process. PostgreSQL takes 100, as it comes.
CONNECTION_WAIT = timedelta(seconds=10)
# A process that stands still in the middle of a transaction keeps what it holds no longer.
STANDSTILL = timedelta(seconds=30)
_TAKE_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("firm"), 0)))
_LIMITS = {"lock_timeout": LOCK_WAIT, "idle_in_transaction_session_timeout": STANDSTILL}

Connect = Callable[[], Awaitable[Any]]  # Opens a psycopg connection.


class PostgresDatabase(Database):
    """Whoever writes of a firm takes its turn first: a lock that ends with the transaction.

    So each use case may read and then act on what it read, as if it were alone. In this process
    writers of a firm queue before they take a connection: one busy firm leaves the others theirs.
    """

    is_shared = True

    def __init__(self, url: str, *, connect: Connect | None = None) -> None:
        """`connect` opens the raw connection where a caller wants another than ours."""
        self._writing = _open(driven(url), connect)
        self._reading = self._writing.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._turns: WeakValueDictionary[FirmId, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def write(self, firm: FirmId | None) -> AsyncIterator[AsyncConnection]:
        async with self._turn(firm), self._writing.begin() as connection:
            if firm is not None:
                await connection.execute(_TAKE_TURN, {"firm": firm})
            yield connection

    def _turn(self, firm: FirmId | None) -> AbstractAsyncContextManager[None]:
        return nullcontext() if firm is None else self._turns.setdefault(firm, asyncio.Lock())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self._reading.connect() as connection:
            yield connection

    async def close(self) -> None:
        await self._writing.dispose()


def driven(url: str) -> URL:
    """By the driver that is ours to choose; it waits for ever, unless the URL says how long."""
    wanted = make_url(url).set(drivername="postgresql+psycopg")
    patience = {"connect_timeout": f"{CONNECTION_WAIT.total_seconds():.0f}"}
    return wanted.set(query={**patience, **wanted.query})


def _open(url: URL, connect: Connect | None) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=CONNECTION_WAIT.total_seconds(),
        pool_pre_ping=True,  # The server may have been restarted meanwhile.
        use_native_hstore=False,  # Or each new connection would ask for it.
        hide_parameters=True,  # What people typed is nobody's who reads the log.
        **({"async_creator": connect} if connect else {}),
    )

    @event.listens_for(engine.sync_engine, "connect")
    def limit_waits(connection: Any, _: object) -> None:  # noqa: ANN401 - DBAPI's
        cursor = connection.cursor()
        for name, longest in _LIMITS.items():
            cursor.execute(f"SET {name} = {longest // timedelta(milliseconds=1)}")
        cursor.close()
        connection.commit()

    return engine
