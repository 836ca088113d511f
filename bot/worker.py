"""Drains the outbox: woken by what is recorded, and by the clock."""

import asyncio
from datetime import timedelta

from bot.bell import Bell
from bot.edges import unless_broken
from bot.pulse import Pulse
from services.domain.ids import FirmId, RealmId
from services.sync import SyncEngine

FIRMS_AT_ONCE = 16  # Each waits for the network most of the time; this process's CPU is narrow.
FINISH_WITHIN = timedelta(seconds=4)  # Then what is under way is handed back, to be looked up.
AFTER_A_FAULT = timedelta(seconds=1)


class Worker:
    """Firms with work queue up for a turn, whoever had none for longest first.

    No turn waits for another to end: a firm with one payment is not held up by a neighbour's many.
    """

    def __init__(self, engine: SyncEngine, bell: Bell) -> None:
        self.bell = bell
        self.pulse = Pulse("pushes")
        self._engine = engine
        engine.moved = self.pulse.beat
        self._queue: dict[RealmId, FirmId] = {}
        self._turns: dict[RealmId, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._running = self.pulse.keep(self._run())
        self.bell.ring()

    async def stop(self) -> None:
        """Take no new work; finish what is under way, or hand it back."""
        self._engine.stop()
        if self._running is None:
            return
        self.bell.ring()
        under_way = {self._running, *self._turns.values()}
        _, late = await asyncio.wait(under_way, timeout=FINISH_WITHIN.total_seconds())
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _run(self) -> None:
        while not self._engine.stopping:
            await self.bell.wait()
            if not await unless_broken(self._look(), "worker round failed"):
                await asyncio.sleep(AFTER_A_FAULT.total_seconds())
                self.bell.ring()

    async def _look(self) -> None:
        for realm, firm in await self._engine.realms_with_work():
            if realm not in self._turns:
                self._queue.setdefault(realm, firm)
        self._begin()

    def _begin(self) -> None:
        """As many turns as there is room for; where there is none, one must move or end to beat."""
        if len(self._turns) < FIRMS_AT_ONCE:
            self.pulse.beat()
        while self._queue and len(self._turns) < FIRMS_AT_ONCE and not self._engine.stopping:
            realm = next(iter(self._queue))
            turn = self._turn(realm, self._queue.pop(realm))
            self._turns[realm] = asyncio.create_task(turn)

    async def _turn(self, realm: RealmId, firm: FirmId) -> None:
        work = self._engine.drain(realm, firm)
        if not await unless_broken(work, "turn failed", realm=realm):
            await asyncio.sleep(AFTER_A_FAULT.total_seconds())
        del self._turns[realm]
        self._begin()
        if not self._queue:
            self.bell.ring()  # Whoever has more to do queues up again.
