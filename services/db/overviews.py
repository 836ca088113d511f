"""What staff look over: pages of records, what settles an invoice, what waits and what failed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.records import TABLES
from services.db.tables import allocations, clients, invoices, outbox, payments
from services.domain.allocation import Settling
from services.domain.ids import ClientId, FirmId, InvoiceId
from services.domain.ledger import name_key
from services.domain.pages import ROWS, Place, Search
from services.domain.sync import KEY_MEMORY, OPEN_STATES, EntryState, RecordKind, Status
from services.domain.waiting import Queue

_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)


async def page_of_clients(
    db: AsyncConnection, firm: FirmId, search: Search, place: Place | None
) -> list[tuple[str, ClientId]]:
    """By name; each with its mark, and one more than fits on a page."""
    query = select(clients.c.name_key, clients.c.id).where(
        clients.c.firm_id == firm, *_sought(search, clients.c.status, clients.c.name_key)
    )
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
    """The latest first; each with its mark, and one more than fits on a page."""
    names = (invoices.c.number_key, clients.c.name_key)
    query = (
        select(invoices.c.created_at, invoices.c.id)
        .join(clients, clients.c.id == invoices.c.client_id)
        .where(invoices.c.firm_id == firm, *_sought(search, invoices.c.status, *names))
    )
    back = place is not None and place.back
    if place is not None:
        at, record = _read_mark(place.mark)
        row = tuple_(invoices.c.created_at, invoices.c.id)
        query = query.where(row > (at, record) if back else row < (at, record))
    columns = (invoices.c.created_at, invoices.c.id)
    order = columns if back else [column.desc() for column in columns]
    rows = await db.execute(query.order_by(*order).limit(ROWS + 1))
    return [(_mark(row.created_at, row.id), InvoiceId(row.id)) for row in rows]


def _sought(
    search: Search, status: ColumnElement[str], *names: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    where = [
        or_(*(name.contains(name_key(word), autoescape=True) for name in names))
        for word in search.words
    ]
    return [*where, status.in_(search.statuses)] if search.statuses else where


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
    is_open = outbox.c.state.in_(OPEN_STATES)
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


async def in_trouble(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, *, now: datetime, most: int
) -> list[UUID]:
    """Records that need a person, the oldest first.

    Failed ones, those with a change that was not accepted, and then those of which nobody knows
    for longer than QuickBooks remembers whether they arrived.
    """
    table = TABLES[kind]
    query = select(table.c.id).where(table.c.firm_id == firm, *_turned_away(kind))
    rows = await db.execute(query.order_by(table.c.created_at, table.c.id).limit(most))
    turned_away = [row.id for row in rows]
    unknown = select(outbox.c.record_id).where(*_in_doubt(firm, kind, now))
    rows = await db.execute(unknown.order_by(outbox.c.first_sent_at).limit(most))
    return [*turned_away, *(row.record_id for row in rows)][:most]


async def count_in_trouble(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, *, now: datetime
) -> int:
    """No record is both: what is in doubt is Syncing."""
    table = TABLES[kind]
    turned_away = select(func.count()).select_from(table)
    turned_away = turned_away.where(table.c.firm_id == firm, *_turned_away(kind))
    unknown = select(func.count()).select_from(outbox).where(*_in_doubt(firm, kind, now))
    counts = [(await db.execute(query)).scalar_one() for query in (turned_away, unknown)]
    return sum(counts)


def _turned_away(kind: RecordKind) -> list[ColumnElement[bool]]:
    table = TABLES[kind]
    refused = or_(table.c.status == Status.FAILED, table.c.note_cause.is_not(None))
    return [refused] if kind is RecordKind.CLIENT else [refused, ~table.c.voided]


def _in_doubt(firm: FirmId, kind: RecordKind, now: datetime) -> list[ColumnElement[bool]]:
    return [
        outbox.c.firm_id == firm,
        outbox.c.record_kind == kind,
        outbox.c.state.in_(OPEN_STATES),
        outbox.c.unresolved,
        outbox.c.first_sent_at <= now - KEY_MEMORY,
    ]
