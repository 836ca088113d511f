"""SQLite inline: no thread, locks that wait in virtual time, the driver's own behaviour."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from tests.simulation.kernel import Process, VirtualClock, inline_sqlite, run_virtual
from tests.simulation_kernel.toy import count, create_file, letters, open_engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return create_file(tmp_path / "letters.db", rows=0)


def test_no_thread_is_started(path: Path) -> None:
    async def main(_: VirtualClock, __: Random) -> int:
        engine = open_engine(path)
        async with engine.begin() as connection:
            await connection.execute(letters.insert().values(id=1))
            threads = threading.active_count()
        await engine.dispose()
        return threads

    assert run_virtual(main, seed=1) == threading.active_count()
    assert count(path) == 1


def test_rows_come_back_through_sqlalchemy(path: Path) -> None:
    async def main(_: VirtualClock, __: Random) -> tuple[list[int], list[int]]:
        engine = open_engine(path)
        async with engine.begin() as connection:
            await connection.execute(letters.insert(), [{"id": 1}, {"id": 2}])
            at_once = (await connection.scalars(sa.select(letters.c.id))).all()
            streamed = [row.id async for row in await connection.stream(sa.select(letters.c.id))]
        await engine.dispose()
        return list(at_once), streamed

    assert run_virtual(main, seed=1) == ([1, 2], [1, 2])


def test_an_error_keeps_its_kind(path: Path) -> None:
    async def main(_: VirtualClock, __: Random) -> None:
        engine = open_engine(path)
        try:
            async with engine.begin() as connection:
                await connection.execute(letters.insert(), [{"id": 1}, {"id": 1}])
        finally:
            await engine.dispose()

    with pytest.raises(sa.exc.IntegrityError):
        run_virtual(main, seed=1)
    assert count(path) == 0


async def hold_the_lock(path: Path, seconds: float) -> None:
    async with await inline_sqlite(path, isolation_level=None)() as connection:
        await connection.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(seconds)
        await connection.execute("COMMIT")


async def insert(path: Path, *, busy_timeout_ms: int) -> None:
    async with await inline_sqlite(path, isolation_level=None)() as connection:
        await connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
        await connection.execute("INSERT INTO letters VALUES (1, 0)")


def test_a_lock_is_waited_for_in_virtual_time(path: Path) -> None:
    async def main(clock: VirtualClock, chance: Random) -> float:
        holder = Process("holder", chance).spawn(hold_the_lock(path, 4))
        await asyncio.sleep(1)
        began = clock.monotonic()
        await Process("other", chance).run(insert(path, busy_timeout_ms=5000))
        await holder
        return clock.monotonic() - began

    assert run_virtual(main, seed=1) == pytest.approx(3, abs=0.02)


def test_a_lock_is_not_waited_for_longer_than_the_pragma_says(path: Path) -> None:
    async def main(clock: VirtualClock, chance: Random) -> float:
        holder = Process("holder", chance).spawn(hold_the_lock(path, 60))
        await asyncio.sleep(1)
        began = clock.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await Process("other", chance).run(insert(path, busy_timeout_ms=2000))
        gave_up = clock.monotonic() - began
        await holder
        return gave_up

    assert run_virtual(main, seed=1) == pytest.approx(2, abs=0.02)


def test_a_frozen_holder_keeps_its_lock(path: Path) -> None:
    async def main(_: VirtualClock, chance: Random) -> None:
        holder = Process("holder", chance)
        holder.start(hold_the_lock(path, 1))
        await asyncio.sleep(0.5)
        holder.freeze_for(60)
        await Process("other", chance).run(insert(path, busy_timeout_ms=5000))

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        run_virtual(main, seed=1)


def test_others_go_in_between_two_statements(path: Path) -> None:
    """As with a thread per connection; a race inside a transaction can be found."""

    async def main(_: VirtualClock, chance: Random) -> list[str]:
        seen: list[str] = []

        async def read(name: str) -> None:
            async with await inline_sqlite(path)() as connection:
                for _ in range(5):
                    await connection.execute("SELECT 1")
                    seen.append(name)

        process = Process("worker", chance)
        await asyncio.gather(process.run(read("a")), process.run(read("b")))
        return seen

    orders = {"".join(run_virtual(main, seed=seed)) for seed in range(10)}
    assert len(orders) > 3
    assert all("ab" in order and "ba" in order for order in orders)


def test_a_closed_connection_says_so(path: Path) -> None:
    async def main(_: VirtualClock, __: Random) -> None:
        connection = await inline_sqlite(path)()
        await connection.close()
        await connection.close()
        await connection.execute("SELECT 1")

    with pytest.raises(ValueError, match="no active connection"):
        run_virtual(main, seed=1)
