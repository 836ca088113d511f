"""The migrations lead to the tables that the program was written for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from services.db import ledger
from services.db.engine import Database, is_migrated, upgrade
from services.db.tables import metadata
from tests.builders import FIRM


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Connection]:
    url = f"sqlite:///{tmp_path / 'migrated.db'}"
    upgrade(url)
    yield from _connection(url)


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[Connection]:
    """A database made from the tables as the program has them."""
    for connection in _connection(f"sqlite:///{tmp_path / 'drawn.db'}"):
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


async def test_migrating_twice_is_harmless(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'twice.db'}"
    upgrade(url)
    async with Database(url) as database, database.write(FIRM) as db:
        await ledger.ensure_firm(db, FIRM)
    upgrade(url)
    async with Database(url) as database, database.read() as db:
        assert (await ledger.get_settings(db, FIRM)).currency == "USD"


async def test_a_database_says_whether_it_is_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    async with Database(url) as database:
        assert not await is_migrated(database)
    upgrade(url)
    async with Database(url) as database:
        assert await is_migrated(database)


async def test_a_newer_database_is_not_taken_for_ours(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newer.db'}"
    upgrade(url)
    async with Database(url) as database:
        async with database.write(FIRM) as db:
            await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert not await is_migrated(database)


def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
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
                    str(rule.get("dialect_options", {}).get("sqlite_where")),
                )
                for rule in inspector.get_indexes(table)
            },
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
