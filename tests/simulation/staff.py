"""People: they record, press, change their minds, and try again where nothing answers."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx

from sandbox.quickbooks import FaultError, QuickBooks
from services.domain.ids import PaymentId, RealmId
from services.domain.ledger import Method, NewPayment
from services.domain.money import Money
from services.domain.sync import Status
from services.errors import ConnectionLost, Refused, TryLater
from tests.simulation.journal import Journal
from tests.simulation.kernel import CrashedError
from tests.simulation.office import ANNA, OLIVIA, ClientWish, Firm, Kind, PaymentWish
from tests.simulation.program import Program

T = TypeVar("T")

WORKDAY = 400.0  # Seconds, in which all recording and pressing begins.
PATIENCE = 3.0  # Until a person presses again where nothing answered.
MOST_TRIES = 200  # A program that does not come up in so many is broken.
MOST_CONSENTS = 10  # Then an admin lets the storm pass, and looks again later.
MOST_CHANGES_OF_MIND = 4
READ_IT_FIRST = 30.0  # Seconds, on average, between two presses that are not at once.


class GivenUpError(Exception):
    """Nothing answered, however often a person tried."""


class Running(Protocol):
    """Where the program of the moment is found."""

    quickbooks: QuickBooks
    journal: Journal

    @property
    def program(self) -> Program: ...


class Staff:
    def __init__(self, running: Running, firm: Firm, chance: Random) -> None:
        self._running, self.firm, self._chance = running, firm, chance

    async def insist(
        self,
        deed: Callable[[Program], Coroutine[Any, Any, T]],
        *,
        unanswered: Callable[[], None] = lambda: None,
    ) -> T:
        """Try until the program lives long enough to answer; it may have done it each time."""
        for _ in range(MOST_TRIES):
            program = self._running.program
            try:
                if program.process.alive:
                    return await program.run(deed(program))
            except CrashedError:
                unanswered()
            await asyncio.sleep(PATIENCE)
        raise GivenUpError(self.firm.id)

    def note(self, what: str) -> None:
        self._running.journal.note(self.firm.id, what)

    # Clients.

    async def record_client(self, client: ClientWish) -> None:
        try:
            done = await self.insist(
                lambda program: program.clients.record(
                    self.firm.id, name=client.name, email=None, by=ANNA
                )
            )
        except Refused:  # An earlier press was heard after all.
            done = await self.insist(
                lambda program: program.clients.get_by_name(self.firm.id, client.name)
            )
        client.id = done.id
        self.note(f"recorded {client.name}")

    async def sync_client(self, client: ClientWish) -> None:
        client.wanted = True
        with suppress(Refused):  # It is on its way, or there.
            await self.insist(
                lambda program: program.clients.sync(self.firm.id, client.name, by=ANNA)
            )
        self.note(f"asked for {client.name}")

    # Payments.

    async def tend(self, payment: PaymentWish) -> None:
        """One payment's day."""
        await asyncio.sleep(self._chance.uniform(0, WORKDAY))
        await self.record(payment, sync=self._chance.random() < 0.6)
        for _ in range(self._chance.randint(0, MOST_CHANGES_OF_MIND)):
            await self._hesitate()
            match self._chance.choice(["sync", "sync twice", "cancel"]):
                case "sync":
                    await self.sync(payment)
                case "sync twice":
                    await asyncio.gather(self.sync(payment), self.sync(payment))
                case _:
                    await self._cancel(payment)

    async def _hesitate(self) -> None:
        at_once = self._chance.random() < 0.5
        await asyncio.sleep(0 if at_once else self._chance.expovariate(1 / READ_IT_FIRST))

    async def record(self, payment: PaymentWish, *, sync: bool) -> None:
        assert payment.client.id is not None
        typed = NewPayment(
            client_id=payment.client.id,
            amount=Money.from_decimal(payment.amount, payment.currency),
            received_on=payment.received_on,
            method=self._chance.choice(list(Method)),
            reference=payment.reference,
            description=self._chance.choice([None, "for March"]),
        )
        modal = f"V{payment.reference}"  # The same however often it is submitted.
        payment.id = await self.insist(
            lambda program: program.payments.record(
                self.firm.id, typed, sync=sync, submission_id=modal, by=ANNA
            )
        )
        if sync:
            self._wants(payment)
            payment.asked += 1
        self.note(f"recorded {payment.reference}, {sync=}")

    def _wants(self, payment: PaymentWish) -> None:
        payment.wanted = payment.client.wanted = True

    async def sync(self, payment: PaymentWish) -> None:
        def unanswered() -> None:
            payment.perhaps += 1

        payment_id = _known(payment)
        try:
            await self.insist(
                lambda program: program.payments.sync(self.firm.id, payment_id, by=ANNA),
                unanswered=unanswered,
            )
        except Refused as refused:
            self.note(f"pressed Sync of {payment.reference}: {refused}")
        else:
            payment.asked += 1
            self.note(f"asked for {payment.reference}")
        self._wants(payment)

    async def _cancel(self, payment: PaymentWish) -> None:
        payment_id = _known(payment)
        try:
            await self.insist(
                lambda program: program.payments.cancel(self.firm.id, payment_id, by=ANNA)
            )
        except Refused as refused:
            # An earlier press may have been heard, and nothing but a person undoes a wish.
            payment.wanted = await self._status(payment_id) is not Status.NOT_SYNCED
            self.note(f"pressed Cancel of {payment.reference}: {refused}")
        else:
            payment.wanted = False
            self._running.journal.saw("cancelled")
            self.note(f"cancelled {payment.reference}")

    async def _status(self, payment: PaymentId) -> Status:
        standing = await self.insist(lambda program: program.payments.show(self.firm.id, payment))
        return standing.payment.sync.status

    # What is done in QuickBooks, and what for.

    async def enter_rival(self, client: ClientWish) -> None:
        """Somebody enters the same customer in QuickBooks, if it is not there yet."""
        await asyncio.sleep(self._chance.uniform(0, WORKDAY))
        with suppress(FaultError):
            self.firm.company.add_customer(client.name)
            self.note(f"{client.name} was entered in QuickBooks by hand")

    async def mend(self, client: ClientWish) -> None:
        """Give both the same name, and sync again."""
        await asyncio.sleep(self._chance.uniform(WORKDAY / 2, WORKDAY))
        if client.kind is Kind.NEAR:
            for customer in self.firm.company.customers():
                if customer["DisplayName"] == client.name.upper():
                    company = self.firm.company
                    company.change("Customer", customer["Id"], DisplayName=client.name)
            client.mended = True
        self.note(f"{client.name} has the same name in both")
        await self.sync_client(client)

    async def open_books(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, WORKDAY))
        self.firm.company.preferences.book_close_date = None
        self.note("the books are open")

    async def connect(self) -> None:
        """What an admin does: Slack's link, Intuit's page, our question; and all over again."""
        for _ in range(MOST_CONSENTS):
            try:
                await self._connect()
            except (CrashedError, TryLater, ConnectionLost, Refused) as error:
                self.note(f"could not connect: {error}")
                await asyncio.sleep(PATIENCE)
            else:
                self.note("connected QuickBooks")
                return

    async def _connect(self) -> None:
        realm = RealmId(self.firm.company.realm_id)
        link = await self.insist(lambda program: program.connections.begin(self.firm.id, OLIVIA))
        url, browser = await self.insist(lambda program: program.connections.go_to_intuit(link))
        answer = await self._consent(url)
        await self.insist(
            lambda program: program.connections.finish(
                state=answer["state"], browser=browser, code=answer["code"], realm=realm
            )
        )
        await self.insist(
            lambda program: program.connections.confirm(self.firm.id, realm, by=OLIVIA)
        )

    async def _consent(self, url: str) -> dict[str, str]:
        """Intuit's page, on which the admin picks the company; a browser's own network is good."""
        transport = httpx.ASGITransport(self._running.quickbooks.app)
        async with httpx.AsyncClient(transport=transport) as browser:
            page = await browser.get(f"{url}&realmId={self.firm.company.realm_id}")
        back = parse_qs(urlsplit(page.headers["Location"]).query)
        return {name: values[0] for name, values in back.items()}


def _known(payment: PaymentWish) -> PaymentId:
    assert payment.id is not None
    return payment.id
