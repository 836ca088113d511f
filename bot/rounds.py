"""Work that runs whenever its bell rings."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.bell import Bell
from bot.edges import unless_broken
from bot.pulse import Pulse

AFTER_A_FAULT = timedelta(seconds=5)  # The database may be back by then.


@dataclass
class Rounds:
    """One after the other."""

    bell: Bell
    work: Callable[[], Awaitable[None]]
    pulse: Pulse
    _running: asyncio.Task[None] | None = field(default=None, init=False)

    def start(self) -> None:
        self._running = self.pulse.keep(self._run())
        self.bell.ring()

    async def stop(self) -> None:
        """In the middle of its work, which the next start takes up."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
            self._running = None

    async def _run(self) -> None:
        while True:
            await self.bell.wait()
            self.pulse.beat()
            if not await unless_broken(self.work(), "round failed", kind=self.pulse.kind):
                await asyncio.sleep(AFTER_A_FAULT.total_seconds())
