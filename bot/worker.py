"""Drains the outbox: woken by what is recorded, and by the clock."""

import asyncio
from datetime import timedelta

import structlog

from bot.bell import Bell
from bot.pulse import Pulse
from services.domain.ids import FirmId, RealmId
from services.sync import SyncEngine

log = structlog.get_logger()

FIRMS_AT_ONCE = 8  # Each waits for the network most of the time; the database is the narrow place.
FINISH_WITHIN = timedelta(seconds=4)  # Then what is under way is handed back, to be looked up.
AFTER_A_FAULT = timedelta(seconds=1)


class Worker:
    def __init__(self, engine: SyncEngine, bell: Bell) -> None:
        self.bell = bell
        self.pulse = Pulse("pushes")
        self._engine = engine
        engine.moved = self.pulse.beat
        self._gate = asyncio.Semaphore(FIRMS_AT_ONCE)
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
        _, late = await asyncio.wait({self._running}, timeout=FINISH_WITHIN.total_seconds())
        if late:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _run(self) -> None:
        while not self._engine.stopping:
            await self.bell.wait()
            self.pulse.beat()
            try:
                await self.run_once()
            except Exception:  # The worker's edge: it must outlive a full disk.
                log.exception("worker round failed")
                await asyncio.sleep(AFTER_A_FAULT.total_seconds())
                self.bell.ring()

    async def run_once(self) -> None:
        """Push all that is due, a turn for each firm after the other."""
        while not self._engine.stopping:
            realms = await self._engine.realms_with_work()
            if not realms:
                return
            async with asyncio.TaskGroup() as group:
                for realm, firm in realms:
                    group.create_task(self._drain(realm, firm))

    async def _drain(self, realm: RealmId, firm: FirmId) -> None:
        async with self._gate:
            await self._engine.drain(realm, firm)
        self.pulse.beat()
