"""Open the database: one writer at a time, readers apart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self, cast

import aiosqlite
import structlog
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
    create_async_engine,
)

from services.db.sqlite import inline_connector

log = structlog.get_logger()

LARGEST_GROUP = 8  # Of writers; the first should not wait long for the last.
READERS = 4  # SQLite reads take well under a millisecond; more only wait for the processor.
LOCK_WAIT = timedelta(seconds=5)  # For a backup or a shell that holds the file.
LOOK_AGAIN = timedelta(milliseconds=10)
MIGRATIONS = Path(__file__).parent / "migrations"

Connect = Callable[[], Awaitable[Any]]  # Opens an aiosqlite connection.


@dataclass
class _Group:
    """Writers whose transactions go to the disk together."""

    writer: AsyncConnection
    transaction: AsyncTransaction
    committed: asyncio.Future[None]
    size: int = 0


class Database:
    """A SQLite file in WAL mode.

    Writers queue behind one gate: SQLite has one writer anyway, and a fair queue in the program
    waits far shorter than connections that poll for the file's lock. Those who come together
    share one commit: each is a savepoint of its own, and none returns before it is on the disk.
    """

    def __init__(self, url: str, *, connect: Connect | None = None) -> None:
        """`connect` opens the raw connection where a caller wants another than ours."""
        connect = connect or inline_connector(make_url(url).database or "")
        self._writing = _open(url, connect, size=1, begin="BEGIN IMMEDIATE")
        self._reading = _open(url, connect, size=READERS, begin="BEGIN")
        self._gate = asyncio.Lock()
        self._writer: AsyncConnection | None = None
        self._group: _Group | None = None
        self._commits: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, undone on an exception.

        Never await the network inside: everybody else waits.
        """
        async with self._gate:
            group = self._group or await self._open_group()
            async with _savepoint(group.writer):
                yield group.writer
            group.size += 1
            if group.size == LARGEST_GROUP:
                await self._commit(group)
        await asyncio.shield(group.committed)

    async def _open_group(self) -> _Group:
        """Begin a transaction; it is committed when those who wait already have written too."""
        if self._writer is None:
            self._writer = await self._writing.connect()
        transaction = await self._begin(self._writer)
        committed = asyncio.get_running_loop().create_future()
        group = self._group = _Group(self._writer, transaction, committed)
        commit = asyncio.create_task(self._commit_in_turn(group))
        self._commits.add(commit)
        commit.add_done_callback(self._commits.discard)
        return group

    async def _commit_in_turn(self, group: _Group) -> None:
        async with self._gate:
            await self._commit(group)

    async def _commit(self, group: _Group) -> None:
        """To be called behind the gate; whoever waits for the group hears how it went."""
        if self._group is not group:
            return
        self._group = None
        try:
            await group.transaction.commit()
        except SQLAlchemyError as error:
            await group.transaction.rollback()
            group.committed.set_exception(error)
            log.warning("commit failed", writers=group.size, error=type(error.__cause__).__name__)
            group.committed.exception()  # Heard, also where every writer has given up.
        else:
            group.committed.set_result(None)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view of what is committed."""
        async with self._reading.connect() as connection:
            yield connection

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
        if self._commits:
            await asyncio.wait(self._commits)
        if self._writer is not None:
            await self._writer.close()
        await self._writing.dispose()
        await self._reading.dispose()


@asynccontextmanager
async def _savepoint(writer: AsyncConnection) -> AsyncIterator[None]:
    """On aiosqlite's own connection: SQLAlchemy has nothing to add, and takes ten times as long."""
    raw = await writer.get_raw_connection()
    sqlite = cast("aiosqlite.Connection", raw.driver_connection)
    await sqlite.execute("SAVEPOINT one_writer")
    try:
        yield
    except BaseException:
        await sqlite.execute("ROLLBACK TO one_writer")
        raise
    await sqlite.execute("RELEASE one_writer")


def _open(url: str, connect: Connect, *, size: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(
        make_url(url).set(drivername="sqlite+aiosqlite"),
        pool_size=size,
        max_overflow=0,
        async_creator=connect,
    )
    _prepare(engine.sync_engine, begin=begin, lock_wait=timedelta(0))
    return engine


def _prepare(engine: Engine, *, begin: str, lock_wait: timedelta) -> None:
    @event.listens_for(engine, "connect")
    def prepare_connection(connection: Any, _: object) -> None:  # noqa: ANN401 - DBAPI's
        connection.isolation_level = None  # Transactions begin where we say so.
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # A commit survives a power cut.
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {lock_wait // timedelta(milliseconds=1)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's sync connection
        connection.exec_driver_sql(begin)


def upgrade(url: str) -> None:
    """Bring the schema up to date; blocks."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(make_url(url).set(drivername="sqlite"))
    _prepare(engine, begin="BEGIN IMMEDIATE", lock_wait=LOCK_WAIT)
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
