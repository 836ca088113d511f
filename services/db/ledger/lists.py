"""Lists: pages of payments, those that look alike, a payment's refunds and history."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from operator import ge, le
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.refunds import find_refund
from services.db.tables import audit, clients, payments, refunds
from services.domain.filters import PaymentFilter
from services.domain.ids import FirmId, PaymentId, RefundId
from services.domain.ledger import NewPayment, Payment, Refund, name_key
from services.domain.pages import ROWS, Place

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


async def page(
    db: AsyncConnection, firm: FirmId, sought: PaymentFilter, place: Place | None
) -> list[tuple[str, PaymentId]]:
    """The latest first; each with its mark, and one more than fits on a page.

    It goes from row to row in the order of the numbers, so a page far back costs what the first
    one costs.
    """
    number, back = payments.c.number, place is not None and place.back
    query = (
        select(number, payments.c.id)
        .join(clients, clients.c.id == payments.c.client_id)
        .where(payments.c.firm_id == firm, *_sought(sought))
        .order_by(number if back else number.desc())
        .limit(ROWS + 1)
    )
    if place is not None:
        mark = int(place.mark)
        query = query.where(number > mark if back else number < mark)
    return [(str(row.number), PaymentId(row.id)) for row in await db.execute(query)]


def _sought(sought: PaymentFilter) -> list[ColumnElement[bool]]:
    amount, on = payments.c.amount_minor, payments.c.received_on
    any_of: list[tuple[ColumnElement[Any], Collection[object]]] = [
        (payments.c.status, sought.statuses),
        (payments.c.method, sought.methods),
        (payments.c.number, sought.numbers),
        (amount, sought.amounts),
    ]
    bounds = [
        (amount, ge, sought.least),
        (amount, le, sought.most),
        (on, ge, sought.since),
        (on, le, sought.until),
    ]
    return [
        payments.c.voided == sought.void,
        *(_names(word) for word in sought.words),
        *(column.in_(values) for column, values in any_of if values),
        *(compare(column, bound) for column, compare, bound in bounds if bound is not None),
    ]


def _names(word: str) -> ColumnElement[bool]:
    """In the client's name, or in the reference."""
    named = clients.c.name_key.contains(name_key(word), autoescape=True)
    return named | payments.c.reference.icontains(word, autoescape=True)


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
        .order_by(audit.c.id.desc())
        .limit(most)
    )
    return (await db.execute(query)).all()
