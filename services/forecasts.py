"""What a payment would do if it were saved as it stands in the form."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.engine import Database
from services.db.ledger import lists
from services.domain.allocation import spread
from services.domain.connection import Company
from services.domain.ids import ClientId, FirmId, InvoiceId, PaymentId
from services.domain.ledger import (
    Allocation,
    Client,
    Invoice,
    Method,
    NewPayment,
    Payment,
    Settings,
)
from services.domain.money import Money
from services.domain.sync import COMES_ALONG, Status
from services.domain.twins import Candidate, payment_twins
from services.previews import Previews

_THERE = frozenset({Status.SYNCED, Status.SYNCING})


@dataclass(frozen=True)
class Intent:
    """A form as far as it is filled in.

    `leaves_out`: invoices that are not in QuickBooks are not sent along. `form` is its id, and
    `edits` the payment that it changes, if any.
    """

    client_id: ClientId | None = None
    amount: Money | None = None
    received_on: date | None = None
    reference: str | None = None
    invoices: tuple[InvoiceId, ...] = ()
    leaves_out: bool = False
    form: str = ""
    edits: PaymentId | None = None


@dataclass(frozen=True)
class Forecast:
    """`open_invoices` have as balance what this payment could settle of each.

    `closed` are those that were chosen and have nothing open any more.
    `untied` are QuickBooks' payments of the client that are not ours; None where QuickBooks did
    not answer, or was not asked.
    """

    client: Client | None = None
    company: Company | None = None
    open_invoices: tuple[Invoice, ...] = ()
    closed: tuple[Invoice, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    twins_here: tuple[Payment, ...] = ()
    twins_there: tuple[Candidate, ...] = ()
    untied: tuple[Candidate, ...] | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether QuickBooks knows the client, and did not say what it holds."""
        there = self.client is not None and self.client.sync.is_in_quickbooks
        return there and self.untied is None

    @property
    def settled(self) -> list[tuple[Invoice, Allocation]]:
        invoices = {each.id: each for each in self.open_invoices}
        return [(invoices[each.invoice_id], each) for each in self.allocations]


@dataclass(frozen=True)
class Forecasts:
    database: Database
    previews: Previews

    async def make(
        self, firm: FirmId, intent: Intent, settings: Settings, *, look: bool
    ) -> Forecast:
        """`look`: into QuickBooks too, as long as a person waits; else what it just said."""
        forecast = await self.settle(firm, intent, settings, offers=True)
        forecast = replace(forecast, company=await self.previews.company(firm))
        if forecast.client is None:
            return forecast
        untied = await self.previews.recently_untied(firm, forecast.client, look=look)
        if untied is None:
            return forecast
        window = timedelta(days=settings.twin_window_days)
        new = _as_payment(intent)
        twins = payment_twins(new, untied, window=window) if new and not intent.edits else []
        return replace(forecast, untied=tuple(untied), twins_there=tuple(twins))

    async def settle(
        self,
        firm: FirmId,
        intent: Intent,
        settings: Settings,
        *,
        offers: bool = False,
    ) -> Forecast:
        """From the ledger alone: what is settled, and what looks the same.

        `offers`: with the client, and all invoices that could be settled.
        """
        if intent.client_id is None:
            return Forecast()
        async with self.database.read() as db:
            client = await ledger.find_client(db, firm, intent.client_id) if offers else None
            if offers and client is None:
                return Forecast()
            needed = offers or bool(intent.invoices)
            invoices = await _invoices(db, firm, intent) if needed else []
            alike = await _twins_here(db, firm, intent, settings)
        still_open = [each for each in invoices if each.balance_due.minor > 0]
        return Forecast(
            client=client,
            open_invoices=tuple(still_open),
            closed=tuple(_closed(invoices, intent)),
            allocations=_allocations(intent, still_open),
            twins_here=tuple(alike),
        )


def _closed(invoices: Iterable[Invoice], intent: Intent) -> list[Invoice]:
    chosen = (each for each in invoices if each.id in intent.invoices)
    return [each for each in chosen if each.balance_due.minor <= 0]


def _allocations(intent: Intent, invoices: Iterable[Invoice]) -> tuple[Allocation, ...]:
    if intent.amount is None:
        return ()
    chosen = {each.id: each for each in invoices if each.id in intent.invoices}
    return tuple(
        replace(each, left_out=intent.leaves_out and not is_there(chosen[each.invoice_id]))
        for each in spread(intent.amount, chosen.values())
    )


def goes_along(record: Client | Invoice) -> bool:
    """Sent with a payment that needs it; that waits for what is neither there nor going along."""
    return record.sync.status in COMES_ALONG


def is_there(record: Client | Invoice) -> bool:
    """In QuickBooks, or on its way: nothing has to go along."""
    return record.sync.status in _THERE


async def _invoices(db: AsyncConnection, firm: FirmId, intent: Intent) -> list[Invoice]:
    """All of the client's; what this form's own payment settles already is open to it."""
    client, own = intent.client_id, intent.edits
    if client is None:
        return []
    if own is None and (saved := await ledger.find_submitted(db, firm, intent.form)):
        own = saved[0]
    payment = await ledger.find_payment(db, firm, own) if own else None
    held = {each.invoice_id: each.amount.minor for each in payment.allocations} if payment else {}
    return [
        replace(each, applied=replace(each.applied, minor=each.applied.minor - held[each.id]))
        if each.id in held
        else each
        for each in await ledger.invoices_of(db, firm, client)
    ]


async def _twins_here(
    db: AsyncConnection, firm: FirmId, intent: Intent, settings: Settings
) -> list[Payment]:
    """Same client, amount and about the same day, unless their references tell them apart."""
    new = _as_payment(intent)
    if new is None or intent.edits:
        return []
    window = timedelta(days=settings.twin_window_days)
    found = [
        await ledger.find_payment(db, firm, each)
        for each in await lists.alike(db, firm, new, window=window, but=intent.form)
    ]
    return [each for each in found if each and not _are_told_apart(each, new)]


def _are_told_apart(payment: Payment, new: NewPayment) -> bool:
    ours, theirs = _key(payment.reference), _key(new.reference)
    return bool(ours and theirs and ours != theirs)


def _key(reference: str | None) -> str:
    """Case and spaces aside, as between here and QuickBooks."""
    return "".join((reference or "").split()).casefold()


def _as_payment(intent: Intent) -> NewPayment | None:
    """None while something is missing that a twin is known by."""
    if intent.client_id is None or intent.amount is None or intent.received_on is None:
        return None
    return NewPayment(
        client_id=intent.client_id,
        amount=intent.amount,
        received_on=intent.received_on,
        method=Method.OTHER,
        reference=intent.reference,
        description=None,
    )
