"""What a life takes place in: QuickBooks, a network, firms, and the machine room."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from cryptography.fernet import Fernet, MultiFernet

from sandbox.quickbooks import QuickBooks
from services.db.opening import upgrade
from tests.simulation.journal import Journal, logs_kept
from tests.simulation.kernel import (
    CrashedError,
    Network,
    VirtualClock,
    VirtualLoop,
    run_virtual,
)
from tests.simulation.office import Firm
from tests.simulation.program import Program, Site
from tests.simulation.verdict import Ledger, complaints
from tests.simulation.weather import (
    FREEZE,
    MOST_CRASHES,
    MOST_FREEZES,
    Storm,
    draw_rules,
    draw_token_rules,
)

T = TypeVar("T")

VAULT = MultiFernet([Fernet(Fernet.generate_key())])  # One for all lives: nothing depends on it.
POLL_IN_STORM, POLL_IN_CALM = 90.0, 300.0  # Seconds; each poll costs half a real millisecond.
TAKE_OVER = (5.0, 60.0)  # Seconds until another program is started for one that stands still.


@contextmanager
def migrated_file() -> Iterator[Path]:
    """An empty ledger to copy; in memory where the system offers it."""
    memory = Path("/dev/shm")  # noqa: S108 - a file system, not a guessable file.
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        path = Path(folder) / "empty.db"
        upgrade(f"sqlite:///{path}")
        yield path


def in_a_world(
    deed: Callable[["World"], Coroutine[Any, Any, T]], *, seed: int, storm: Storm, empty: Path
) -> T:
    """Do it in a world of its own, on a copy of the file `empty`."""
    journals: list[Journal] = []

    async def main(clock: VirtualClock, _: Random) -> T:
        world = World(seed, storm, clock, path)
        journals.append(world.journal)
        try:
            return await deed(world)
        finally:
            world.close()

    with tempfile.TemporaryDirectory(dir=empty.parent) as folder, logs_kept(journals):
        path = Path(shutil.copy(empty, Path(folder) / "counterfoil.db"))
        return run_virtual(main, seed=seed)


class World:
    """`program` is the one that people reach; an older one may still be alive, or stand still.

    `clock` is QuickBooks’, `machine` that of our programs; they may differ.
    """

    def __init__(self, seed: int, storm: Storm, clock: VirtualClock, path: Path) -> None:
        self._seed = seed
        self.storm, self.clock, self.path = storm, clock, path
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self.machine = VirtualClock(loop)
        self.journal = Journal(clock)
        self.is_calm = True
        self.quickbooks = QuickBooks(clock=clock.now, chance=self.chance("quickbooks"))
        self.quickbooks.rules = draw_rules(self.chance("rules"))
        self.quickbooks.token_rules = draw_token_rules(self.chance("tokens"))
        self.network = Network(self.quickbooks.app, self.chance("network"), late_by=storm.late_by)
        self.firms: list[Firm] = []
        self._eye: Ledger | None = None
        self._site = self._build_site()
        self._freezing = self.chance("freezing")
        self._freezes = self._crashes = self._starts = 0
        self._program: Program | None = None
        self._deposed = asyncio.Event()

    def chance(self, name: str) -> Random:
        """Each thing has its own, so that a change in one leaves the others as they were."""
        return Random(f"{self._seed} {name}")

    @property
    def program(self) -> Program:
        assert self._program is not None, "Nothing was started yet."
        return self._program

    def break_loose(self) -> None:
        self.is_calm = False
        self.storm.break_loose(self.quickbooks, self.network)
        self.program.process.crash_probability = self.storm.crash

    def blow_over(self) -> None:
        self.is_calm = True
        self.storm.blow_over(self.quickbooks, self.network)
        self.program.process.crash_probability = 0
        self.journal.note("world", "calm")

    async def set_clock(self, within: float) -> None:
        """Let our machine's clock jump as the storm has it; QuickBooks' own goes on."""
        chance = self.chance("clock")
        for seconds in self.storm.jumps:
            await asyncio.sleep(chance.uniform(0, within / len(self.storm.jumps)))
            self.machine.jump(timedelta(seconds=seconds))
            self.journal.saw("clock set")
            self.journal.note("world", f"our clock is set by {seconds:+.1f} s")

    @property
    def ledger(self) -> Ledger:
        """Opened once: that costs more than to look."""
        if self._eye is None:
            self._eye = Ledger(self.path)
        return self._eye

    def close(self) -> None:
        self.journal.is_closed = True
        if self._eye is not None:
            self._eye.close()

    def complaints(self) -> list[str]:
        """Every broken promise, once all is calm and quiet."""
        broken = list(self.journal.bugs)
        if not self.ledger.is_quiet():
            broken.append(f"After hours of calm these are open: {self.ledger.open_entries()}")
        for firm in self.firms:
            broken.extend(complaints(firm, self.ledger))
        self._count(self.ledger)
        return broken

    def _count(self, ledger: Ledger) -> None:
        """What was met on the way to this quiet moment."""
        for entry in ledger.rows("outbox"):
            step = "then " if entry["follows"] else ""
            kind, operation, state = entry["record_kind"], entry["operation"], entry["state"]
            self.journal.saw(f"{step}{operation} {kind} {state}")
        for line in ledger.rows("audit"):
            change = json.loads(line["change"])
            if "status" in change:
                self.journal.saw(f"became {change['status'][1]}")
            if change.get("cause"):
                self.journal.saw(f"cause {change['cause']}")
            if change.get("note"):
                self.journal.saw(f"note {change['note'][1]}")

    # The machine room.

    def build(self) -> Program:
        """Another process, not at work yet."""
        self._starts += 1
        name = f"program {self._starts}"
        mortal = not self.is_calm and self._crashes < MOST_CRASHES
        crash = self.storm.crash if mortal else 0.0
        self._program = Program(name, self._site, self.chance(name), crash=crash)
        return self._program

    async def start(self, *, alone: bool) -> Program:
        """Another process, at work if it lives so long."""
        program = self.build()
        self.journal.note(program.name, f"starts, {alone=}")
        with suppress(CrashedError):
            await program.run(program.start(alone=alone))
        return program

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """A program is at work while inside, and another one when it dies or stands still."""
        first = await self.start(alone=True)
        supervising = asyncio.create_task(self._supervise(first))
        try:
            yield
        finally:
            supervising.cancel()

    async def _supervise(self, program: Program) -> None:
        restarts = self.chance("restarts")
        while True:
            if await self._dies(program):
                await asyncio.sleep(restarts.uniform(*self.storm.restart))
                alone = True
            else:
                # Whoever takes a standing program for dead may void its leases, or not.
                alone = restarts.random() < 0.5
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
        self._crashes += 1
        self.journal.saw("crash")
        self.journal.note(program.name, f"crashed {program.process.crashed_at}")
        return True

    def _build_site(self) -> Site:
        return Site(
            clock=self.machine,
            network=self.network,
            path=self.path,
            vault=VAULT,
            client_id=self.quickbooks.client_id,
            client_secret=self.quickbooks.client_secret,
            freeze=self._freeze,
            poll=lambda: POLL_IN_CALM if self.is_calm else POLL_IN_STORM,
        )

    def _freeze(self, program: Program) -> float | None:
        """Now and then a program stands still until its lease is over, and another takes over."""
        if self.is_calm or program is not self._program or self._freezes >= MOST_FREEZES:
            return None
        if self._freezing.random() >= self.storm.freeze:
            return None
        self._freezes += 1
        seconds = self._freezing.uniform(*FREEZE)
        self.journal.saw("freeze")
        self.journal.note(program.name, f"stands still for {seconds:.1f} s")
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        # The world's own timer: one of the program's would stand still with it.
        loop.outside(self._freezing.uniform(*TAKE_OVER), self._depose, program)
        return seconds

    def _depose(self, program: Program) -> None:
        if program is self._program and program.process.alive:
            program.process.crash_probability = 0  # Enough happens to it.
            self._deposed.set()
