"""Finishes imports whose command died: what was accepted is recorded, all of it."""

import asyncio
from dataclasses import dataclass, field

from bot.bell import Bell
from bot.edges import unless_broken
from services.imports import Imports


@dataclass
class Importer:
    imports: Imports
    bell: Bell
    _running: asyncio.Task[None] | None = field(default=None, init=False)

    def start(self) -> None:
        self._running = asyncio.create_task(self._run())
        self.bell.ring()

    async def stop(self) -> None:
        """What is left is done after the next start."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})
            self._running = None

    async def _run(self) -> None:
        while True:
            await self.bell.wait()
            await unless_broken(self._finish(), "import not finished")

    async def _finish(self) -> None:
        await self.imports.finish()
