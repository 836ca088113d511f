"""One writer of a firm at a time; readers apart; and nothing half done, whatever is cancelled."""

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.engine import Database
from services.db.opening import open_database
from services.db.tables import firms
from services.domain.ids import FirmId
from tests.builders import FIRM

SPINS = [*range(12), 20, 40, 80, 160, 320, 640, 1280]  # Turns of the loop before a cancellation.


async def add(db: AsyncConnection, *names: str) -> None:
    for name in names:
        await ledger.ensure_firm(db, FirmId(name))


async def names_in(database: Database) -> set[str]:
    async with database.read() as db:
        return set((await db.execute(select(firms.c.id))).scalars())


async def test_what_is_written_stands_after_a_restart(database: Database, ledger_url: str) -> None:
    async with database.write(FIRM) as db:
        await add(db, "T1")
    await database.close()
    async with open_database(ledger_url) as again:
        assert "T1" in await names_in(again)


async def test_an_exception_takes_everything_back(database: Database) -> None:
    async def fail() -> None:
        async with database.write(FIRM) as db:
            await add(db, "T1", "T2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert not {"T1", "T2"} & await names_in(database)
    async with database.write(FIRM) as db:
        await add(db, "T3")
    assert "T3" in await names_in(database)


async def test_readers_see_only_what_is_committed(database: Database) -> None:
    async with database.write(FIRM) as db:
        await add(db, "T1")
        assert "T1" not in await names_in(database)
    assert "T1" in await names_in(database)


async def test_a_reader_keeps_its_view_while_others_write(database: Database) -> None:
    async with database.read() as view:
        before = (await view.execute(select(firms.c.id))).scalars().all()
        async with database.write(FIRM) as db:
            await add(db, "T1")
        assert (await view.execute(select(firms.c.id))).scalars().all() == before
    assert "T1" in await names_in(database)


async def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.write(FIRM) as db:
        await add(db, "T1")
        async with asyncio.timeout(1):
            await asyncio.gather(*(names_in(database) for _ in range(20)))


async def test_writers_come_in_turn(database: Database) -> None:
    turns: list[int] = []

    async def write(number: int) -> None:
        async with database.write(FIRM) as db:
            turns.append(number)
            await add(db, f"T{number}")

    await asyncio.gather(*(write(number) for number in range(30)))
    assert turns == list(range(30))


async def test_no_writer_loses_anothers_update(database: Database) -> None:
    async def count_up() -> None:
        async with database.write(FIRM) as db:
            seen = (await db.execute(select(firms.c.settings_version))).scalar_one()
            await asyncio.sleep(0)
            await db.execute(update(firms).values(settings_version=seen + 1))

    await asyncio.gather(*(count_up() for _ in range(25)))
    async with database.read() as db:
        assert (await db.execute(select(firms.c.settings_version))).scalar_one() == 26


@pytest.mark.parametrize("spins", SPINS)
async def test_a_cancelled_write_is_whole_or_nothing_and_the_next_one_works(
    database: Database, spins: int
) -> None:
    async def write() -> None:
        async with database.write(FIRM) as db:
            await add(db, "T1", "T2", "T3")

    cancelled = asyncio.create_task(write())
    for _ in range(spins):
        await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    async with asyncio.timeout(2):
        async with database.write(FIRM) as db:
            await add(db, "T4")
    written = await names_in(database)
    assert "T4" in written
    assert len(written & {"T1", "T2", "T3"}) in {0, 3}


async def test_a_writer_that_gives_up_in_the_queue_lets_the_others_on(database: Database) -> None:
    async def write(name: str) -> None:
        async with database.write(FIRM) as db:
            await add(db, name)

    async with database.write(FIRM) as db:
        await add(db, "T0")
        waiting = [asyncio.create_task(write(f"T{number}")) for number in range(1, 6)]
        await asyncio.sleep(0)
        for impatient in waiting[1:4]:
            impatient.cancel()
    async with asyncio.timeout(2):
        await asyncio.wait(waiting)
    assert {"T0", "T1", "T5"} <= await names_in(database)
    assert not {"T2", "T3", "T4"} & await names_in(database)
