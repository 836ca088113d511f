"""Changing a payment, in the caller's transaction: here, and in QuickBooks if it is there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.allotting import allocatable
from services.db import ledger
from services.domain.changes import as_typed, keep_payment_change
from services.domain.ids import InvoiceId, UserId
from services.domain.ledger import Allocation, Invoice, NewPayment, Payment
from services.domain.sync import Status
from services.errors import Refused
from services.intentions import ask_to_change, write_audit


async def edit_payment(
    db: AsyncConnection, payment: Payment, wanted: NewPayment, *, by: UserId, at: datetime
) -> None:
    """What is in QuickBooks changes once QuickBooks has accepted it.

    Refused while the payment is on its way, and for what no payment can become.
    """
    invoices = await _check_edit(db, payment, wanted)
    if as_typed(payment) == wanted:
        return
    details = dict(keep_payment_change(wanted))
    if payment.sync.status is Status.SYNCED:
        _check_sendable(wanted.allocations, invoices)
        await ask_to_change(db, payment, details, by=by, at=at)
        await ledger.reserve(db, payment.id, wanted.allocations)
    else:
        await ledger.change_payment(db, _changed(payment, wanted))
        await ledger.allot(db, payment.id, wanted.allocations)
        before = keep_payment_change(as_typed(payment))
        change = {"before": before, "after": details}
        await write_audit(db, payment, "payment edited", change, by=by, at=at)


async def _check_edit(
    db: AsyncConnection, payment: Payment, wanted: NewPayment
) -> dict[InvoiceId, Invoice]:
    if payment.voided:
        raise Refused(f"{payment.name} is void.")
    if payment.sync.status is Status.SYNCING:
        raise Refused(f"{payment.name} is on its way. Try again in a moment.")
    if wanted.client_id != payment.client.id:
        raise Refused("A payment stays with its client. Delete it, and record another.")
    if wanted.amount.currency != payment.amount.currency:
        raise Refused(f"{payment.name} is in {payment.amount.currency}.")
    if wanted.amount.minor < payment.refunded:
        raise Refused("More than that was refunded already.")
    held = {each.invoice_id: each.amount.minor for each in payment.allocations}
    invoices = await allocatable(db, payment.client, wanted, held)
    settled = sum(each.amount.minor for each in wanted.allocations)
    if settled + payment.credit_returned + payment.applied_elsewhere > wanted.amount.minor:
        raise Refused("That leaves less than what was refunded or is applied already.")
    return invoices


def _check_sendable(allocations: Sequence[Allocation], invoices: dict[InvoiceId, Invoice]) -> None:
    for each in allocations:
        invoice = invoices[each.invoice_id]
        if not each.left_out and invoice.sync.status is not Status.SYNCED:
            raise Refused(f"{invoice.name} is not in QuickBooks. Sync it first.")


def _changed(payment: Payment, wanted: NewPayment) -> Payment:
    return replace(
        payment,
        amount=wanted.amount,
        received_on=wanted.received_on,
        method=wanted.method,
        reference=wanted.reference,
        description=wanted.description,
    )
