"""A simulated process dies like a killed one, and stops like a paused one."""

import asyncio
import itertools
from contextlib import suppress
from pathlib import Path
from random import Random

import httpx
import pytest

from tests.simulation.kernel import (
    CrashedError,
    Network,
    Process,
    VirtualClock,
    inline_sqlite,
    run_virtual,
)
from tests.simulation_kernel.toy import (
    PostOffice,
    client,
    count,
    create_file,
    letters,
    open_engine,
    send_letters,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return create_file(tmp_path / "letters.db", rows=0)


async def insert_slowly(path: Path) -> None:
    async with open_engine(path).begin() as connection:
        await connection.execute(letters.insert().values(id=1))
        await asyncio.sleep(60)


def test_a_crash_rolls_an_open_transaction_back_and_frees_the_lock(path: Path) -> None:
    async def main(clock: VirtualClock, chance: Random) -> float:
        victim = Process("victim", chance)
        victim.start(insert_slowly(path))
        await asyncio.sleep(10)
        victim.crash()
        crashed_at = clock.monotonic()
        engine = open_engine(path)
        async with engine.begin() as connection:
            await connection.execute(letters.insert().values(id=2))
        await engine.dispose()
        return clock.monotonic() - crashed_at

    assert run_virtual(main, seed=1) == 0
    assert [count(path, "id = 1"), count(path, "id = 2")] == [0, 1]


def test_a_crash_keeps_what_was_committed(path: Path) -> None:
    async def commit_and_linger() -> None:
        async with open_engine(path).begin() as connection:
            await connection.execute(letters.insert().values(id=1))
        await asyncio.sleep(60)

    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.start(commit_and_linger())
        await asyncio.sleep(10)
        victim.crash()

    run_virtual(main, seed=1)
    assert count(path) == 1


def test_no_finally_of_a_crashed_process_runs_while_the_world_goes_on() -> None:
    seen: list[str] = []

    async def child() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("child")

    async def parent() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(child())
                await asyncio.sleep(20)
        finally:
            seen.append("parent")

    async def main(_: VirtualClock, chance: Random) -> list[str]:
        victim = Process("victim", chance)
        task = victim.spawn(parent())
        await asyncio.sleep(10)
        victim.crash()
        task.cancel()
        await asyncio.sleep(3600)
        return list(seen)

    assert run_virtual(main, seed=1) == []


def test_what_is_left_of_a_crashed_process_reaches_neither_database_nor_network(
    path: Path,
) -> None:
    office = PostOffice()
    tried: list[str] = []

    async def resist(network: Network) -> None:
        engine = open_engine(path)
        async with client(network) as http, engine.connect() as connection:
            try:
                await asyncio.sleep(60)
            finally:
                try:
                    tried.append("database")
                    await connection.execute(letters.insert().values(id=1))
                    await connection.commit()
                finally:
                    tried.append("network")
                    await http.post("/letters/1")

    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.start(resist(Network(office.app, chance)))
        await asyncio.sleep(10)
        victim.crash()

    run_virtual(main, seed=1)
    assert tried == ["database", "network"]
    assert (count(path), office.arrived) == (0, [])


def test_a_worker_that_survives_every_exception_does_not_survive_the_run(path: Path) -> None:
    survived: list[Exception] = []

    async def work(network: Network) -> None:
        engine = open_engine(path)
        while True:
            try:
                async with asyncio.timeout(60), engine.begin() as connection:
                    await connection.execute(letters.insert().values(id=1))
                    async with asyncio.TaskGroup() as group:
                        group.create_task(client(network).post("/letters/1"))
                        await asyncio.sleep(30)
            except Exception as error:  # noqa: BLE001 - This is what is tried.
                survived.append(error)

    async def main(_: VirtualClock, chance: Random) -> None:
        network = Network(PostOffice().app, chance)
        victim = Process("victim", chance)
        victim.start(work(network))
        await asyncio.sleep(10)
        victim.crash()

    run_virtual(main, seed=1)
    assert (survived, count(path)) == ([], 0)


def test_an_event_set_from_outside_wakes_no_dead_task() -> None:
    async def main(_: VirtualClock, chance: Random) -> list[str]:
        seen: list[str] = []
        bell = asyncio.Event()

        async def listen() -> None:
            await bell.wait()
            seen.append("heard")

        dead, alive = Process("dead", chance), Process("alive", chance)
        dead.start(listen())
        task = alive.spawn(listen())
        await asyncio.sleep(1)
        dead.crash()
        bell.set()
        await task
        return seen

    assert run_virtual(main, seed=1) == ["heard"]


def test_running_in_a_process_that_dies_raises() -> None:
    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.crash_at(1)
        await victim.run(asyncio.sleep(5))

    with pytest.raises(CrashedError, match="victim crashed on waking"):
        run_virtual(main, seed=1)


def test_what_a_dead_process_could_not_hear_fails_no_run() -> None:
    async def fail() -> None:
        raise LookupError("unheard")

    async def listen_later() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(5)
        await task

    async def main(_: VirtualClock, chance: Random) -> bool:
        victim = Process("victim", chance)
        victim.start(listen_later())
        await asyncio.sleep(1)
        victim.crash()
        return victim.alive

    assert run_virtual(main, seed=1) is False


def test_what_a_living_process_does_not_hear_fails_the_run() -> None:
    async def fail() -> None:
        raise LookupError("unheard")

    async def main(_: VirtualClock, chance: Random) -> None:
        Process("worker", chance).start(fail())
        await asyncio.sleep(1)

    with pytest.raises(ExceptionGroup) as caught:
        run_virtual(main, seed=1)
    assert [str(error) for error in caught.value.exceptions] == ["unheard"]


def test_a_dead_process_starts_nothing() -> None:
    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.crash()
        await victim.wait_crashed()
        victim.start(asyncio.sleep(5))

    with pytest.raises(CrashedError, match="by hand"):
        run_virtual(main, seed=1)


def test_running_in_a_process_hands_its_exceptions_on() -> None:
    async def fail() -> None:
        raise LookupError("heard")

    async def main(_: VirtualClock, chance: Random) -> None:
        await Process("worker", chance).run(fail())

    with pytest.raises(LookupError, match="heard"):
        run_virtual(main, seed=1)


def test_chance_kills_sooner_or_later() -> None:
    async def tick() -> None:
        for _ in itertools.count():
            await asyncio.sleep(1)

    async def main(clock: VirtualClock, chance: Random) -> float:
        victim = Process("victim", chance, crash_probability=0.01)
        began = clock.monotonic()
        victim.start(tick())
        await victim.wait_crashed()
        return clock.monotonic() - began

    lives = [run_virtual(main, seed=seed) for seed in range(50)]
    assert len(set(lives)) > 30
    assert 50 < sum(lives) / len(lives) < 200


def deliver_with_a_crash(path: Path, office: PostOffice, *, point: int) -> str | None:
    """Send every letter, kill the clerk at the point, let another finish; say where it died."""

    async def main(_: VirtualClock, chance: Random) -> str | None:
        network = Network(office.app, chance)
        first = Process("first", chance)
        first.crash_at(point)
        with suppress(CrashedError):
            await first.run(send_letters(path, network))
        await Process("second", chance).run(send_letters(path, network))
        return first.crashed_at

    return run_virtual(main, seed=point)


def test_a_crash_at_every_point_loses_no_letter_and_doubles_some(tmp_path: Path) -> None:
    """The clerk marks a letter after sending it, so a crash in between sends it twice."""
    places: list[str] = []
    arrivals: set[tuple[int, ...]] = set()
    for point in itertools.count(1):
        office = PostOffice()
        path = create_file(tmp_path / f"{point}.db", rows=2)
        place = deliver_with_a_crash(path, office, point=point)
        assert count(path, "is_sent") == 2
        arrivals.add(tuple(office.arrived))
        if place is None:
            break
        places.append(place)
    assert arrivals == {(1, 2), (1, 1, 2), (1, 2, 2)}
    assert {
        "before connecting to the database",
        "after BEGIN IMMEDIATE",
        "before UPDATE letters SET is_sent=? WHERE letters.id = ?",
        "before commit",
        "after commit",
        "before POST /letters/1",
        "after POST /letters/2",
    } <= set(places)


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


@pytest.mark.parametrize("seed", range(20))
def test_a_request_under_way_outlives_its_sender_or_not(seed: int) -> None:
    office = PostOffice()

    async def post(network: Network) -> None:
        async with client(network) as http:
            await http.post("/letters/1")

    async def main(_: VirtualClock, chance: Random) -> list[str]:
        network = Network(office.app, chance)
        victim = Process("victim", chance)
        victim.start(post(network))
        await asyncio.sleep(0.001)
        victim.crash()
        await asyncio.sleep(60)
        return [event.what for event in network.log]

    log = run_virtual(main, seed=seed)
    if office.arrived:
        assert log[1:] == ["arrived", "answered 201"]
    else:
        assert log[1:] == ["lost with its sender"]


def test_a_request_under_way_meets_both_fates() -> None:
    def letters_arrived(seed: int) -> int:
        office = PostOffice()

        async def main(_: VirtualClock, chance: Random) -> None:
            network = Network(office.app, chance)
            victim = Process("victim", chance)
            request = httpx.Request("POST", "http://post.test/letters/1")
            victim.start(network.transport().handle_async_request(request))
            await asyncio.sleep(0.001)
            victim.crash()
            await asyncio.sleep(60)

        run_virtual(main, seed=seed)
        return len(office.arrived)

    assert {letters_arrived(seed) for seed in range(20)} == {0, 1}
