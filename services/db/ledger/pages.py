"""Pages of payments, as fast after many years as after one.

What people seek is mostly common: it is found among the payments nearest to where they are. Only
what is rarer is looked for in all years, by the index that holds it.
"""

from collections.abc import Collection
from operator import ge, le
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import clients, payments
from services.domain.filters import PaymentFilter
from services.domain.ids import FirmId, PaymentId
from services.domain.ledger import name_key
from services.domain.pages import ROWS, Place
from services.domain.sync import Status

NEAR = 2_000  # Records that are looked at one by one: a few milliseconds.
# How far to look, in payments, before all are looked through: a client who pays each month is found
# in the second.
SPANS = (NEAR, 64_000, None)
_NUMBER = payments.c.number


async def page(
    db: AsyncConnection, firm: FirmId, sought: PaymentFilter, place: Place | None
) -> list[tuple[str, PaymentId]]:
    """The latest first; each with its mark, and one more than fits on a page."""
    found: list[tuple[str, PaymentId]] = []
    for span in (None,) if sought.numbers else SPANS:
        query = _page(db, firm, sought, place, span)
        found = [(str(row.number), PaymentId(row.id)) for row in await db.execute(query)]
        if len(found) > ROWS:
            break
    return found


def _page(
    db: AsyncConnection,
    firm: FirmId,
    sought: PaymentFilter,
    place: Place | None,
    span: int | None,
) -> Select[Any]:
    back = place is not None and place.back
    here = _stretch(firm, place, span)
    query = (
        select(_NUMBER, payments.c.id)
        .where(payments.c.firm_id == firm, *here, *_facts(sought))
        .order_by(_NUMBER if back else _NUMBER.desc())
        .limit(ROWS + 1)
    )
    if sought.words:
        return query.where(*(_NUMBER.in_(_holding(db, word, firm, here)) for word in sought.words))
    # There are no statistics that could tell SQLite how few are void or Failed.
    return query.with_hint(payments, f"INDEXED BY {_index_for(sought)}", "sqlite")


def _stretch(firm: FirmId, place: Place | None, span: int | None) -> list[ColumnElement[bool]]:
    """The numbers from this place on, over so many payments."""
    if place is None:
        latest = select(func.max(_NUMBER)).where(payments.c.firm_id == firm).scalar_subquery()
        return _between(_NUMBER, None if span is None else latest - span, None)
    mark = int(place.mark)
    if place.back:
        return _between(_NUMBER, mark + 1, span and mark + span)
    return _between(_NUMBER, span and mark - span, mark - 1)


def _holding(
    db: AsyncConnection, word: str, firm: FirmId, here: list[ColumnElement[bool]]
) -> CompoundSelect[Any]:
    """Numbers of the payments with the word in their client's name, or in their reference."""
    key = clients.c.name_key.contains(name_key(word), autoescape=True)
    theirs = select(_NUMBER).join(clients, clients.c.id == payments.c.client_id)
    return union_all(
        theirs.where(clients.c.firm_id == firm, key, *here),
        select(_NUMBER).where(payments.c.firm_id == firm, _refers(db, word), *here),
    )


def _refers(db: AsyncConnection, word: str) -> ColumnElement[bool]:
    """Whatever its case: that is how SQLite's LIKE, by itself, reads the letters of ASCII."""
    if db.dialect.name == "sqlite":
        return payments.c.reference.contains(word, autoescape=True)
    return payments.c.reference.icontains(word, autoescape=True)


def _index_for(sought: PaymentFilter) -> str:
    if sought.void:
        return "ix_payments_void"
    if sought.statuses and Status.SYNCED not in sought.statuses:
        return "ix_payments_of_status"
    if sought.since and not (sought.methods or sought.amounts or sought.least or sought.most):
        return "ix_payments_of_day"
    return "ix_payments_sought"


def _facts(sought: PaymentFilter) -> list[ColumnElement[bool]]:
    amount, on = payments.c.amount_minor, payments.c.received_on
    any_of: list[tuple[ColumnElement[Any], Collection[object]]] = [
        (payments.c.status, sought.statuses),
        (payments.c.method, sought.methods),
        (_NUMBER, sought.numbers),
        (amount, sought.amounts),
    ]
    return [
        payments.c.voided == sought.void,
        *(column.in_(values) for column, values in any_of if values),
        *_between(amount, sought.least, sought.most),
        *_between(on, sought.since, sought.until),
    ]


def _between(column: ColumnElement[Any], least: Any, most: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - SQL
    """None is no bound."""
    bounds = ((ge, least), (le, most))
    return [compare(column, bound) for compare, bound in bounds if bound is not None]
