"""The migrations lead to the tables that the program was written for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, delete, insert, select, text

from services.db import ledger
from services.db.engine import Database
from services.db.opening import TooNew, is_postgres, open_database, upgrade
from services.db.postgres import driven
from services.db.schema import Fit, fit_of
from services.db.tables import metadata, schema_fits
from tests.builders import FIRM
from tests.db.drawings import Drawing, drawing, not_only_added
from tests.db.revisions import REVISIONS, SCRIPTS, bring_to, opened
from tests.postgres import Server

NEWEST = REVISIONS[-1]


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
    assert set(drawing(drawn)) == set(metadata.tables)
    assert drawing(migrated) == drawing(drawn)


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
        assert await fit_of(database) is Fit.OLDER
    upgrade(url)
    async with open_database(url) as database:
        assert await fit_of(database) is Fit.FITS


@pytest.mark.parametrize(
    ("since", "fit"),
    [(NEWEST, Fit.FITS), ("0017", Fit.FITS), ("9998", Fit.NEWER), (None, Fit.NEWER)],
)
async def test_a_later_schema_fits_where_it_says_so(
    create: Callable[[], str], since: str | None, fit: Fit
) -> None:
    url = create()
    upgrade(url)
    async with open_database(url) as database:
        await become_later(database, since)
        assert await fit_of(database) is fit


async def test_a_later_schema_is_left_as_it_is(create: Callable[[], str]) -> None:
    url = create()
    upgrade(url)
    async with open_database(url) as database:
        await become_later(database, NEWEST)
        upgrade(url)
        await become_later(database, "9998")
        with pytest.raises(TooNew):
            upgrade(url)
        async with database.read() as db:
            assert (await db.execute(text("SELECT * FROM alembic_version"))).all() == [("9999",)]
            assert (await db.execute(select(schema_fits))).all() == [("9998",)]


async def test_a_database_says_since_when_programs_fit_it(create: Callable[[], str]) -> None:
    url = create()
    upgrade(url)
    said = [SCRIPTS[-1].module.fits_since]
    async with open_database(url) as database, database.read() as db:
        assert (await db.execute(select(schema_fits.c.since))).scalars().all() == said


def test_every_migration_says_since_when_programs_fit_what_it_makes() -> None:
    """Since there is a place to write it down."""
    saying = REVISIONS[REVISIONS.index("0017") :]
    for script in SCRIPTS[-len(saying) :]:
        assert script.module.fits_since in saying[: saying.index(script.revision) + 1]


def test_a_migration_that_leaves_earlier_programs_their_schema_only_adds(
    create: Callable[[], str],
) -> None:
    for script in SCRIPTS[REVISIONS.index("0017") :]:
        url = create()
        bring_to(url, script.module.fits_since)
        before = drawn_in(url)
        bring_to(url, script.revision)
        assert list(not_only_added(before, drawn_in(url))) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("CREATE TABLE extra (id INTEGER PRIMARY KEY, firm_id VARCHAR REFERENCES firms)", []),
        ("ALTER TABLE payments ADD COLUMN extra VARCHAR", []),
        ("ALTER TABLE payments ADD COLUMN extra INTEGER NOT NULL DEFAULT 0", []),
        ("CREATE INDEX extra ON payments (method)", []),
        ("ALTER TABLE payments ADD COLUMN extra INTEGER NOT NULL", ["payments: columns extra"]),
        ("ALTER TABLE payments DROP COLUMN posting_ts", ["payments: columns posting_ts"]),
        (
            "ALTER TABLE payments ALTER COLUMN method TYPE VARCHAR(9)",
            ["payments: columns method"],
        ),
        (
            "ALTER TABLE payments ALTER COLUMN reference SET NOT NULL",
            ["payments: columns reference"],
        ),
        ("CREATE UNIQUE INDEX extra ON payments (method)", ["payments: indexes extra"]),
        (
            "ALTER TABLE payments ADD CONSTRAINT extra CHECK (number > 1)",
            ["payments: checks extra"],
        ),
        ("DROP TABLE messengers", ["messengers"]),
    ],
)
def test_what_does_more_than_add_is_noticed(
    postgres: Server, change: str, found: list[str]
) -> None:
    for connection in _connection(postgres.an_empty_ledger()):
        before = drawing(connection)
        connection.exec_driver_sql(change)
        assert list(not_only_added(before, drawing(connection))) == found
        connection.rollback()


def drawn_in(url: str) -> Drawing:
    with opened(url) as connection:
        return drawing(connection)


async def become_later(database: Database, since: str | None) -> None:
    """As a program that is not written yet would leave it."""
    async with database.write(None) as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await db.execute(delete(schema_fits))
        if since is not None:
            await db.execute(insert(schema_fits).values(since=since))


def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(driven(url) if is_postgres(url) else url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
