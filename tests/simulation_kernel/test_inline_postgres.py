"""PostgreSQL inline: waits for locks in virtual time, crashes that let go."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from random import Random
from typing import Any, LiteralString, TypeVar

import psycopg
import pytest
from psycopg import errors

from tests.postgres import Server
from tests.simulation.kernel import PostgresLocks, Process, VirtualClock, run_virtual

T = TypeVar("T")
Story = Callable[[VirtualClock, Random, PostgresLocks], Coroutine[Any, Any, T]]

TAKE = "SELECT pg_advisory_xact_lock(1)"
PATIENCE = "SET lock_timeout = 5000"
INSERT = "INSERT INTO letters VALUES (%s)"


@pytest.fixture(scope="module")
def database(postgres: Server) -> str:
    url = postgres.create()
    with psycopg.connect(url, autocommit=True) as shell:
        shell.execute("CREATE TABLE letters (id integer PRIMARY KEY)")
    return url


@pytest.fixture
def url(database: str) -> Iterator[str]:
    """The letters are gone for the next; nobody may still hold them."""
    yield database
    with psycopg.connect(database, autocommit=True) as shell:
        shell.execute("SET lock_timeout = '10s'")
        shell.execute("TRUNCATE letters")


def letters(url: str) -> list[int]:
    with psycopg.connect(url) as shell:
        return [number for (number,) in shell.execute("SELECT id FROM letters ORDER BY id")]


def tell(url: str, story: Story[T], *, seed: int = 1) -> T:
    locks = PostgresLocks(url)
    try:
        return run_virtual(lambda clock, chance: story(clock, chance, locks), seed=seed)
    finally:
        locks.close()


async def hold(locks: PostgresLocks, *, letter: int, seconds: float) -> None:
    connection = await locks.connector()()
    await connection.execute(TAKE)
    await connection.execute(INSERT, [letter])
    await asyncio.sleep(seconds)
    await connection.commit()
    await connection.close()


async def put(locks: PostgresLocks, *, letter: int, patience: LiteralString = PATIENCE) -> None:
    connection = await locks.connector()()
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(patience)
            await cursor.execute(TAKE)
            await cursor.execute(INSERT, [letter])
        await connection.commit()
    finally:
        await connection.close()


def test_a_lock_is_waited_for_in_virtual_time(url: str) -> None:
    async def story(clock: VirtualClock, chance: Random, locks: PostgresLocks) -> float:
        holder = Process("holder", chance).spawn(hold(locks, letter=1, seconds=4))
        await asyncio.sleep(1)
        began = clock.monotonic()
        await Process("other", chance).run(put(locks, letter=2))
        waited = clock.monotonic() - began
        await holder
        assert locks.waits == 1
        return waited

    assert tell(url, story) == pytest.approx(3, abs=0.02)
    assert letters(url) == [1, 2]


def test_a_lock_is_not_waited_for_longer_than_was_said(url: str) -> None:
    async def story(clock: VirtualClock, chance: Random, locks: PostgresLocks) -> float:
        holder = Process("holder", chance).spawn(hold(locks, letter=1, seconds=60))
        await asyncio.sleep(1)
        began = clock.monotonic()
        with pytest.raises(errors.LockNotAvailable):
            await Process("other", chance).run(
                put(locks, letter=2, patience="SET lock_timeout = 2000")
            )
        gave_up = clock.monotonic() - began
        await holder
        return gave_up

    assert tell(url, story) == pytest.approx(2, abs=0.02)
    assert letters(url) == [1]


def test_a_row_is_waited_for_as_well(url: str) -> None:
    async def story(_: VirtualClock, chance: Random, locks: PostgresLocks) -> None:
        holder = Process("holder", chance).spawn(hold(locks, letter=1, seconds=4))
        await asyncio.sleep(1)

        async def insert_the_same() -> None:
            connection = await locks.connector()()
            await connection.execute(INSERT, [1])

        with pytest.raises(errors.UniqueViolation):
            await Process("other", chance).run(insert_the_same())
        await holder

    tell(url, story)
    assert letters(url) == [1]


def test_whoever_waits_no_longer_leaves_the_queue(url: str) -> None:
    async def story(clock: VirtualClock, chance: Random, locks: PostgresLocks) -> float:
        holder = Process("holder", chance).spawn(hold(locks, letter=1, seconds=4))
        await asyncio.sleep(1)
        impatient = Process("impatient", chance).spawn(put(locks, letter=2))
        await asyncio.sleep(1)
        impatient.cancel()
        await asyncio.wait([impatient])
        assert impatient.cancelled()
        await Process("other", chance).run(put(locks, letter=3))
        await holder
        return clock.monotonic()

    tell(url, story)
    assert letters(url) == [1, 3]


def test_a_crash_rolls_back_and_lets_go(url: str) -> None:
    async def story(clock: VirtualClock, chance: Random, locks: PostgresLocks) -> float:
        victim = Process("victim", chance)
        victim.start(hold(locks, letter=1, seconds=60))
        await asyncio.sleep(10)
        victim.crash()
        crashed_at = clock.monotonic()
        await Process("other", chance).run(put(locks, letter=2))
        return clock.monotonic() - crashed_at

    assert tell(url, story) == 0
    assert letters(url) == [2]


def test_whoever_dies_waiting_never_gets_the_lock(url: str) -> None:
    async def story(_: VirtualClock, chance: Random, locks: PostgresLocks) -> None:
        holder = Process("holder", chance).spawn(hold(locks, letter=1, seconds=4))
        await asyncio.sleep(1)
        victim = Process("victim", chance)
        victim.start(put(locks, letter=2))
        await asyncio.sleep(1)
        victim.crash()
        await Process("other", chance).run(put(locks, letter=3))
        await holder

    tell(url, story)
    assert letters(url) == [1, 3]


@pytest.mark.parametrize("point", range(1, 11))
def test_a_commit_is_there_as_a_whole_or_not_at_all(url: str, point: int) -> None:
    """Killed before and after connecting, three statements and the commit."""

    async def put_two(locks: PostgresLocks) -> None:
        connection = await locks.connector()()
        await connection.execute(TAKE)
        await connection.execute(INSERT, [1])
        await connection.execute(INSERT, [2])
        await connection.commit()
        await asyncio.sleep(60)

    async def story(_: VirtualClock, chance: Random, locks: PostgresLocks) -> str | None:
        victim = Process("victim", chance)
        victim.crash_at(point)
        victim.start(put_two(locks))
        await victim.wait_crashed()
        return victim.crashed_at

    crashed_at = tell(url, story)
    assert letters(url) == ([1, 2] if crashed_at == "after COMMIT" else [])
    assert (point == 10) == (crashed_at == "after COMMIT")


def test_others_go_in_between_two_statements(url: str) -> None:
    async def story(_: VirtualClock, chance: Random, locks: PostgresLocks) -> str:
        seen: list[str] = []

        async def read(name: str) -> None:
            connection = await locks.connector()()
            for _ in range(5):
                await connection.execute("SELECT 1")
                seen.append(name)
            await connection.close()

        process = Process("worker", chance)
        await asyncio.gather(process.run(read("a")), process.run(read("b")))
        return "".join(seen)

    orders = {tell(url, story, seed=seed) for seed in range(10)}
    assert len(orders) > 3
    assert all("ab" in order and "ba" in order for order in orders)
