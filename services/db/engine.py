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
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.db.sqlite import quick_connector

READERS = 4  # SQLite reads take well under a millisecond; more only wait for the processor.
LOCK_WAIT = timedelta(seconds=5)  # For a backup or a shell that holds the file.
MIGRATIONS = Path(__file__).parent / "migrations"

Connect = Callable[[], Awaitable[Any]]  # Opens an aiosqlite connection.


class Database:
    """A SQLite file in WAL mode.

    Writers queue behind one gate: SQLite has one writer anyway, and a fair queue in the program
    waits far shorter than connections that poll for the file's lock.
    """

    def __init__(self, url: str, *, connect: Connect | None = None) -> None:
        """`connect` opens the raw connection where a caller wants another than aiosqlite's."""
        self._writing = _open(url, readonly=False, connect=connect, size=1)
        self._reading = _open(url, readonly=True, connect=connect, size=READERS)
        self._gate = asyncio.Lock()
        self._writer: AsyncConnection | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: commits at the end, rolls back on an exception.

        Never await the network inside: everybody else waits.
        """
        async with self._gate:
            if self._writer is None:
                self._writer = await self._writing.connect()
            async with self._writer.begin():
                yield self._writer

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view of what is committed."""
        async with self._reading.connect() as connection:
            yield connection

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._writer is not None:
            await self._writer.close()
        await self._writing.dispose()
        await self._reading.dispose()


def _open(url: str, *, readonly: bool, connect: Connect | None, size: int) -> AsyncEngine:
    file = make_url(url).database or ""
    engine = create_async_engine(
        make_url(url).set(drivername="sqlite+aiosqlite"),
        pool_size=size,
        max_overflow=0,
        async_creator=connect or quick_connector(file),
    )
    _prepare(engine.sync_engine, begin="BEGIN" if readonly else "BEGIN IMMEDIATE")
    return engine


def _prepare(engine: Engine, *, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def prepare_connection(connection: Any, _: object) -> None:  # noqa: ANN401 - DBAPI's
        connection.isolation_level = None  # Transactions begin where we say so.
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # A commit survives a power cut.
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {LOCK_WAIT // timedelta(milliseconds=1)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's sync connection
        connection.exec_driver_sql(begin)


def upgrade(url: str) -> None:
    """Bring the schema up to date; blocks."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(make_url(url).set(drivername="sqlite"))
    _prepare(engine, begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
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
