"""What a life takes place in: QuickBooks, a network, firms, and the machine room."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

from cryptography.fernet import Fernet, MultiFernet

from sandbox.quickbooks import QuickBooks
from tests.simulation.journal import Journal, logs_kept
from tests.simulation.kernel import Network, VirtualClock, VirtualLoop, run_virtual
from tests.simulation.kernel.clock import MONDAY_MORNING
from tests.simulation.keyring import Keyring
from tests.simulation.office import Firm
from tests.simulation.place import Fortune, Place
from tests.simulation.program import Program, Site
from tests.simulation.storage import Blank, Storage
from tests.simulation.verdict import Ledger, complaints
from tests.simulation.weather import (
    MOST_FREEZES,
    SMALL_JUMP,
    Storm,
    draw_access_lifetime,
    draw_rules,
    draw_token_rules,
)

T = TypeVar("T")

VAULT = MultiFernet([Fernet(Fernet.generate_key())])  # One for all lives: nothing depends on it.
POLL_IN_STORM, POLL_IN_CALM = 90.0, 300.0  # Seconds; each poll costs half a real millisecond.
SKEW = 2.0  # Seconds by which machines' clocks differ.


@dataclass(frozen=True)
class Setting:
    """What a life takes place in; its seed decides all else."""

    storm: Storm
    blank: Blank
    workers: int = 1  # Programs at work at the same time, each in a place of its own.


def in_a_world(
    deed: Callable[["World"], Coroutine[Any, Any, T]], *, seed: int, setting: Setting
) -> T:
    """Do it in a world of its own."""
    journals: list[Journal] = []

    with setting.blank.used_once() as storage, logs_kept(journals):

        async def main(clock: VirtualClock, _: Random) -> T:
            world = World(seed, setting, clock, storage)
            journals.append(world.journal)
            try:
                return await deed(world)
            finally:
                world.close()

        return run_virtual(main, seed=seed)


class World:
    """`clock` is QuickBooks’; each place has its own, which may differ."""

    def __init__(self, seed: int, setting: Setting, clock: VirtualClock, storage: Storage) -> None:
        self._seed = seed
        self.storm, self.clock, self._storage = setting.storm, clock, storage
        self.journal = Journal(clock)
        self.quickbooks = QuickBooks(clock=clock.now, chance=self.chance("quickbooks"))
        self.quickbooks.rules = draw_rules(self.chance("rules"))
        self.quickbooks.token_rules = draw_token_rules(self.chance("tokens"))
        self.quickbooks.tokens.access_lifetime = draw_access_lifetime(
            self.chance("access"), workers=setting.workers
        )
        self.network = Network(
            self.quickbooks.app, self.chance("network"), late_by=self.storm.late_by
        )
        self.firms: list[Firm] = []
        self._eye: Ledger | None = None
        self._keyring = self._hang_up_keys()
        self._fortune = Fortune(
            self.chance, self.journal, freezes_left=MOST_FREEZES * setting.workers
        )
        self._doors = self.chance("doors")
        self.has_several = setting.workers > 1
        self._places = [self._lay_out(number) for number in range(1, setting.workers + 1)]

    def chance(self, name: str) -> Random:
        """Each thing has its own, so that a change in one leaves the others as they were."""
        return Random(f"{self._seed} {name}")

    @property
    def program(self) -> Program:
        """One that people reach, by whichever door."""
        if not self.has_several:
            return self._places[0].program
        places = [each for each in self._places if each.answers] or self._places
        return self._doors.choice(places).program

    def break_loose(self) -> None:
        self._fortune.is_calm = False
        self.storm.break_loose(self.quickbooks, self.network)
        for each in self._places:
            each.program.process.crash_probability = self.storm.crash

    def blow_over(self) -> None:
        self._fortune.is_calm = True
        self.storm.blow_over(self.quickbooks, self.network)
        for each in self._places:
            each.program.process.crash_probability = 0
        self.journal.note("world", "calm")

    async def set_clocks(self, within: float) -> None:
        """Let our machines' clocks jump as the storm has it; QuickBooks' own goes on."""
        chance = self.chance("clock")
        for seconds in self.storm.jumps:
            await asyncio.sleep(chance.uniform(0, within / len(self.storm.jumps)))
            place = self._doors.choice(self._places) if self.has_several else self._places[0]
            place.clock.jump(timedelta(seconds=seconds))
            self.journal.saw("clock set")
            self.journal.note(place.name, f"its clock is set by {seconds:+.1f} s")

    @property
    def ledger(self) -> Ledger:
        """Opened once: that costs more than to look."""
        if self._eye is None:
            self._eye = Ledger(self._storage.rows())
        return self._eye

    def close(self) -> None:
        self.journal.is_closed = True
        if self._eye is not None:
            self._eye.close()

    def complaints(self) -> list[str]:
        """Every broken promise, once all is calm and quiet."""
        broken = [*self.journal.bugs, *self._keyring.complaints]
        if not self.ledger.is_quiet():
            broken.append(f"After hours of calm these are open: {self.ledger.open_entries()}")
        for firm in self.firms:
            broken.extend(complaints(firm, self.ledger))
        self._count(self.ledger)
        return broken

    def _count(self, ledger: Ledger) -> None:
        """What was met on the way to this quiet moment."""
        self.journal.sightings["lock waited for"] = self._storage.waits
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
        """Another process in the first place, not at work yet."""
        return self._places[0].build()

    async def start(self, *, alone: bool) -> Program:
        """Another process in the first place, at work if it lives so long."""
        return await self._places[0].start(alone=alone)

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """A program is at work in each place while inside."""
        async with AsyncExitStack() as stack:
            for each in self._places:
                await stack.enter_async_context(each.supervised())
            yield

    def _lay_out(self, number: int) -> Place:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        skew = self.chance(f"clock {number}").uniform(-SKEW, SKEW) if self.has_several else 0
        clock = VirtualClock(loop, start=MONDAY_MORNING + timedelta(seconds=skew))
        place = Place(
            f"place {number}", clock, self.storm, self._fortune, is_alone=not self.has_several
        )
        place.site = Site(
            clock=clock,
            network=self.network,
            storage=self._storage,
            vault=VAULT,
            client_id=self.quickbooks.client_id,
            client_secret=self.quickbooks.client_secret,
            freeze=place.freeze,
            poll=lambda: POLL_IN_CALM if self._fortune.is_calm else POLL_IN_STORM,
            keyring=self._keyring,
        )
        place.holds = lambda program: (
            program.name in self.ledger.holders(clock.now())
            or self._keyring.is_renewing(program.process)
        )
        return place

    def _hang_up_keys(self) -> Keyring:
        return Keyring(
            self.quickbooks,
            self.clock,
            self.journal,
            self.ledger.access_tokens,
            vault=VAULT,
            clocks_agree=all(abs(jump) <= SMALL_JUMP for jump in self.storm.jumps),
        )
