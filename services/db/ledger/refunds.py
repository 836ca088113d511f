"""Refunds, as statements."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.audit import write_audit
from services.db.ledger.payments import find_payment
from services.db.ledger.records import sync_facts
from services.db.tables import allocations, invoices, refunds
from services.domain.ids import FirmId, PaymentId, RefundId, UserId
from services.domain.ledger import Payment, Reason, Refund
from services.domain.money import Money
from services.domain.sync import RecordKind, Status

_ITEM = (
    select(invoices.c.item_id)
    .join(allocations, allocations.c.invoice_id == invoices.c.id)
    .where(allocations.c.payment_id == refunds.c.payment_id, invoices.c.item_id.is_not(None))
    .order_by(invoices.c.due_on, invoices.c.number)
    .limit(1)
    .scalar_subquery()
)
_REFUND = select(refunds, _ITEM.label("item_id"))


async def insert_refund(
    db: AsyncConnection,
    refund: Refund,
    *,
    generation: int,
    submission: tuple[str, str],
    at: datetime,
) -> None:
    """`submission`: the modal's id and the digest of what was typed."""
    await db.execute(
        insert(refunds),
        {
            "id": refund.id,
            "firm_id": refund.firm_id,
            "number": refund.number,
            "payment_id": refund.payment.id,
            "amount_minor": refund.amount.minor,
            "currency": refund.amount.currency,
            "reason": refund.reason,
            "account_id": refund.account_id,
            "refunded_on": refund.refunded_on,
            "applied": False,
            "voided": False,
            "submission_id": submission[0],
            "submission_digest": submission[1],
            "status": refund.sync.status,
            "generation": generation,
            "created_by": refund.recorded_by,
            "created_at": at,
        },
    )


async def find_refund(db: AsyncConnection, firm: FirmId, refund: RefundId) -> Refund | None:
    return await _find(db, firm, refunds.c.id == refund)


async def find_refund_by_number(db: AsyncConnection, firm: FirmId, number: int) -> Refund | None:
    return await _find(db, firm, refunds.c.number == number)


async def find_submitted_refund(
    db: AsyncConnection, firm: FirmId, submission_id: str
) -> tuple[RefundId, int, str] | None:
    """The refund that this modal was saved as: id, number, and the digest of what was typed."""
    query = select(refunds.c.id, refunds.c.number, refunds.c.submission_digest).where(
        refunds.c.firm_id == firm, refunds.c.submission_id == submission_id
    )
    row = (await db.execute(query)).one_or_none()
    return (RefundId(row.id), row.number, row.submission_digest) if row else None


async def refunds_of(db: AsyncConnection, payment: Payment) -> list[Refund]:
    """A payment's, void ones left out."""
    query = _REFUND.where(refunds.c.payment_id == payment.id, ~refunds.c.voided).order_by(
        refunds.c.number
    )
    return [_refund(row, payment) for row in (await db.execute(query)).mappings()]


async def void_refunds(
    db: AsyncConnection, firm: FirmId, payment: PaymentId, *, by: UserId, at: datetime
) -> None:
    """Their payment is void, and none of them is in QuickBooks, or on its way."""
    its = [refunds.c.payment_id == payment, ~refunds.c.voided]
    found = (await db.execute(select(refunds.c.id, refunds.c.status).where(*its))).all()
    unsaid = dict.fromkeys(("cause", "detail", "blame", "tid", "twin_id"))
    await db.execute(
        update(refunds)
        .where(*its)
        .values(status=Status.NOT_SYNCED, voided=True, version=refunds.c.version + 1, **unsaid)
    )
    for refund, status in found:
        await write_audit(
            db,
            firm=firm,
            at=at,
            actor=by,
            action="refund voided",
            record_kind=RecordKind.REFUND,
            record_id=str(refund),
            change={"status": [status, Status.NOT_SYNCED], "voided": True},
        )


async def _find(db: AsyncConnection, firm: FirmId, which: Any) -> Refund | None:  # noqa: ANN401 - SQL
    query = _REFUND.where(refunds.c.firm_id == firm, which)
    row = (await db.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    payment = await find_payment(db, firm, PaymentId(row["payment_id"]))
    if payment is None:
        raise LookupError(f"refund {row['number']} has no payment")
    return _refund(row, payment)


def _refund(row: Any, payment: Payment) -> Refund:  # noqa: ANN401 - a row's mapping.
    return Refund(
        id=RefundId(row["id"]),
        firm_id=FirmId(row["firm_id"]),
        number=row["number"],
        payment=payment,
        amount=Money(row["amount_minor"], row["currency"]),
        reason=Reason(row["reason"]),
        account_id=row["account_id"],
        refunded_on=row["refunded_on"],
        recorded_by=UserId(row["created_by"]),
        sync=sync_facts(row),
        applied=row["applied"],
        item_id=row["item_id"],
        voided=row["voided"],
    )
