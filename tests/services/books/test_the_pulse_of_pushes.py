"""Whether the worker moves is seen by its pushes: a long turn is none that hangs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.bell import Bell
from bot.pulse import SILENT_FOR, Pulse
from bot.worker import Worker
from sandbox.quickbooks import Fault, Kind
from tests.services.books.desk import Desk

MINUTE = timedelta(minutes=1)
PUSHES = 9
SLOW = 4 * MINUTE  # Together longer than anything may be silent, each much shorter.


async def test_a_long_turn_shows_with_each_push_that_it_moves(desk: Desk) -> None:
    async with at_work(desk, pushes=PUSHES, each_takes=SLOW) as pulse:
        for _ in range((PUSHES + 1) * SLOW // MINUTE):
            await asyncio.sleep(MINUTE.total_seconds())
            assert pulse.complaint is None
    assert len(desk.company.payments()) == PUSHES


async def test_a_push_that_takes_too_long_is_told_until_it_ends(desk: Desk) -> None:
    async with at_work(desk, pushes=1, each_takes=SILENT_FOR + 3 * MINUTE) as pulse:
        await asyncio.sleep(SILENT_FOR.total_seconds())
        assert pulse.complaint is None
        await asyncio.sleep(2 * MINUTE.total_seconds())
        assert pulse.complaint == "The loop for pushes has not moved for 16 minutes."
        await asyncio.sleep(2 * MINUTE.total_seconds())
        assert pulse.complaint is None


@asynccontextmanager
async def at_work(desk: Desk, *, pushes: int, each_takes: timedelta) -> AsyncIterator[Pulse]:
    await desk.syncs("Acme")
    with desk.resting():
        for number in range(1, pushes + 1):
            await desk.receives("Acme", f"{number}00.00")
    faults = desk.office.quickbooks.faults
    faults.add(Fault(kind=Kind.SLOW_ANSWER, method="POST", count=None, wait=each_takes))
    worker = Worker(desk.office.a_worker(), Bell())
    worker.start()
    try:
        yield worker.pulse
    finally:
        await worker.stop()
        faults.clear()
