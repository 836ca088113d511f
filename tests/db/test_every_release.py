"""A full ledger of every release there ever was is brought up to date, on both databases."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select

from services.audits import Audits
from services.db.engine import Database
from services.db.opening import open_database, upgrade
from services.db.schema import Fit, fit_of
from services.db.tables import metadata
from services.domain.audit import Head
from tests.builders import FIRM, OTHER_FIRM
from tests.db.later_ledgers import add_what_came_with
from tests.db.revisions import REVISIONS, bring_to, opened
from tests.db.test_upgrade import GONE, READ_ANEW
from tests.db.the_first_ledger import build
from tests.postgres import Server

Rows = dict[str, list[dict[str, Any]]]
Copy = Callable[[], str]
OF_THE_SCHEMA = {"alembic_version", "schema_fits"}
IN_TIME = {"audit": ("firm_id", "at")}  # Its key became another.


@pytest.fixture(params=["sqlite", "postgresql"])
def growing(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Copy]:
    """An empty database, and how to come by another one like it."""
    if request.param == "sqlite":
        file, copy = tmp_path / "growing.db", tmp_path / "copy.db"
        return f"sqlite:///{file}", lambda: f"sqlite:///{shutil.copy(file, copy)}"
    server: Server = request.getfixturevalue("postgres")
    url = server.create()
    return url, lambda: server.create(like=url)


async def test_a_ledger_of_every_release_is_upgraded_with_all_that_is_in_it(
    growing: tuple[str, Copy],
) -> None:
    url, copy = growing
    build(url)
    for revision in REVISIONS[:-1]:
        bring_to(url, revision)
        with opened(url) as connection:
            add_what_came_with(revision, connection)
        upgraded = copy()
        upgrade(upgraded)
        before = rows(url)
        assert as_before(before, rows(upgraded)) == but_for_what_changed(before, revision)
        async with open_database(upgraded) as database:
            await check(database)
    assert {table for table, rows in rows(url).items() if not rows} == set()


def rows(url: str) -> Rows:
    with opened(url) as connection:
        inspector = inspect(connection)
        found: Rows = {}
        for table in sorted(set(inspector.get_table_names()) - OF_THE_SCHEMA):
            key = IN_TIME.get(table) or inspector.get_pk_constraint(table)["constrained_columns"]
            query = f"SELECT * FROM {table} ORDER BY {', '.join(key)}"  # noqa: S608
            found[table] = [dict(row) for row in connection.exec_driver_sql(query).mappings()]
        return found


def as_before(before: Rows, after: Rows) -> Rows:
    """The columns and tables that there were, as they are now."""
    return {
        table: [{name: row[name] for name in row if name in was[0]} for row in after[table]]
        for table, was in before.items()
        if was
    }


def but_for_what_changed(before: Rows, revision: str) -> Rows:
    """What there was, without what a later release had no more use for."""
    changed = READ_ANEW if revision == REVISIONS[0] else {}
    return {
        table: [
            {
                name: changed.get((table, name), value)
                for name, value in row.items()
                if (table, name) not in GONE
            }
            for row in was
        ]
        for table, was in before.items()
        if was
    }


async def check(database: Database) -> None:
    """The program may work on it, reads every row, and finds the audit as it was written."""
    assert await fit_of(database) is Fit.FITS
    async with database.read() as db:
        for table in metadata.sorted_tables:
            (await db.execute(select(table))).all()
    for firm in (FIRM, OTHER_FIRM):
        assert isinstance(await Audits(database).verify(firm, advance=lambda _: None), Head)
