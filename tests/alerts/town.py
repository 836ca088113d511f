"""Firms with a Slack workspace and a company each, all on one ledger, in virtual time."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, wraps
from pathlib import Path
from random import Random
from traceback import clear_frames
from typing import Any, Concatenate

from cryptography.fernet import Fernet, MultiFernet

from sandbox.quickbooks import QuickBooks
from tests.alerts.firm import Firm
from tests.alerts.program import Program
from tests.builders import ensure_ledger
from tests.simulation.journal import Journal, logs_kept
from tests.simulation.kernel import CrashedError, Network, VirtualClock, run_virtual
from tests.simulation.kernel.clock import MONDAY_MORNING
from tests.simulation.program import Site
from tests.simulation.storage import File

VAULT = MultiFernet([Fernet(Fernet.generate_key())])
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

TEN_MINUTES = 10 * MINUTE

Story = Callable[Concatenate["Town", ...], Coroutine[Any, Any, None]]  # And what else it asks for.


@dataclass(frozen=True)
class Beginning:
    firms: int
    start: datetime
    look_every: timedelta


class Town:
    """`programs` are all that ever ran, the youngest last.

    `look_every`: between two rounds, from the next one on. Each costs some ten real milliseconds
    for what is open, so where weeks pass they are an hour apart.
    """

    def __init__(self, clock: VirtualClock, folder: Path, look_every: timedelta) -> None:
        self.clock = clock
        self.journal = Journal(clock)
        self.look_every = look_every
        self.quickbooks = QuickBooks(clock=clock.now, chance=Random(7))
        self.firms: list[Firm] = []
        self.programs: list[Program] = []
        path = folder / "counterfoil.db"
        ensure_ledger(f"sqlite:///{path}")
        self.network = Network(self.quickbooks.app, Random(8))  # Between us and QuickBooks.
        self._site = Site(
            clock=clock,
            network=self.network,
            storage=File(path),
            vault=VAULT,
            client_id=self.quickbooks.client_id,
            client_secret=self.quickbooks.client_secret,
            freeze=lambda _: None,
            poll=self._seconds_between_rounds,
        )

    @property
    def program(self) -> Program:
        """The youngest, which people reach."""
        return self.programs[-1]

    @property
    def firm(self) -> Firm:
        (firm,) = self.firms
        return firm

    async def starts(self) -> Program:
        """One more program on the same ledger; every lease is void where no other one lives."""
        alone = not any(each.process.alive for each in self.programs)
        number = len(self.programs) + 1
        lines = [firm.line for firm in self.firms]
        program = Program(f"program {number}", self._site, Random(number), lines)
        self.programs.append(program)
        with suppress(CrashedError):
            await program.run(program.start(alone=alone))
        return program

    async def founds(self, firms: int) -> None:
        self.firms = [Firm(self, number) for number in range(1, firms + 1)]
        await self.starts()
        for firm in self.firms:
            await firm.opens()

    def _seconds_between_rounds(self) -> float:
        return self.look_every.total_seconds()

    async def passes(self, time: timedelta) -> None:
        await asyncio.sleep(time.total_seconds())

    async def reaches(self, moment: datetime) -> None:
        await self.passes(moment - self.clock.now())


def in_weeks(
    *, firms: int = 1, start: datetime = MONDAY_MORNING, look_every: timedelta = TEN_MINUTES
) -> Callable[[Story], Callable[..., None]]:
    """Make a test of a story: it begins with so many firms and one program, and takes no time."""
    beginning = Beginning(firms, start, look_every)

    def decorate(story: Story) -> Callable[..., None]:
        @wraps(story)
        def test(tmp_path: Path, **given: Any) -> None:
            _tell(partial(story, **given), beginning, tmp_path)

        test.__signature__ = _with_folder(inspect.signature(story))  # type: ignore[attr-defined]
        return test

    return decorate


def _with_folder(told: inspect.Signature) -> inspect.Signature:
    """As pytest shall see it: a folder instead of the town, and what else the story asks for."""
    asked = [each for each in told.parameters.values() if each.name != "town"]
    folder = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return inspect.Signature([folder, *asked])


def _tell(story: Story, beginning: Beginning, folder: Path) -> None:
    journals: list[Journal] = []

    async def main(clock: VirtualClock, _: Random) -> None:
        try:
            await _live(story, beginning, Town(clock, folder, beginning.look_every), journals)
        except BaseException as error:
            clear_frames(error.__traceback__)  # Or they would keep what has to end with the world.
            raise

    with logs_kept(journals):
        run_virtual(main, seed=1, start=beginning.start)


async def _live(story: Story, beginning: Beginning, town: Town, journals: list[Journal]) -> None:
    journals.append(town.journal)
    try:
        await town.founds(beginning.firms)
        await story(town)
    finally:
        town.journal.is_closed = True
    assert town.journal.bugs == []
