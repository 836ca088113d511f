"""Lists: payments that look alike, a payment's refunds and history."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.refunds import find_refund
from services.db.tables import audit, payments, refunds
from services.domain.ids import FirmId, PaymentId, RefundId
from services.domain.ledger import NewPayment, Payment, Refund

MOST_ALIKE = 5  # Enough to make somebody think.


async def alike(
    db: AsyncConnection, firm: FirmId, new: NewPayment, *, window: timedelta, but: str
) -> list[PaymentId]:
    """The client's latest of the same amount within the window of days.

    `but`: what this modal was saved as is not its own twin.
    """
    query = (
        select(payments.c.id)
        .where(
            payments.c.firm_id == firm,
            payments.c.client_id == new.client_id,
            payments.c.amount_minor == new.amount.minor,
            payments.c.received_on.between(new.received_on - window, new.received_on + window),
            payments.c.submission_id != but,
            ~payments.c.voided,
        )
        .order_by(payments.c.received_on.desc())  # As its index has them: five are soon found.
        .limit(MOST_ALIKE)
    )
    return [PaymentId(row.id) for row in await db.execute(query)]


async def all_refunds(db: AsyncConnection, payment: Payment) -> list[Refund]:
    """A payment's, void ones included."""
    query = select(refunds.c.id).where(refunds.c.payment_id == payment.id)
    rows = (await db.execute(query.order_by(refunds.c.number))).all()
    found = [await find_refund(db, payment.firm_id, RefundId(row.id)) for row in rows]
    return [each for each in found if each is not None]


async def history(
    db: AsyncConnection, firm: FirmId, records: Sequence[str], *, most: int
) -> Sequence[Row[Any]]:
    """Rows of the audit about these records, the latest first."""
    query = (
        select(audit)
        .where(audit.c.record_id.in_(records), audit.c.firm_id == firm)
        .with_hint(audit, "INDEXED BY ix_audit_record", "sqlite")  # The firm's are many.
        .order_by(audit.c.sequence.desc())
        .limit(most)
    )
    return (await db.execute(query)).all()
