"""The loop: time is virtual, order is the seed's, and what cannot be simulated fails."""

import asyncio
import itertools
import random
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.simulation.kernel import (
    DeadlockError,
    EndlessRunError,
    RealWorldError,
    VirtualClock,
    run_virtual,
)


def test_a_day_passes_without_waiting() -> None:
    async def main(clock: VirtualClock, _: Random) -> timedelta:
        before = clock.now()
        await asyncio.sleep(86_400)
        return clock.now() - before

    began = time.perf_counter()
    assert run_virtual(main, seed=1) == timedelta(days=1)
    assert time.perf_counter() - began < 5


def test_the_run_starts_at_the_given_instant() -> None:
    start = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)

    async def main(clock: VirtualClock, _: Random) -> datetime:
        await asyncio.sleep(1)
        return clock.now()

    assert run_virtual(main, seed=1, start=start) == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_naive_start_is_refused() -> None:
    async def main(clock: VirtualClock, _: Random) -> datetime:
        return clock.now()

    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - This is what is refused.
    with pytest.raises(ValueError, match="time zone"):
        run_virtual(main, seed=1, start=naive)


def test_a_jump_of_the_wall_clock_moves_no_timer() -> None:
    async def main(clock: VirtualClock, _: Random) -> tuple[timedelta, float]:
        wall, monotonic = clock.now(), clock.monotonic()
        clock.jump(timedelta(hours=-3))
        await asyncio.sleep(60)
        return clock.now() - wall, clock.monotonic() - monotonic

    assert run_virtual(main, seed=1) == (timedelta(hours=-3, seconds=60), 60.0)


def test_time_outs_locks_events_and_task_groups_work() -> None:
    async def main(clock: VirtualClock, _: Random) -> list[str]:
        began, seen = clock.monotonic(), []
        lock, bell = asyncio.Lock(), asyncio.Event()

        async def hold(name: str, seconds: float) -> None:
            async with lock:
                await asyncio.sleep(seconds)
                seen.append(f"{name} {clock.monotonic() - began:g}")

        async with asyncio.TaskGroup() as group:
            group.create_task(hold("first", 2))
            group.create_task(hold("second", 3))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bell.wait(), timeout=5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await bell.wait()
        asyncio.get_running_loop().call_later(1, bell.set)
        await bell.wait()
        return [*seen, f"bell {clock.monotonic() - began:g}"]

    assert run_virtual(main, seed=1) == ["first 2", "second 5", "bell 21"]


def test_an_executor_runs_in_the_same_thread() -> None:
    async def main(_: VirtualClock, __: Random) -> tuple[int, int]:
        inside = await asyncio.to_thread(threading.get_ident)
        assert await asyncio.get_running_loop().run_in_executor(None, "{}!".format, "done")
        return inside, threading.get_ident()

    assert len(set(run_virtual(main, seed=1))) == 1


def test_an_executor_hands_an_exception_on() -> None:
    async def main(_: VirtualClock, __: Random) -> None:
        await asyncio.to_thread(int, "seven")

    with pytest.raises(ValueError, match="seven"):
        run_virtual(main, seed=1)


def test_a_deadlock_names_the_tasks_that_wait() -> None:
    async def wait_for_godot() -> None:
        await asyncio.Event().wait()

    async def main(_: VirtualClock, __: Random) -> None:
        await asyncio.create_task(wait_for_godot(), name="vladimir")

    with pytest.raises(DeadlockError, match=r"2 pending.*main.*vladimir .*wait_for_godot"):
        run_virtual(main, seed=1)


def test_a_busy_loop_is_found() -> None:
    async def main(_: VirtualClock, __: Random) -> None:
        while True:  # noqa: ASYNC110 - This is what is found.
            await asyncio.sleep(0)

    with pytest.raises(EndlessRunError, match="stands still"):
        run_virtual(main, seed=1)


def test_a_poller_does_not_keep_a_stuck_run_alive() -> None:
    async def poll() -> None:
        for _ in itertools.count():
            await asyncio.sleep(86_400)

    async def main(_: VirtualClock, __: Random) -> None:
        poller = asyncio.create_task(poll())
        await asyncio.wait({poller})

    with pytest.raises(EndlessRunError, match="days have passed"):
        run_virtual(main, seed=1)


def test_a_real_socket_fails_the_run() -> None:
    async def main(_: VirtualClock, __: Random) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            await asyncio.get_running_loop().sock_recv(ours, 1)

    with pytest.raises(RealWorldError, match="socket"):
        run_virtual(main, seed=1)


def test_a_real_thread_fails_the_run() -> None:
    refused: list[RealWorldError] = []

    async def main(_: VirtualClock, __: Random) -> None:
        loop = asyncio.get_running_loop()

        def report_back() -> None:
            try:
                loop.call_soon_threadsafe(print)
            except RealWorldError as error:
                refused.append(error)

        thread = threading.Thread(target=report_back)
        thread.start()
        thread.join()

    with pytest.raises(ExceptionGroup) as caught:
        run_virtual(main, seed=1)
    assert list(caught.value.exceptions) == refused


def test_an_exception_that_nobody_awaits_fails_the_run() -> None:
    async def fail() -> None:
        raise LookupError("unheard")

    async def main(_: VirtualClock, __: Random) -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(1)
        del task

    with pytest.raises(ExceptionGroup) as caught:
        run_virtual(main, seed=1)
    assert [str(error) for error in caught.value.exceptions] == ["unheard"]


def test_what_is_left_over_is_cancelled_at_the_end() -> None:
    seen: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append("tidied up")

    async def main(_: VirtualClock, __: Random) -> None:
        task = asyncio.create_task(linger())
        await asyncio.sleep(1)
        assert not task.done()

    run_virtual(main, seed=1)
    assert seen == ["tidied up"]


def test_library_chance_is_seeded_and_given_back() -> None:
    async def main(_: VirtualClock, chance: Random) -> tuple[float, float]:
        return chance.random(), random.random()

    before = random.getstate()
    assert run_virtual(main, seed=7) == run_virtual(main, seed=7)
    assert run_virtual(main, seed=7) != run_virtual(main, seed=8)
    assert random.getstate() == before
