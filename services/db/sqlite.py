"""The ledger in a SQLite file: one writer at a time, readers apart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, FromClause, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
    create_async_engine,
)

from services.db.engine import LOCK_WAIT, Database
from services.db.inline import inline_connector
from services.domain.ids import FirmId

READERS = 4  # SQLite reads take well under a millisecond; more only wait for the processor.
LOOK_AGAIN = timedelta(milliseconds=10)

Connect = Callable[[], Awaitable[Any]]  # Opens an aiosqlite connection.


class SqliteDatabase(Database):
    """A SQLite file in WAL mode.

    Writers queue behind one gate: SQLite has one writer anyway, and a fair queue in the program
    waits far shorter than connections that poll for the file's lock. Nothing in a transaction
    suspends, so whoever comes first is answered first, however many come together.
    """

    is_shared = False

    def __init__(self, url: str, *, connect: Connect | None = None) -> None:
        """`connect` opens the raw connection where a caller wants another than ours."""
        connect = connect or inline_connector(make_url(url).database or "")
        self._writing = _open(url, connect, size=1, begin="BEGIN IMMEDIATE")
        self._reading = _open(url, connect, size=READERS, begin="BEGIN")
        self._gate = asyncio.Lock()
        self._writer: AsyncConnection | None = None

    @asynccontextmanager
    async def write(self, firm: FirmId | None) -> AsyncIterator[AsyncConnection]:
        del firm  # Here all wait for each other.
        async with self._gate:
            if self._writer is None:
                self._writer = await self._writing.connect()
            transaction = await self._begin(self._writer)
            try:
                yield self._writer
                await transaction.commit()
            except BaseException:
                await transaction.rollback()
                raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        connection = await self._reading.connect()
        try:
            yield connection
        finally:
            await connection.close()  # `async with` would make a task of it, for each read.

    async def _begin(self, writer: AsyncConnection) -> AsyncTransaction:
        """Take the file's lock, without holding up everybody who does not need it."""
        give_up_at = asyncio.get_running_loop().time() + LOCK_WAIT.total_seconds()
        while True:
            try:
                return await writer.begin()
            except OperationalError as error:
                late = asyncio.get_running_loop().time() > give_up_at
                if late or error.orig is None or "locked" not in str(error.orig):
                    raise
                await asyncio.sleep(LOOK_AGAIN.total_seconds())

    async def close(self) -> None:
        if self._writer is not None:
            await self._writer.close()
        await self._writing.dispose()
        await self._reading.dispose()


class _Statements(SQLiteCompiler):
    """Lets a query name its index, where it knows what SQLite cannot: how few are Failed."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        del table
        return text


def _open(url: str, connect: Connect, *, size: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        make_url(url).set(drivername="sqlite+aiosqlite"),
        pool_size=size,
        max_overflow=0,
        async_creator=connect,
        hide_parameters=True,  # An exception would tell them to the log.
    )
    engine.dialect.statement_compiler = _Statements
    prepare(engine.sync_engine, begin=begin, lock_wait=timedelta(0))
    return engine


def prepare(
    engine: Engine, *, begin: str, lock_wait: timedelta, keeps_references: bool = True
) -> None:
    """Give each connection what the ledger relies on."""

    @event.listens_for(engine, "connect")
    def prepare_connection(connection: Any, _: object) -> None:  # noqa: ANN401 - DBAPI's
        connection.isolation_level = None  # Transactions begin where we say so.
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # A commit survives a power cut.
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if keeps_references else 'OFF'}")
        cursor.execute(f"PRAGMA busy_timeout = {lock_wait // timedelta(milliseconds=1)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's sync connection
        connection.exec_driver_sql(begin)
