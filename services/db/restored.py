"""What a restored ledger is asked, and what is done to it before anybody works with it."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.records import TABLES
from services.db.notices import column_of, is_behind
from services.db.tables import ENTRY_IS_OPEN, audit, firms, outbox, payments, refunds
from services.domain.ids import OPERATOR, EntryId, FirmId, PaymentId
from services.domain.ledger import Reason, Record, kind_of
from services.domain.postings import Surface
from services.domain.sync import EntryState, Operation, RecordKind, Status, WireKey, wire_key

SKIPPED = 1_000  # Generations and numbers: more than anybody gives out between two backups.
_AT_ONCE = 500
_STREAMED = {"yield_per": _AT_ONCE}
_AMOUNTS = {
    RecordKind.INVOICE: ("total_minor", "invoiced_on"),
    RecordKind.PAYMENT: ("amount_minor", "received_on"),
    RecordKind.REFUND: ("amount_minor", "refunded_on"),
}


async def skip_ahead(db: AsyncConnection, firm: FirmId) -> None:
    """Give out no key and no number that was given out after the backup.

    QuickBooks answers for a key that it knows as it did before, though what it made is gone.
    """
    for table in TABLES.values():
        ahead = {table.c.generation: table.c.generation + SKIPPED}
        if "told_generation" in table.c:
            ahead[table.c.told_generation] = table.c.told_generation + SKIPPED
        await db.execute(update(table).where(table.c.firm_id == firm).values(ahead))
    numbers = [column for column in firms.c if column.name.startswith("next_")]
    ahead = {column: column + SKIPPED for column in numbers}
    await db.execute(update(firms).where(firms.c.id == firm).values(ahead))


async def look_for_messages(db: AsyncConnection, firm: FirmId) -> None:
    """What was not posted yet at the time of the backup may have been since."""
    for surface in Surface:
        attempt = payments.c[column_of(surface, "attempt")]
        unposted = payments.c[column_of(surface, "ts")].is_(None)
        own = (payments.c.firm_id == firm, is_behind(surface), unposted, attempt == 0)
        await db.execute(update(payments).where(*own).values({attempt: 1}))


async def last_change(db: AsyncConnection, firm: FirmId, *, before: datetime) -> datetime | None:
    query = select(func.max(audit.c.at)).where(audit.c.firm_id == firm, audit.c.at < before)
    found: datetime | None = (await db.execute(query)).scalar_one_or_none()
    return found


async def tied(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, ids: Collection[str], reason: Reason | None
) -> dict[str, Row[Any]]:
    """Which records these objects are: `id`, `status`, and where there are any, `minor`,
    `currency` and `on`. `reason` tells refund receipts from expenses.
    """  # noqa: D205 - the columns are one list.
    table = TABLES[kind]
    columns: list[ColumnElement[Any]] = [table.c.id, table.c.status, table.c.qbo_id]
    if kind in _AMOUNTS:
        minor, on = _AMOUNTS[kind]
        columns += [table.c[minor].label("minor"), table.c.currency, table.c[on].label("on")]
    query = select(*columns).where(*_of(firm, kind, reason), table.c.qbo_id.in_(ids))
    return {row.qbo_id: row for row in await db.execute(query)}


async def synced(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, reason: Reason | None
) -> AsyncIterator[tuple[UUID, str]]:
    """Each record that is held to be in QuickBooks, and as what."""
    table = TABLES[kind]
    query = select(table.c.id, table.c.qbo_id).where(
        *_of(firm, kind, reason), table.c.status == Status.SYNCED
    )
    async for row in _streamed(db, query):
        yield row.id, row.qbo_id


async def generations(
    db: AsyncConnection, firm: FirmId, kind: RecordKind
) -> AsyncIterator[tuple[UUID, int]]:
    table = TABLES[kind]
    async for row in _streamed(db, select(table.c.id, table.c.generation).where(*_of(firm, kind))):
        yield row.id, row.generation


async def made_under(
    db: AsyncConnection, firm: FirmId, request_ids: Collection[str]
) -> dict[str, UUID]:
    """Whose creation was asked for under each of these keys, of those that are known."""
    query = select(outbox.c.request_id, outbox.c.record_id).where(
        outbox.c.firm_id == firm,
        outbox.c.request_id.in_(request_ids),
        outbox.c.operation == Operation.CREATE,
    )
    return {row.request_id: row.record_id for row in await db.execute(query)}


async def settle(db: AsyncConnection, entry: EntryId, *, at: datetime) -> None:
    """It is done, whatever it was about."""
    await db.execute(
        update(outbox)
        .where(outbox.c.id == entry)
        .values(state=EntryState.DONE, unresolved=False, settled_at=at)
    )


async def note_key(db: AsyncConnection, record: Record, key: WireKey, *, at: datetime) -> None:
    """We gave it out, and QuickBooks has the record by it."""
    known = select(outbox.c.id).where(outbox.c.request_id == key.request_id)
    if (await db.execute(known)).first() is None:
        facts = {
            "firm_id": record.firm_id,
            "record_kind": kind_of(record),
            "record_id": record.id,
            "operation": Operation.CREATE,
            "request_id": key.request_id,
            "state": EntryState.DONE,
            "requested_by": OPERATOR,
        }
        moments = dict.fromkeys(("due_at", "created_at", "settled_at"), at)
        await db.execute(insert(outbox), {**facts, **moments})


async def open_entries(
    db: AsyncConnection, firm: FirmId, *, before: datetime, after: int
) -> list[Row[Any]]:
    """What was on its way at the time of the backup, a handful from entry `after` on."""
    query = select(outbox.c.id, outbox.c.record_kind, outbox.c.record_id, outbox.c.operation).where(
        outbox.c.firm_id == firm,
        text(ENTRY_IS_OPEN),
        outbox.c.created_at < before,
        outbox.c.id > after,
    )
    return list(await db.execute(query.order_by(outbox.c.id).limit(_AT_ONCE // 2)))


async def begin_anew(db: AsyncConnection, entry: Row[Any], *, now: datetime) -> None:
    """Send it under another key, as if for the first time: it is known not to be there."""
    table = TABLES[RecordKind(entry.record_kind)]
    ahead = update(table).where(table.c.id == entry.record_id).returning(table.c.generation)
    begun = await db.execute(ahead.values(generation=table.c.generation + 1))
    key = wire_key(entry.record_id, Operation(entry.operation), int(begun.scalar_one()))
    await db.execute(
        update(outbox)
        .where(outbox.c.id == entry.id)
        .values(request_id=key.request_id, **_AS_IF_NEVER_SENT, due_at=now)
    )


_AS_IF_NEVER_SENT: dict[str, object] = {
    "state": EntryState.PENDING,
    "attempt": 0,
    "unresolved": False,
    "same_answers": 0,
    **dict.fromkeys(("body", "lease_epoch", "first_sent_at", "last_sent_at", "waits_for")),
    **dict.fromkeys(("refused_cause", "refused_detail", "refused_code", "refused_tid")),
}


async def show_nothing_yet(db: AsyncConnection, payment: PaymentId) -> None:
    """Nobody waits for a message about it; the next change is shown."""
    await db.execute(
        update(payments).where(payments.c.id == payment).values(notice_version=payments.c.version)
    )


def _of(firm: FirmId, kind: RecordKind, reason: Reason | None = None) -> list[ColumnElement[bool]]:
    own = [TABLES[kind].c.firm_id == firm]
    return own if reason is None else [*own, refunds.c.reason == reason]


async def _streamed(db: AsyncConnection, query: Select[Any]) -> AsyncIterator[Row[Any]]:
    async with db.stream(query, execution_options=_STREAMED) as rows:
        async for some in rows.partitions():
            for row in some:
                yield row
