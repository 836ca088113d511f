"""People: they press, look, change their minds, and try again where nothing answers."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol, TypeVar

from sandbox.quickbooks import QuickBooks
from services.domain.sync import Status
from services.domain.waiting import Waiting
from services.errors import ConnectionLost, Refused, TryLater
from tests.simulation.journal import Journal
from tests.simulation.kernel import CrashedError, VirtualClock
from tests.simulation.office import Firm
from tests.simulation.program import Program
from tests.simulation.verdict.ledger import Ledger
from tests.simulation.wishes import (
    Answer,
    AnyWish,
    ClientWish,
    InvoiceWish,
    PaymentWish,
    RefundWish,
    Wish,
)

T = TypeVar("T")
Deed = Callable[[Program], Coroutine[Any, Any, T]]

WORKDAY = 400.0  # Seconds, in which all recording and pressing begins.
PATIENCE = 3.0  # Until a person presses again where nothing answered.
MOST_TRIES = 200  # A program that does not come up in so many is broken.
READ_IT_FIRST = 30.0  # Seconds, on average, between two presses that are not at once.
BLINK = 15.0  # Seconds between two looks of somebody who waits for a record to rest…
MOST_BLINKS = 20  # …and does not wait for ever.


class GivenUpError(Exception):
    """Nothing answered, however often a person tried."""


class Running(Protocol):
    """Where the program of the moment is found."""

    quickbooks: QuickBooks
    journal: Journal
    clock: VirtualClock

    def chance(self, name: str) -> Random: ...

    @property
    def program(self) -> Program: ...

    @property
    def ledger(self) -> Ledger: ...


class Staff:
    """One firm's; `press` is how they do whatever they do."""

    def __init__(self, running: Running, firm: Firm, chance: Random) -> None:
        self.running, self.firm, self.chance = running, firm, chance

    async def insist(self, deed: Deed[T], *, unanswered: Callable[[], None] = lambda: None) -> T:
        """Try until the program lives long enough to answer; it may have done it each time."""
        for _ in range(MOST_TRIES):
            program = self.running.program
            try:
                if program.process.alive:
                    return await program.run(deed(program))
            except CrashedError:
                unanswered()
            await asyncio.sleep(PATIENCE)
        raise GivenUpError(self.firm.id)

    async def press(
        self,
        wish: Wish,
        what: str,
        deed: Deed[object],
        *,
        wants: Iterable[bool],
        takes: Iterable[tuple[Wish, bool]] = (),
        unanswered: Callable[[], None] = lambda: None,
    ) -> Answer:
        """`takes`: which others may be taken along, and in which direction."""
        press, deaths = wish.begin(*wants), 0

        def count() -> None:
            nonlocal deaths
            deaths += 1
            unanswered()

        try:
            await self.insist(deed, unanswered=count)
        except (Refused, TryLater, ConnectionLost) as refused:
            answer = Answer.UNKNOWN if deaths else Answer.REFUSED
            self.note(f"{what} {wish}: {answer.name}, {refused}")
        else:
            answer = Answer.GRANTED
            self.note(f"{what} {wish}")
        if answer is not Answer.REFUSED:
            for other, wanted in takes:
                other.drag(wanted)
        wish.end(press, answer, what)
        self.running.journal.saw(f"{what} {answer.name.lower()}")
        return answer

    def note(self, what: str) -> None:
        self.running.journal.note(self.firm.id, what)

    async def hesitate(self) -> None:
        at_once = self.chance.random() < 0.4
        await asyncio.sleep(0 if at_once else self.chance.expovariate(1 / READ_IT_FIRST))

    async def look(self, wish: AnyWish) -> "Look":
        """What a person sees of it."""
        firm = self.firm.id
        match wish:
            case ClientWish(id=client) if client:
                shown = await self.insist(lambda program: program.clients.get(firm, client))
                return Look(shown, shown.sync.status)
            case InvoiceWish(id=invoice) if invoice:
                bill = await self.insist(lambda program: program.invoices.show(firm, invoice))
                return Look(bill.invoice, bill.invoice.sync.status, bill.waiting)
            case PaymentWish(id=payment) if payment:
                paid = await self.insist(lambda program: program.payments.show(firm, payment))
                return Look(paid.payment, paid.payment.sync.status, paid.waiting)
            case RefundWish(id=refund) if refund:
                back = await self.insist(lambda program: program.refunds.show(firm, refund))
                return Look(back.refund, back.refund.sync.status, back.waiting)
            case _:
                raise LookupError(f"{wish} was not recorded")

    async def until_rest(self, *wishes: AnyWish) -> None:
        """Wait a while for the records to be no longer on their way."""
        for _ in range(MOST_BLINKS):
            # Many looks through the program would cost.
            still = {entry["record_id"] for entry in self.running.ledger.open_entries()}
            if not any(wish.id and wish.id.hex in still for wish in wishes):
                return
            await asyncio.sleep(BLINK)


@dataclass
class Look:
    """A record as it is shown, or as an old screen still shows it."""

    record: Any
    status: Status
    waiting: Waiting | None = None
