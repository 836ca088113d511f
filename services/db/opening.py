"""Open a database by its URL, and bring its schema up to date."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from services.db import sqlite
from services.db.engine import LOCK_WAIT, Database
from services.db.postgres import PostgresDatabase, driven
from services.db.schema import MIGRATIONS, Fit, look, promise
from services.db.sqlite import SqliteDatabase

_MIGRATING = 4_266_354_010  # Names the lock, among all that programs take in one database.
# What is held meanwhile is let go again before PostgreSQL, after a second, looks for who waits for
# whom: it would be others that are turned away.
GIVES_WAY_AFTER = timedelta(milliseconds=200)
LETS_OTHERS_WORK = timedelta(milliseconds=300)
TRIES = 120  # A minute.


class TooNew(Exception):  # noqa: N818 - reads as what it is.
    """The schema is of a later program, and says that this one does not fit it."""


def is_postgres(url: str) -> bool:
    return make_url(url).get_backend_name() == "postgresql"


def open_database(url: str, *, connect: Callable[[], Awaitable[Any]] | None = None) -> Database:
    """`connect` opens the raw connection where a caller wants another than ours."""
    kind = PostgresDatabase if is_postgres(url) else SqliteDatabase
    return kind(url, connect=connect)


def upgrade(url: str) -> None:
    """Bring the schema up to date, all of it or nothing; blocks. Raise TooNew.

    Of several processes that start together on one PostgreSQL, one does it and the others wait.
    A later schema that this program fits stays as it is.
    """
    changing = _changing_postgres if is_postgres(url) else _changing_sqlite
    with changing(url) as connection:
        match look(connection):
            case Fit.NEWER:
                raise TooNew
            case Fit.OLDER:
                _migrate(connection)
            case Fit.FITS:
                pass


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        _take_every_table(connection)
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    promise(connection)


@contextmanager
def _changing_postgres(url: str) -> Iterator[Connection]:
    with _transaction(create_engine(driven(url), hide_parameters=True)) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        yield connection


def _take_every_table(connection: Connection) -> None:
    """All or none, so that nobody who is at work waits for us while we wait for them."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in sorted(inspect(connection).get_table_names()))
    for left in reversed(range(TRIES)) if names else ():
        try:
            with connection.begin_nested():
                _wait_at_most(connection, GIVES_WAY_AFTER)
                connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
            break
        except OperationalError as error:
            if not (left and isinstance(error.orig, LockNotAvailable)):
                raise
            time.sleep(LETS_OTHERS_WORK.total_seconds())
    _wait_at_most(connection, LOCK_WAIT)


def _wait_at_most(connection: Connection, limit: timedelta) -> None:
    milliseconds = limit // timedelta(milliseconds=1)
    connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))


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
