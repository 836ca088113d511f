"""What all records have in common: their way to QuickBooks."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import clients, invoices, payments, refunds
from services.domain.causes import Cause
from services.domain.ids import ClientId, FirmId, PaymentId
from services.domain.ledger import Note, SyncFacts
from services.domain.sync import Operation, RecordKind, Status

TABLES: dict[RecordKind, Table] = {
    RecordKind.CLIENT: clients,
    RecordKind.INVOICE: invoices,
    RecordKind.PAYMENT: payments,
    RecordKind.REFUND: refunds,
}
_FACTS = (
    *("status", "qbo_id", "linked", "cause", "detail", "blame", "tid", "twin_id"),
    *("note_operation", "note_cause", "note_detail", "note_blame", "note_tid"),
)
_MARKS = {
    kind: update(table)
    .where(table.c.id == bindparam("record"))
    .values(version=table.c.version + 1, **{name: bindparam(f"its_{name}") for name in _FACTS})
    for kind, table in TABLES.items()
}
_TOUCHES = {
    kind: update(table).where(table.c.id == bindparam("record")).values(version=table.c.version + 1)
    for kind, table in TABLES.items()
}
_GENERATIONS = {
    kind: update(table)
    .where(table.c.id == bindparam("record"))
    .values(generation=table.c.generation + 1)
    .returning(table.c.generation)
    for kind, table in TABLES.items()
}


def sync_facts(row: Any, prefix: str = "") -> SyncFacts:  # noqa: ANN401 - a row's mapping.
    cause, operation = row[f"{prefix}cause"], row[f"{prefix}note_operation"]
    note = None
    if operation:
        note = Note(
            Operation(operation),
            Cause(row[f"{prefix}note_cause"]),
            row[f"{prefix}note_detail"] or "",
            row[f"{prefix}note_blame"],
            row[f"{prefix}note_tid"],
        )
    return SyncFacts(
        status=Status(row[f"{prefix}status"]),
        qbo_id=row[f"{prefix}qbo_id"],
        linked=row[f"{prefix}linked"],
        cause=Cause(cause) if cause else None,
        detail=row[f"{prefix}detail"],
        blame=row[f"{prefix}blame"],
        tid=row[f"{prefix}tid"],
        twin_id=row[f"{prefix}twin_id"],
        note=note,
    )


async def mark(db: AsyncConnection, kind: RecordKind, record: UUID, facts: SyncFacts) -> None:
    """Store what is now known of a record's way to QuickBooks."""
    note = facts.note
    known = {
        "status": facts.status,
        "qbo_id": facts.qbo_id,
        "linked": facts.linked,
        "cause": facts.cause,
        "detail": facts.detail,
        "blame": facts.blame,
        "tid": facts.tid,
        "twin_id": facts.twin_id,
        "note_operation": note.operation if note else None,
        "note_cause": note.cause if note else None,
        "note_detail": note.detail if note else None,
        "note_blame": note.blame if note else None,
        "note_tid": note.tid if note else None,
    }
    values = {f"its_{name}": value for name, value in known.items()}
    await db.execute(_MARKS[kind], {"record": record, **values})


async def touch(db: AsyncConnection, kind: RecordKind, record: UUID) -> None:
    """Note that something which people see of the record has changed."""
    await db.execute(_TOUCHES[kind], {"record": record})


async def touch_waiting(
    db: AsyncConnection, firm: FirmId, *, client: ClientId | None = None
) -> None:
    """Note that what the firm's (or the client's) payments wait for has changed."""
    waiting = [payments.c.firm_id == firm, payments.c.status == Status.SYNCING]
    if client is not None:
        waiting.append(payments.c.client_id == client)
    await db.execute(update(payments).where(*waiting).values(version=payments.c.version + 1))


async def begin_generation(db: AsyncConnection, kind: RecordKind, record: UUID) -> int:
    """Number a new intention to push the record."""
    begun = await db.execute(_GENERATIONS[kind], {"record": record})
    return int(begun.scalar_one())


async def set_facts(db: AsyncConnection, kind: RecordKind, record: UUID, **values: object) -> None:
    """Store facts of a record by their columns; what people see of it has changed."""
    table = TABLES[kind]
    await db.execute(
        update(table).where(table.c.id == record).values(version=table.c.version + 1, **values)
    )


async def count_statuses(
    db: AsyncConnection, firm: FirmId, kind: RecordKind = RecordKind.PAYMENT
) -> dict[Status, int]:
    table = TABLES[kind]
    query = select(table.c.status, func.count()).where(table.c.firm_id == firm)
    rows = await db.execute(query.group_by(table.c.status))
    return {Status(status): count for status, count in rows}


async def has_synced(db: AsyncConnection, firm: FirmId) -> bool:
    """Whether any record of the firm is tied to QuickBooks."""
    for table in TABLES.values():
        query = select(table.c.id).where(table.c.firm_id == firm, table.c.qbo_id.is_not(None))
        if (await db.execute(query.limit(1))).first():
            return True
    return False


async def tied(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, qbo_ids: Iterable[str]
) -> dict[str, UUID]:
    """Which record each of these QuickBooks objects is, for those that are one."""
    table = TABLES[kind]
    query = select(table.c.qbo_id, table.c.id).where(
        table.c.firm_id == firm, table.c.qbo_id.in_(list(qbo_ids))
    )
    return {row.qbo_id: row.id for row in await db.execute(query)}


async def suspected(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, qbo_ids: Iterable[str]
) -> dict[str, UUID]:
    """Which record each of these QuickBooks objects is held to be the twin of."""
    table = TABLES[kind]
    query = select(table.c.twin_id, table.c.id).where(
        table.c.firm_id == firm, table.c.twin_id.in_(list(qbo_ids))
    )
    return {row.twin_id: row.id for row in await db.execute(query)}


async def count_in_quickbooks(
    db: AsyncConnection,
    kind: RecordKind,
    *,
    client: ClientId | None = None,
    payment: PaymentId | None = None,
) -> int:
    """How many of a client's or a payment's records are in QuickBooks, or on their way."""
    table = TABLES[kind]
    parent = table.c.client_id == client if client else table.c.payment_id == payment
    there = table.c.qbo_id.is_not(None) | (table.c.status == Status.SYNCING)
    found = await db.execute(select(func.count()).select_from(table).where(parent, there))
    return int(found.scalar_one())
