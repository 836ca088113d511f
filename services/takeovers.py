"""What a linked record takes over from QuickBooks, in the caller's transaction.

The ledger says what the books say; what was typed before stays in the history.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.domain.connection import Company
from services.domain.ids import UserId
from services.domain.ledger import MAX_REFERENCE, Invoice, InvoiceLine, Payment, Record
from services.domain.sync import RecordKind
from services.intentions import write_audit
from services.quickbooks.mapping import invoices, payments

_CALLED = {
    "received_on": "date",
    "invoiced_on": "date",
    "due_on": "due date",
    "reference": "reference",
    "method": "method",
    "number": "number",
    "lines": "other lines",
}


async def take_over_payment(
    db: AsyncConnection,
    payment: Payment,
    row: Mapping[str, Any],
    company: Company,
    *,
    by: UserId,
    at: datetime,
) -> None:
    theirs = payments.as_there(payment, row, company)
    if theirs != payment:
        await ledger.change_payment(db, theirs)
        await _write_down(db, payment, theirs, by=by, at=at)


async def take_over_invoice(
    db: AsyncConnection, invoice: Invoice, row: Mapping[str, Any], *, by: UserId, at: datetime
) -> None:
    """Its own number stays where QuickBooks has none, or has one that another of ours bears."""
    theirs = replace(invoices.as_there(invoice, row), number=await _number(db, invoice, row))
    if theirs != invoice:
        await ledger.change_invoice(db, theirs)
        for settling, *_ in await ledger.payments_on(db, invoice.id):
            await ledger.touch(db, RecordKind.PAYMENT, settling)  # Its message names the invoice.
        await _write_down(db, invoice, theirs, by=by, at=at)


async def _number(db: AsyncConnection, invoice: Invoice, row: Mapping[str, Any]) -> str:
    there = str(row.get("DocNumber") or "")
    if not there or len(there) > MAX_REFERENCE:
        return invoice.number
    bearer = await ledger.find_invoice_by_number(db, invoice.firm_id, there)
    return there if bearer is None or bearer.id == invoice.id else invoice.number


async def _write_down(
    db: AsyncConnection, before: Record, after: Record, *, by: UserId, at: datetime
) -> None:
    changed = {
        name: [_told(getattr(each, name)) for each in (before, after)]
        for name in _CALLED
        if getattr(before, name, None) != getattr(after, name, None)
    }
    was = [
        words if name == "lines" else f"{words} {changed[name][0]}"
        for name, words in _CALLED.items()
        if name in changed
    ]
    change = {**changed, "why": f"before: {', '.join(was)}"}
    await write_audit(db, before, "taken over", change, by=by, at=at)


def _told(value: object) -> str:
    if isinstance(value, tuple):  # Lines.
        return "; ".join(map(_line, value))
    return "none" if value is None else str(value)


def _line(line: InvoiceLine) -> str:
    return f"{line.description}: {line.quantity} at {line.unit_price.to_decimal()}"
