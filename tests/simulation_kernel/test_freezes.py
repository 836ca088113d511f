"""A simulated process stops like a paused machine, and goes on."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from tests.simulation.kernel import (
    CrashedError,
    Process,
    VirtualClock,
    inline_sqlite,
    run_virtual,
)
from tests.simulation_kernel.toy import (
    count,
    create_file,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return create_file(tmp_path / "letters.db", rows=0)


def test_a_frozen_process_goes_on_where_it_stopped() -> None:
    async def main(clock: VirtualClock, chance: Random) -> list[float]:
        began = clock.monotonic()
        ticks: list[float] = []

        async def tick() -> None:
            for _ in range(4):
                await asyncio.sleep(1)
                ticks.append(clock.monotonic() - began)

        worker = Process("worker", chance)
        task = worker.spawn(tick())
        await asyncio.sleep(2.5)
        worker.freeze_for(100)
        await asyncio.sleep(50)
        assert worker.frozen
        await task
        return ticks

    assert run_virtual(main, seed=1) == [1, 2, 102.5, 103.5]


def test_a_planned_freeze_holds_a_write_back(path: Path) -> None:
    """A holder checks its lease, stops, and writes when another has long taken over."""

    async def write(number: int) -> None:
        async with await inline_sqlite(path, isolation_level=None)() as connection:
            await connection.execute("INSERT INTO letters VALUES (?, 0)", (number,))

    async def main(clock: VirtualClock, chance: Random) -> list[int]:
        holder = Process("holder", chance)
        holder.freeze_at(3, seconds=90)  # 1 and 2 are the connection; 3 comes before the insert.
        task = holder.spawn(write(1))
        await asyncio.sleep(80)
        counts = [count(path)]
        await Process("heir", chance).run(write(2))
        counts.append(count(path))
        await task
        assert clock.monotonic() >= 90
        return [*counts, count(path)]

    assert run_virtual(main, seed=1) == [0, 1, 2]


def test_a_timer_cancelled_after_the_thaw_does_not_fire() -> None:
    async def main(_: VirtualClock, chance: Random) -> str:
        async def wait() -> str:
            async with asyncio.timeout(10):
                return await parcel

        parcel: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        worker = Process("worker", chance)
        task = worker.spawn(wait())
        await asyncio.sleep(1)
        worker.freeze_for(60)
        parcel.set_result("arrived while frozen")
        return await task

    assert run_virtual(main, seed=1) == "arrived while frozen"


def test_a_longer_freeze_outlasts_a_shorter_one() -> None:
    async def main(clock: VirtualClock, chance: Random) -> float:
        began = clock.monotonic()
        worker = Process("worker", chance)
        worker.freeze_for(30)
        worker.freeze_for(10)
        await worker.run(asyncio.sleep(0))
        return clock.monotonic() - began

    assert run_virtual(main, seed=1) == 30


def test_a_frozen_process_can_still_be_killed() -> None:
    async def main(_: VirtualClock, chance: Random) -> None:
        worker = Process("worker", chance)
        worker.freeze_for(30)
        task = asyncio.create_task(worker.run(asyncio.sleep(1)))
        await asyncio.sleep(5)
        worker.crash()
        await task

    with pytest.raises(CrashedError):
        run_virtual(main, seed=1)
