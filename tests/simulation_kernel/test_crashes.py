"""A simulated process dies like a killed one, at any point."""

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


def test_a_dead_process_starts_nothing() -> None:
    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.crash()
        await victim.wait_crashed()
        victim.start(asyncio.sleep(5))

    with pytest.raises(CrashedError, match="by hand"):
        run_virtual(main, seed=1)


def test_a_dead_process_lends_its_network_to_nobody() -> None:
    office = PostOffice()

    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.crash()
        async with client(Network(office.app, chance), victim) as http:
            await http.post("/letters/1")

    with pytest.raises(CrashedError, match="from outside"):
        run_virtual(main, seed=1)
    assert office.arrived == []


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
