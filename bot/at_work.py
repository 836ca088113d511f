"""All that runs by itself: started together, woken by the clock, stopped in order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from bot.bell import Bell
from bot.config import Config
from bot.pulse import Pulse
from bot.scheduler import schedule
from bot.sockets import Sockets
from handlers.errors import Background

DRAIN_WITHIN = timedelta(seconds=1)  # For answers that somebody still waits for.


class Runner(Protocol):
    """Works by itself, whenever its bell rings."""

    bell: Bell
    pulse: Pulse

    def start(self) -> None: ...

    async def stop(self) -> None: ...


@asynccontextmanager
async def at_work(
    config: Config,
    often: Sequence[Runner],
    seldom: Sequence[Runner],
    sockets: Sockets | None,
    background: Background,
) -> AsyncIterator[list[Pulse]]:
    """`often` as what is synced is looked for, `seldom` as what needs a person is."""
    sync, alert = config.seconds("sync_interval"), config.seconds("alert_interval")
    clock = Pulse("the clock", min(sync, alert))
    clock.beat()
    scheduler = schedule(
        {**{each.bell: sync for each in often}, **{each.bell: alert for each in seldom}}, clock
    )
    for each in (*often, *seldom):
        each.pulse.every = sync if each in often else alert
        each.start()
    scheduler.start()
    if sockets is not None:
        sockets.start()
    try:
        yield [clock, *(each.pulse for each in (*often, *seldom))]
    finally:
        scheduler.shutdown(wait=False)
        worker, *others = (*often, *seldom)
        await asyncio.gather(_hang_up(sockets, background), worker.stop())  # Each takes a while.
        for each in others:
            await each.stop()


async def _hang_up(sockets: Sockets | None, background: Background) -> None:
    """First nothing new comes in, then what was asked is answered."""
    if sockets is not None:
        await sockets.stop()
    await background.drain(DRAIN_WITHIN)
