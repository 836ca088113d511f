"""Taking a payment out of QuickBooks with all that hangs on it, in the caller's transaction."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox
from services.domain.ids import UserId
from services.domain.ledger import Invoice, Payment, Record, Refund
from services.domain.sync import REMOVALS, Action, Operation, RecordKind, Status
from services.domain.wishes import Wish
from services.errors import Refused
from services.intentions import ask_to_remove, cancel, check, untie, write_audit
from services.pushes.refunds import WITH_ITS_PAYMENT


async def remove_payment(
    db: AsyncConnection, payment: Payment, *, by: UserId, at: datetime, voids: bool = False
) -> None:
    """Its refunds go first, each that we created in QuickBooks; one that is linked is let go."""
    check(payment, Action.UNSYNC)
    refunds = await ledger.refunds_of(db, payment)
    for refund in refunds:
        await _take_along(db, refund, by=by, at=at)
    leaves = any(refund.sync.is_in_quickbooks for refund in refunds)
    if payment.sync.linked and not leaves:
        await untie(db, payment, by=by, at=at)
        await _forget_books(db, payment)
        if voids:
            await ledger.allot(db, payment.id, [])
            await ledger.set_facts(db, RecordKind.PAYMENT, payment.id, voided=True)
            change = {"status": [Status.NOT_SYNCED, Status.NOT_SYNCED], "voided": True}
            await write_audit(db, payment, "payment voided", change, by=by, at=at)
            await ledger.void_refunds(db, payment.firm_id, payment.id, by=by, at=at)
        return
    operation = Operation.RELEASE if payment.sync.linked else Operation.DELETE
    wish = Wish(voids_record=voids)
    await ask_to_remove(db, payment, operation, by=by, at=at, wish=wish)


async def _take_along(db: AsyncConnection, refund: Refund, *, by: UserId, at: datetime) -> None:
    match refund.sync.status:
        case Status.SYNCED:
            await remove_refund(db, refund, by=by, at=at, with_its_payment=True)
        case Status.SYNCING:
            await _call_back(db, refund, by=by, at=at)
        case Status.NOT_SYNCED | Status.FAILED | Status.SKIPPED:
            pass


async def remove_refund(
    db: AsyncConnection,
    refund: Refund,
    *,
    by: UserId,
    at: datetime,
    voids: bool = False,
    with_its_payment: bool = False,
) -> None:
    """A returned credit is untied from its payment before it is deleted."""
    wish = Wish(
        details={WITH_ITS_PAYMENT: True} if with_its_payment else {},
        then=Operation.DELETE if refund.applied else None,
        voids_record=voids,
    )
    operation = Operation.UNAPPLY if refund.applied else Operation.DELETE
    await ask_to_remove(db, refund, operation, by=by, at=at, wish=wish)


async def _call_back(db: AsyncConnection, record: Record, *, by: UserId, at: datetime) -> None:
    """What is on its way out already goes on; what is on its way in must not have been sent."""
    entry = await outbox.find_open(db, record.id)
    if entry is None or entry.operation in REMOVALS:
        return
    if entry.operation is not Operation.CREATE or not entry.may_be_cancelled:
        raise Refused(f"{record.name} is just on its way. Try again in a moment.")
    await cancel(db, record, by=by, at=at)


async def remove_client_records(
    db: AsyncConnection,
    payments: list[Payment],
    invoices: list[Invoice],
    *,
    by: UserId,
    at: datetime,
) -> None:
    """Unsync or unlink all of a client's; payments before the invoices that they settle."""
    records: list[Payment | Invoice] = [*payments, *invoices]
    for record in records:
        if record.sync.status is Status.SYNCING:
            await _call_back(db, record, by=by, at=at)
        elif record.sync.status is Status.SYNCED and isinstance(record, Payment):
            await remove_payment(db, record, by=by, at=at)
        elif record.sync.status is Status.SYNCED and record.sync.linked:
            await untie(db, record, by=by, at=at)
        elif record.sync.status is Status.SYNCED:
            await ask_to_remove(db, record, Operation.DELETE, by=by, at=at)


async def _forget_books(db: AsyncConnection, payment: Payment) -> None:
    """QuickBooks keeps what it made of it; here it is no longer known."""
    unknown = {"deposit_account_id": None, "applied_elsewhere_minor": 0}
    await ledger.set_facts(db, RecordKind.PAYMENT, payment.id, **unknown)
