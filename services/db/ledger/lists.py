"""Payments in lists: those that look alike, and a page of those that somebody seeks."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import payments
from services.domain.ids import FirmId, PaymentId
from services.domain.ledger import NewPayment

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
        .order_by(payments.c.number.desc())
        .limit(MOST_ALIKE)
    )
    return [PaymentId(row.id) for row in await db.execute(query)]
