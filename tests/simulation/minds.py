"""What people may come to think of when they see a record, and how likely."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal

from services.domain.ledger import Reason
from services.domain.sync import Status
from tests.simulation.approver import Approver
from tests.simulation.bookkeeper import Bookkeeper
from tests.simulation.staff import Look
from tests.simulation.wishes import (
    AnyWish,
    ClientWish,
    InvoiceWish,
    Kind,
    PaymentWish,
    RefundWish,
)

Choice = tuple[int, Callable[[], Awaitable[object]]]
UNSENT = frozenset({Status.NOT_SYNCED, Status.FAILED, Status.SKIPPED})
VOIDS = 0.5  # So often it comes to mind at all.
STALE = 0.2  # So often a screen shows what is no longer so.
SHARES = (Decimal("0.4"), Decimal(1))


async def change_mind(staff: Approver, bookkeeper: Bookkeeper, wish: AnyWish) -> None:
    """Mostly something that is offered; now and then what a stale screen still shows."""
    look = await staff.look(wish)
    if staff.chance.random() < STALE:
        look.status = staff.chance.choice(list(Status))
    possible = _choices(staff, bookkeeper, wish, look)
    odds = [each for each, _ in possible]
    [(_, deed)] = staff.chance.choices(possible, odds)
    await deed()


def _choices(staff: Approver, bookkeeper: Bookkeeper, wish: AnyWish, look: Look) -> list[Choice]:
    """Each with its odds."""
    found: Iterator[Choice] = iter(())
    match wish:
        case ClientWish():
            found = _about_client(staff, bookkeeper, wish, look)
        case InvoiceWish():
            found = _about_invoice(staff, wish, look)
        case PaymentWish():
            found = _about_payment(staff, bookkeeper, wish, look)
        case RefundWish():
            found = _about_refund(staff, wish, look)
    return [*found, *_about_any(staff, wish, look)]


def _about_client(
    staff: Approver, bookkeeper: Bookkeeper, client: ClientWish, look: Look
) -> Iterator[Choice]:
    chance = staff.chance
    if look.status in UNSENT:
        yield 4, lambda: staff.sync_client(client, anyway=chance.random() < 0.3)
    if look.status is Status.FAILED and client.kind is Kind.NEAR:
        yield 4, lambda: _mend(staff, bookkeeper, client)
    if look.status is Status.SYNCED:
        yield 1, lambda: staff.unsync_client(client, with_records=chance.random() < 0.7)
    if look.status in UNSENT and (other := _other_customer(staff, client)):
        yield 1, lambda: staff.link(client, other)
    yield 2, lambda: staff.edit_client(client)
    if look.record.excluded or chance.random() < 0.5:
        yield 2, lambda: staff.exclude(client, excluded=not look.record.excluded)


async def _mend(staff: Approver, bookkeeper: Bookkeeper, client: ClientWish) -> None:
    bookkeeper.mend_name(client)
    await staff.sync_client(client)


def _other_customer(staff: Approver, client: ClientWish) -> str | None:
    """One of almost the same name."""
    rows = staff.firm.company.customers()
    near = [row["Id"] for row in rows if row["DisplayName"] == client.name.upper()]
    return near[0] if near else None


def _about_invoice(staff: Approver, invoice: InvoiceWish, look: Look) -> Iterator[Choice]:
    chance = staff.chance
    if look.status in UNSENT:
        yield 6, lambda: staff.sync_invoice(invoice, client_first=chance.random() < 0.8)
        if look.record.sync.twin_id:
            yield 4, lambda: staff.link(invoice, look.record.sync.twin_id)
    if look.status is Status.SYNCED:
        yield 3, lambda: staff.unsync_invoice(invoice, credit=chance.random() < 0.7)
        yield 1, lambda: staff.void_invoice(invoice, credit=chance.random() < 0.7)
    yield 2, lambda: staff.edit_invoice(invoice)


def _about_payment(
    staff: Approver, bookkeeper: Bookkeeper, payment: PaymentWish, look: Look
) -> Iterator[Choice]:
    chance = staff.chance
    if look.status in UNSENT:
        yield 6, lambda: staff.sync_payment(payment, send_invoices=chance.random() < 0.8)
        yield 2, lambda: _twice(staff, payment)
        yield from _about_links(staff, payment, look)
    if look.status is Status.SYNCED:
        yield 5, lambda: staff.unsync_payment(payment)
    if look.status in {Status.SYNCED, Status.SYNCING}:
        reason = chance.choice(list(Reason))
        yield 4, lambda: staff.refund(payment, reason, chance.choice(SHARES))
    yield 4 if look.status is Status.SYNCED else 1, lambda: staff.edit_payment(payment)
    if refunds := [each for each in staff.firm.refunds_of(payment) if each.id]:
        yield 3, lambda: change_mind(staff, bookkeeper, chance.choice(refunds))


def _about_links(staff: Approver, payment: PaymentWish, look: Look) -> Iterator[Choice]:
    if twin := look.record.sync.twin_id:
        yield 6, lambda: staff.link(payment, twin)
    if there := staff.firm.company.payments():  # Whoever’s, and of whatever amount.
        yield 1, lambda: staff.link(payment, staff.chance.choice(there)["Id"])


async def _twice(staff: Approver, payment: PaymentWish) -> None:
    await asyncio.gather(staff.sync_payment(payment), staff.sync_payment(payment))


def _about_refund(staff: Approver, refund: RefundWish, look: Look) -> Iterator[Choice]:
    if look.status in UNSENT:
        yield 3, lambda: staff.sync_refund(refund)
    if look.status is Status.SYNCED:
        yield 3, lambda: staff.unsync_refund(refund)
    yield 1, lambda: staff.void_refund(refund)


def _about_any(staff: Approver, wish: AnyWish, look: Look) -> Iterator[Choice]:
    if look.status is Status.SYNCING:
        yield 3, lambda: staff.cancel(wish)
    if look.status is Status.FAILED:
        yield 1, lambda: staff.dismiss(wish)
    if isinstance(wish, PaymentWish) and staff.chance.random() < VOIDS:
        yield 1, lambda: staff.void_payment(wish)
    yield 2, _think_better_of_it


async def _think_better_of_it() -> None:
    pass
