"""Open a database by its URL, and bring its schema up to date."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from services.db import sqlite
from services.db.engine import LOCK_WAIT, Database
from services.db.postgres import PostgresDatabase, driven
from services.db.sqlite import SqliteDatabase

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 4_266_354_010  # Names the lock, among all that programs take in one database.


def is_postgres(url: str) -> bool:
    return make_url(url).get_backend_name() == "postgresql"


def open_database(url: str, *, connect: Callable[[], Awaitable[Any]] | None = None) -> Database:
    """`connect` opens the raw connection where a caller wants another than ours."""
    kind = PostgresDatabase if is_postgres(url) else SqliteDatabase
    return kind(url, connect=connect)


def upgrade(url: str) -> None:
    """Bring the schema up to date, all of it or nothing; blocks.

    Of several processes that start together on one PostgreSQL, one does it and the others wait.
    """
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    changing = _changing_postgres if is_postgres(url) else _changing_sqlite
    with changing(url) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _changing_postgres(url: str) -> Iterator[Connection]:
    with _transaction(create_engine(driven(url), hide_parameters=True)) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        # Others may be at work: they never wait longer for us than we for them.
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT.total_seconds():.0f}s'"))
        yield connection


@contextmanager
def _changing_sqlite(url: str) -> Iterator[Connection]:
    """A rule of SQLite's is changed by making its table anew, while nothing can refer to it.

    So references are checked at the end, before the commit.
    """
    engine = create_engine(make_url(url).set(drivername="sqlite"), hide_parameters=True)
    sqlite.prepare(engine, begin="BEGIN IMMEDIATE", lock_wait=LOCK_WAIT, keeps_references=False)
    with _transaction(engine) as connection:
        yield connection
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise LookupError(f"the upgrade would leave {broken[0]} pointing at nothing")


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def is_known(revision: str) -> bool:
    """Whether this program can bring a schema of that revision up to date."""
    return revision in {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


async def is_migrated(database: Database) -> bool:
    """Whether the schema is the one that this program was written for."""
    script = ScriptDirectory(str(MIGRATIONS))
    async with database.read() as db:
        found = await db.run_sync(
            lambda connection: MigrationContext.configure(connection).get_current_revision()
        )
    return found == script.get_current_head()
