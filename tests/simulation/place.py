"""Where a program is at work: it dies, stands still, and another one is started."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random

from tests.simulation.journal import Journal
from tests.simulation.kernel import CrashedError, VirtualClock, VirtualLoop
from tests.simulation.program import Program, Site
from tests.simulation.weather import FREEZE, MOST_CRASHES, Storm

TAKE_OVER = (5.0, 60.0)  # Seconds until another program is started for one that stands still.


@dataclass
class Fortune:
    """What may befall the programs of one life."""

    chance: Callable[[str], Random]
    journal: Journal
    freezes_left: int
    crashes_left: int = MOST_CRASHES
    starts: int = 0
    is_calm: bool = True


class Place:
    """`program` is the one that people reach here; an older one may live on, or stand still.

    Where it `is_alone`, another program is started soon for one that stands still. Elsewhere the
    other places go on meanwhile, and it goes on after them.
    """

    def __init__(
        self, name: str, clock: VirtualClock, storm: Storm, fortune: Fortune, *, is_alone: bool
    ) -> None:
        self.name, self.clock, self.is_alone = name, clock, is_alone
        self._journal = fortune.journal
        self.site: Site  # Given once it is known…
        self.holds: Callable[[Program], bool]  # …and whether one holds what others may need.
        self._storm, self._fortune = storm, fortune
        extra = "" if is_alone else f" {name}"
        self._restarts = fortune.chance(f"restarts{extra}")
        self._freezing = fortune.chance(f"freezing{extra}")
        self._program: Program | None = None
        self._deposed = asyncio.Event()

    @property
    def program(self) -> Program:
        assert self._program is not None, "Nothing was started yet."
        return self._program

    @property
    def answers(self) -> bool:
        """Whether a look at its health would say so."""
        return self.program.process.alive and not self.program.process.frozen

    def build(self) -> Program:
        """Another process, not at work yet."""
        fortune = self._fortune
        fortune.starts += 1
        name = f"program {fortune.starts}"
        is_mortal = not fortune.is_calm and fortune.crashes_left > 0
        crash = self._storm.crash if is_mortal else 0.0
        self._program = Program(name, self.site, fortune.chance(name), crash=crash)
        return self._program

    async def start(self, *, alone: bool) -> Program:
        """Another process, at work if it lives so long."""
        program = self.build()
        self._journal.note(program.name, f"starts, {alone=}")
        with suppress(CrashedError):
            await program.run(program.start(alone=alone))
        return program

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """A program is at work while inside, and another one when it dies or stands still."""
        first = await self.start(alone=self.is_alone)
        supervising = asyncio.create_task(self._supervise(first))
        try:
            yield
        finally:
            supervising.cancel()

    async def _supervise(self, program: Program) -> None:
        while True:
            if await self._dies(program):
                await asyncio.sleep(self._restarts.uniform(*self._storm.restart))
                alone = self.is_alone
            else:
                # Whoever takes a standing program for dead may void its leases, or not.
                alone = self._restarts.random() < 0.5
            program = await self.start(alone=alone)

    async def _dies(self, program: Program) -> bool:
        """Wait for its end; False where it was deposed, and is alive."""
        ends = [
            asyncio.ensure_future(end)
            for end in (program.process.wait_crashed(), self._deposed.wait())
        ]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        self._deposed.clear()
        if program.process.alive:
            return False
        self._fortune.crashes_left -= 1
        self._journal.saw("crash")
        self._journal.note(program.name, f"crashed {program.process.crashed_at}")
        return True

    def freeze(self, program: Program) -> float | None:
        """Now and then a program stands still until its lease is over, and another takes over."""
        fortune, chance = self._fortune, self._freezing
        if fortune.is_calm or program is not self._program or fortune.freezes_left <= 0:
            return None
        if not self.is_alone and not self.holds(program):
            return None  # Nobody would have to take anything over.
        if chance.random() >= self._storm.freeze:
            return None
        fortune.freezes_left -= 1
        seconds = chance.uniform(*FREEZE)
        self._journal.saw("freeze")
        self._journal.note(program.name, f"stands still for {seconds:.1f} s")
        if self.site.keyring is not None:
            self.site.keyring.stands_still(program.process)
        if self.is_alone:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, VirtualLoop)
            # The world's own timer: one of the program's would stand still with it.
            loop.outside(chance.uniform(*TAKE_OVER), self._depose, program)
        return seconds

    def _depose(self, program: Program) -> None:
        if program is self._program and program.process.alive:
            program.process.crash_probability = 0  # Enough happens to it.
            self._deposed.set()
