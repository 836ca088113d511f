"""Open the database: one writer at a time, readers apart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, FromClause, create_engine, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
    create_async_engine,
)

from services.db.sqlite import inline_connector
from services.domain.ids import FirmId

READERS = 4  # SQLite reads take well under a millisecond; more only wait for the processor.
LOCK_WAIT = timedelta(seconds=5)  # For a backup or a shell that holds the file.
LOOK_AGAIN = timedelta(milliseconds=10)
MIGRATIONS = Path(__file__).parent / "migrations"

Connect = Callable[[], Awaitable[Any]]  # Opens an aiosqlite connection.


class Database:
    """A SQLite file in WAL mode.

    Writers queue behind one gate: SQLite has one writer anyway, and a fair queue in the program
    waits far shorter than connections that poll for the file's lock. Nothing in a transaction
    suspends, so whoever comes first is answered first, however many come together.
    """

    def __init__(self, url: str, *, connect: Connect | None = None) -> None:
        """`connect` opens the raw connection where a caller wants another than ours."""
        connect = connect or inline_connector(make_url(url).database or "")
        self._writing = _open(url, connect, size=1, begin="BEGIN IMMEDIATE")
        self._reading = _open(url, connect, size=READERS, begin="BEGIN")
        self._gate = asyncio.Lock()
        self._writer: AsyncConnection | None = None

    @asynccontextmanager
    async def write(self, firm: FirmId | None) -> AsyncIterator[AsyncConnection]:
        """One transaction: commits at the end, rolls back on an exception.

        What is written of one firm is written one after the other, so that what was read inside
        still holds when it is acted upon. None is for a statement that is whole in itself.
        Never await the network inside: everybody else waits.
        """
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
        """One consistent view of what is committed."""
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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

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
    )
    engine.dialect.statement_compiler = _Statements
    _prepare(engine.sync_engine, begin=begin, lock_wait=timedelta(0))
    return engine


def _prepare(
    engine: Engine, *, begin: str, lock_wait: timedelta, keeps_references: bool = True
) -> None:
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


def upgrade(url: str) -> None:
    """Bring the schema up to date; blocks.

    A rule of SQLite's is changed by making its table anew, during which nothing can refer to it:
    so references are checked at the end, before the commit.
    """
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(make_url(url).set(drivername="sqlite"))
    _prepare(engine, begin="BEGIN IMMEDIATE", lock_wait=LOCK_WAIT, keeps_references=False)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise LookupError(f"the upgrade would leave {broken[0]} pointing at nothing")
    finally:
        engine.dispose()


async def is_migrated(database: Database) -> bool:
    """Whether the schema is the one that this program was written for."""
    script = ScriptDirectory(str(MIGRATIONS))
    async with database.read() as db:
        found = await db.run_sync(
            lambda connection: MigrationContext.configure(connection).get_current_revision()
        )
    return found == script.get_current_head()
