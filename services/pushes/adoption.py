"""Take over what QuickBooks made of a payment: where the money is, and what it settles."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.domain.blame import blame
from services.domain.causes import Cause
from services.domain.ids import InvoiceId
from services.domain.ledger import Allocation, Note, Payment
from services.domain.money import Money
from services.domain.sync import Operation, RecordKind
from services.quickbooks.mapping.payments import EXPENSE, Line, lines_of
from services.quickbooks.mapping.wire import INVOICE, referred


async def adopt_payment(
    db: AsyncConnection, payment: Payment, body: Mapping[str, Any], operation: Operation
) -> Note | None:
    """The ledger says what the books say; a note where they say less than was asked for.

    What was left out of QuickBooks on purpose stays as it is, as far as the money goes.
    """
    lines = lines_of(body)
    settled, elsewhere = await _read_lines(db, payment, lines)
    if lines or payment.allocations:
        used = elsewhere + sum(each.amount.minor for each in settled.values())
        kept = _left_out(payment, settled, most=payment.amount.minor - used)
        await ledger.allot(db, payment.id, [*kept, *settled.values()])
    account = referred(body, "DepositToAccountRef")
    await ledger.place_payment(db, payment.id, account=account, elsewhere=elsewhere)
    return _shortfall(payment, settled, operation)


async def _read_lines(
    db: AsyncConnection, payment: Payment, lines: list[Line]
) -> tuple[dict[InvoiceId, Allocation], int]:
    """What of it settles our invoices; and how much what is not ours, in minor units."""
    if not lines:
        return {}, 0
    ours = await ledger.invoices_tied(db, payment.firm_id, _ids(lines, INVOICE))
    refunds = await ledger.tied(db, payment.firm_id, RecordKind.REFUND, _ids(lines, EXPENSE))
    known = {*ours, *refunds}
    elsewhere = sum(_minor(payment, line) for line in lines if line.qbo_id not in known)
    return _settled(payment, lines, ours), elsewhere


def _left_out(
    payment: Payment, settled: Mapping[InvoiceId, Allocation], *, most: int
) -> Iterator[Allocation]:
    """Credit that was used in QuickBooks meanwhile settles nothing here any more."""
    left = most - payment.credit_returned
    for each in payment.allocations:
        part = min(each.amount.minor, left)
        if each.left_out and each.invoice_id not in settled and part > 0:
            yield replace(each, amount=Money(part, each.amount.currency))
            left -= part


def _ids(lines: Iterable[Line], kind: str) -> list[str]:
    return [line.qbo_id for line in lines if line.kind == kind]


def _settled(
    payment: Payment, lines: Iterable[Line], ours: Mapping[str, InvoiceId]
) -> dict[InvoiceId, Allocation]:
    settled: dict[InvoiceId, Allocation] = {}
    for line in lines:
        invoice, minor = ours.get(line.qbo_id), _minor(payment, line)
        if invoice is not None and minor > 0:
            before = settled[invoice].amount.minor if invoice in settled else 0
            amount = Money(before + minor, payment.amount.currency)
            settled[invoice] = Allocation(invoice, amount)
    return settled


def _minor(payment: Payment, line: Line) -> int:
    return Money.from_decimal(line.amount, payment.amount.currency).minor


def _shortfall(
    payment: Payment, settled: Mapping[InvoiceId, Allocation], operation: Operation
) -> Note | None:
    for asked in payment.allocations:
        there = settled.get(asked.invoice_id)
        applied = there.amount.to_decimal() if there else 0
        if not asked.left_out and applied < asked.amount.to_decimal():
            words = (
                f"{asked.amount.to_decimal()} was meant for {asked.number}, and {applied} of it is"
                " applied there; the rest is the client’s credit."
            )
            cause = Cause.OVER_APPLIED
            return Note(operation, cause, words, blame(payment, cause))
    return None
