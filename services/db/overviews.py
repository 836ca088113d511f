"""What staff look over: pages of records, what settles an invoice, what waits and what failed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Row,
    Select,
    exists,
    func,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.pages import NEAR
from services.db.tables import ENTRY_IS_OPEN, allocations, clients, invoices, outbox, payments
from services.domain.allocation import Settling
from services.domain.ids import ClientId, FirmId, InvoiceId
from services.domain.ledger import name_key
from services.domain.pages import ROWS, Place, Search
from services.domain.sync import EntryState, Status
from services.domain.waiting import Queue

_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)


async def page_of_clients(
    db: AsyncConnection, firm: FirmId, search: Search, place: Place | None
) -> list[tuple[str, ClientId]]:
    """By name; each with its mark, and one more than fits on a page."""
    query = select(clients.c.name_key, clients.c.id).where(
        clients.c.firm_id == firm, *(_holds(clients, word) for word in search.words)
    )
    if search.statuses:
        query = query.where(clients.c.status.in_(search.statuses))
    back = place is not None and place.back
    if place is not None:
        key = clients.c.name_key
        query = query.where(key < place.mark if back else key > place.mark)
    order = clients.c.name_key.desc() if back else clients.c.name_key
    rows = await db.execute(query.order_by(order).limit(ROWS + 1))
    return [(row.name_key, ClientId(row.id)) for row in rows]


async def page_of_invoices(
    db: AsyncConnection, firm: FirmId, search: Search, place: Place | None
) -> list[tuple[str, InvoiceId]]:
    """The latest first; each with its mark, and one more than fits on a page.

    What is common is found among the nearest; only what is rarer is looked for in all years.
    """
    rows: Sequence[Row[Any]] = ()
    for query in (_nearby(firm, search, place), _anywhere(firm, search, place)):
        rows = (await db.execute(query)).all()
        if len(rows) > ROWS:
            break
    return [(_mark(row.created_at, row.id), InvoiceId(row.id)) for row in rows]


def _nearby(firm: FirmId, search: Search, place: Place | None) -> Select[Any]:
    near = _from_here(select(invoices), firm, place).limit(NEAR).subquery()
    own = exists().where(clients.c.id == near.c.client_id)
    query = select(near.c.created_at, near.c.id).where(
        *(own.where(_holds(clients, word)) | _holds(near, word) for word in search.words)
    )
    if search.statuses:
        query = query.where(near.c.status.in_(search.statuses))
    return query.limit(ROWS + 1)  # In the order that they are near.


def _anywhere(firm: FirmId, search: Search, place: Place | None) -> Select[Any]:
    query = _from_here(select(invoices.c.created_at, invoices.c.id), firm, place)
    if search.words:
        query = query.where(*(invoices.c.id.in_(_holding(firm, word)) for word in search.words))
    elif search.statuses:  # SQLite cannot know that few are Failed.
        query = query.with_hint(invoices, "INDEXED BY ix_invoices_of_status", "sqlite")
    if search.statuses:
        query = query.where(invoices.c.status.in_(search.statuses))
    return query.limit(ROWS + 1)


def _from_here(query: Select[Any], firm: FirmId, place: Place | None) -> Select[Any]:
    columns = (invoices.c.created_at, invoices.c.id)
    back = place is not None and place.back
    query = query.where(invoices.c.firm_id == firm)
    if place is not None:
        mark = _read_mark(place.mark)
        query = query.where(tuple_(*columns) > mark if back else tuple_(*columns) < mark)
    return query.order_by(*(columns if back else (column.desc() for column in columns)))


def _holds(table: FromClause, word: str) -> ColumnElement[bool]:
    """In what an invoice or a client is called."""
    key = table.c.name_key if table is clients else table.c.number_key
    return key.contains(name_key(word), autoescape=True)


def _holding(firm: FirmId, word: str) -> CompoundSelect[Any]:
    own = select(invoices.c.id).join(clients, clients.c.id == invoices.c.client_id)
    return union_all(
        own.where(clients.c.firm_id == firm, _holds(clients, word)),
        select(invoices.c.id).where(invoices.c.firm_id == firm, _holds(invoices, word)),
    )


def _mark(at: datetime, record: UUID) -> str:
    return f"{(at - _EPOCH) // _MICROSECOND}-{record.hex}"


def _read_mark(mark: str) -> tuple[datetime, UUID]:
    at, _, record = mark.partition("-")
    return _EPOCH + int(at) * _MICROSECOND, UUID(record)


async def settling(db: AsyncConnection, invoice: InvoiceId) -> list[Settling]:
    """What payments settle of an invoice, the oldest first."""
    query = (
        select(
            payments.c.number,
            allocations.c.amount_minor,
            allocations.c.left_out,
            payments.c.status,
        )
        .join(payments, payments.c.id == allocations.c.payment_id)
        .where(
            allocations.c.invoice_id == invoice,
            allocations.c.amount_minor > 0,
            ~payments.c.voided,
        )
        .order_by(payments.c.number)
    )
    return [
        Settling(row.number, row.amount_minor, row.left_out, Status(row.status))
        for row in await db.execute(query)
    ]


async def queue_of(db: AsyncConnection, firm: FirmId, *, now: datetime) -> Queue:
    is_open = text(ENTRY_IS_OPEN)
    put_off = (
        outbox.c.state != EntryState.SENDING,
        outbox.c.waits_for.is_not(None),
        outbox.c.due_at > now,
    )
    counted = select(func.count()).select_from(outbox).where(outbox.c.firm_id == firm, is_open)
    earliest = (
        select(outbox.c.due_at)
        .where(outbox.c.firm_id == firm, is_open, *put_off)
        .order_by(outbox.c.due_at)
        .limit(1)
    )
    return Queue(
        waiting=int((await db.execute(counted)).scalar_one()),
        next_retry_at=(await db.execute(earliest)).scalar_one_or_none(),
    )
