"""The migrations lead to the tables that the program was written for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from services.db import ledger
from services.db.opening import is_migrated, is_postgres, open_database, upgrade
from services.db.postgres import driven
from services.db.tables import metadata
from tests.builders import FIRM
from tests.postgres import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def create(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Make a database with nothing in it; tell its URL."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / uuid4().hex}.db"
    server: Server = request.getfixturevalue("postgres")
    return server.create


@pytest.fixture
def migrated(create: Callable[[], str]) -> Iterator[Connection]:
    url = create()
    upgrade(url)
    yield from _connection(url)


@pytest.fixture
def drawn(create: Callable[[], str]) -> Iterator[Connection]:
    """A database made from the tables as the program has them."""
    for connection in _connection(create()):
        metadata.create_all(connection)
        yield connection


def test_migrating_from_nothing_gives_the_tables_as_drawn(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_migrating_from_nothing_gives_every_rule_as_drawn(
    migrated: Connection, drawn: Connection
) -> None:
    assert set(_rules(drawn)) == set(metadata.tables)
    assert _rules(migrated) == _rules(drawn)


async def test_migrating_twice_is_harmless(create: Callable[[], str]) -> None:
    url = create()
    upgrade(url)
    async with open_database(url) as database, database.write(FIRM) as db:
        await ledger.ensure_firm(db, FIRM)
    upgrade(url)
    async with open_database(url) as database, database.read() as db:
        assert (await ledger.get_settings(db, FIRM)).currency == "USD"


async def test_a_database_says_whether_it_is_migrated(create: Callable[[], str]) -> None:
    url = create()
    async with open_database(url) as database:
        assert not await is_migrated(database)
    upgrade(url)
    async with open_database(url) as database:
        assert await is_migrated(database)


async def test_a_newer_database_is_not_taken_for_ours(create: Callable[[], str]) -> None:
    url = create()
    upgrade(url)
    async with open_database(url) as database:
        async with database.write(FIRM) as db:
            await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert not await is_migrated(database)


def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(driven(url) if is_postgres(url) else url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _rules(connection: Connection) -> dict[str, Any]:
    """Every rule of every table, by its name; Alembic does not compare them all."""
    inspector = inspect(connection)
    return {
        table: {
            "checks": {
                rule["name"]: rule["sqltext"] for rule in inspector.get_check_constraints(table)
            },
            "unique": {
                rule["name"]: rule["column_names"]
                for rule in inspector.get_unique_constraints(table)
            },
            "references": {
                rule["name"]: (rule["constrained_columns"], rule["referred_table"])
                for rule in inspector.get_foreign_keys(table)
            },
            "indexes": {
                rule["name"]: (
                    rule["column_names"],
                    rule["unique"],
                    str(rule.get("dialect_options", {}).get(f"{inspector.dialect.name}_where")),
                )
                for rule in inspector.get_indexes(table)
            },
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            },
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
