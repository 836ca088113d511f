"""Finishes imports whose command died: what was accepted is recorded, all of it."""

from dataclasses import dataclass, field

from bot.bell import Bell
from bot.edges import unless_broken
from bot.pulse import Pulse
from bot.rounds import Rounds
from services.imports import Imports


@dataclass
class Importer:
    imports: Imports
    bell: Bell
    pulse: Pulse = field(default_factory=lambda: Pulse("imports"), init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.bell, self._finish, self.pulse)

    def start(self) -> None:
        self._rounds.start()

    async def stop(self) -> None:
        """What is left is done after the next start."""
        await self._rounds.stop()

    async def _finish(self) -> None:
        await unless_broken(self._finish_all(), "import not finished")

    async def _finish_all(self) -> None:
        await self.imports.finish()
