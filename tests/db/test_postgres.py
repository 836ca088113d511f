"""A ledger on a server: several processes at once, and a server that is not always there."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from services.db import ledger
from services.db.engine import Database
from services.db.opening import open_database, upgrade
from services.db.postgres import CONNECTIONS
from services.db.schema import Fit, fit_of
from services.db.tables import firms
from tests.builders import FIRM, OTHER_FIRM
from tests.db.revisions import REVISIONS, bring_to
from tests.postgres import Server

SOON = 5  # Seconds, on a busy machine, for what waits for nobody.


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.an_empty_ledger()


@pytest.fixture
async def here(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as database:
        for firm in (FIRM, OTHER_FIRM):
            async with database.write(firm) as db:
                await ledger.ensure_firm(db, firm)
        yield database


@pytest.fixture
async def there(url: str) -> AsyncIterator[Database]:
    """The same ledger, as another process has it."""
    async with open_database(url) as database:
        yield database


async def count_up(database: Database) -> None:
    async with database.write(FIRM) as db:
        settings = await ledger.get_settings(db, FIRM)
        await asyncio.sleep(0)
        seen = {"settings_version": settings.version + 1}
        await db.execute(update(firms).where(firms.c.id == FIRM).values(seen))


async def test_what_one_process_read_no_other_changes_before_it_acts(
    here: Database, there: Database
) -> None:
    await asyncio.gather(*(count_up(each) for each in (here, there) for _ in range(20)))
    async with here.read() as db:
        assert (await ledger.get_settings(db, FIRM)).version == 41


async def test_no_number_is_given_out_twice_or_left_out(here: Database, there: Database) -> None:
    async def take(database: Database) -> int:
        async with database.write(FIRM) as db:
            return await ledger.take_number(db, FIRM, "payment")

    taken = await asyncio.gather(*(take(each) for each in (here, there) for _ in range(20)))
    assert sorted(taken) == list(range(1001, 1041))


async def test_a_firm_whose_writer_stands_still_holds_up_no_other_firm(
    here: Database, there: Database
) -> None:
    async with there.write(FIRM):
        waiting = [asyncio.create_task(count_up(here)) for _ in range(3 * CONNECTIONS)]
        await asyncio.sleep(0.1)
        async with asyncio.timeout(SOON):
            async with here.write(OTHER_FIRM) as db:
                await ledger.take_number(db, OTHER_FIRM, "payment")
            async with here.read() as db:
                assert (await ledger.get_settings(db, FIRM)).version == 1
        assert not any(each.done() for each in waiting)
    await asyncio.gather(*waiting)


async def test_a_standstill_ends_by_itself(here: Database) -> None:
    """Seconds that nobody waits for in a test."""
    async with here.write(FIRM) as db:
        limits = [
            (await db.execute(text(f"SHOW {name}"))).scalar_one()
            for name in ("lock_timeout", "idle_in_transaction_session_timeout")
        ]
    assert limits == ["5s", "30s"]


async def test_a_reader_can_change_nothing(here: Database) -> None:
    async with here.read() as db:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await db.execute(update(firms).values(currency="EUR"))


async def test_a_server_that_was_restarted_is_asked_anew(here: Database, url: str) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(count_up(here))
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as shell:
        shell.execute(f"{others} AND datname = current_database()".encode())
    await count_up(here)
    async with here.read() as db:
        assert (await db.execute(select(firms.c.id))).all()


async def test_an_upgrade_gives_way_to_whoever_is_at_work(postgres: Server) -> None:
    """Who needs a table more is neither turned away nor waits for the upgrade, which waits."""
    url = postgres.create()
    bring_to(url, REVISIONS[-2])
    with psycopg.connect(url) as at_work:
        at_work.execute("LOCK TABLE payments IN ROW EXCLUSIVE MODE")
        upgrading = asyncio.create_task(asyncio.to_thread(upgrade, url))
        await until_somebody_waits(url)
        at_work.execute("LOCK TABLE firms IN ROW EXCLUSIVE MODE")
        await until_somebody_waits(url)  # It tries again.
    await upgrading
    async with open_database(url) as database:
        assert await fit_of(database) is Fit.FITS


async def until_somebody_waits(url: str) -> None:
    waiting = (
        b"SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        b" WHERE datname = current_database() AND NOT granted"
    )
    with psycopg.connect(url, autocommit=True) as shell:
        async with asyncio.timeout(30):
            while True:
                if shell.execute(waiting).fetchall():
                    return
                await asyncio.sleep(0.01)


async def test_processes_that_start_together_upgrade_once(postgres: Server) -> None:
    url = postgres.create()
    with ThreadPoolExecutor(4) as processes:
        list(processes.map(upgrade, [url] * 4))
    async with open_database(url) as database:
        assert await fit_of(database) is Fit.FITS
