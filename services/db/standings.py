"""How an alert's records stand at this moment."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.ledger.records import TABLES
from services.db.tables import (
    ENTRY_IS_OPEN,
    RECORD_IS_UNSOLVED,
    alert_records,
    allocations,
    connections,
    invoices,
    outbox,
    payments,
    refunds,
)
from services.domain.alerts import MOST_NAMED, Alert, Member
from services.domain.connection import ConnectionState
from services.domain.ledger import Record
from services.domain.money import Money
from services.domain.sync import Operation, RecordKind, Status

_AMOUNTS: dict[RecordKind, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    RecordKind.INVOICE: (invoices.c.total_minor, invoices.c.currency),
    RecordKind.PAYMENT: (payments.c.amount_minor, payments.c.currency),
    RecordKind.REFUND: (refunds.c.amount_minor, refunds.c.currency),
}


async def statuses(db: AsyncConnection, alert: Alert) -> dict[Member, Status]:
    """Of those of its records that are not solved."""
    return {
        Member(kind, row.id): Status(row.status)
        for kind in RecordKind
        for row in await _rows(db, alert, kind, TABLES[kind].c.id, TABLES[kind].c.status)
    }


async def sums(db: AsyncConnection, alert: Alert) -> dict[RecordKind, tuple[Money, ...]]:
    """What its unsolved records of a kind amount to, one sum for each currency."""
    found = {}
    for kind, (amount, currency) in _AMOUNTS.items():
        totals: Counter[str] = Counter()
        for row in await _rows(db, alert, kind, amount.label("amount"), currency.label("currency")):
            totals[row.currency] += row.amount
        if totals:
            found[kind] = tuple(Money(totals[each], each) for each in sorted(totals))
    return found


async def behind(db: AsyncConnection, alert: Alert) -> dict[RecordKind, int]:
    """How many others wait for its unsolved records to be in QuickBooks."""
    own = select(alert_records.c.record_id).where(
        alert_records.c.alert_id == alert.id, text(RECORD_IS_UNSOLVED)
    )
    settles = exists().where(
        allocations.c.payment_id == payments.c.id,
        ~allocations.c.left_out,
        allocations.c.invoice_id.in_(own),
    )
    needs = {
        RecordKind.INVOICE: invoices.c.client_id.in_(own),
        RecordKind.PAYMENT: or_(payments.c.client_id.in_(own), settles),
        RecordKind.REFUND: refunds.c.payment_id.in_(own),
    }
    found = {}
    for kind, needs_one in needs.items():
        waits = and_(_is_on_its_way(alert, kind), TABLES[kind].c.id.not_in(own), needs_one)
        count = (await db.execute(select(func.count()).where(waits))).scalar_one()
        if count:
            found[kind] = int(count)
    return found


def _is_on_its_way(alert: Alert, kind: RecordKind) -> ColumnElement[bool]:
    table = TABLES[kind]
    entry = exists().where(
        outbox.c.record_id == table.c.id,
        outbox.c.operation == Operation.CREATE,
        text(ENTRY_IS_OPEN),
    )
    return and_(table.c.firm_id == alert.firm_id, table.c.status == Status.SYNCING, entry)


async def first(db: AsyncConnection, alert: Alert) -> tuple[Record, ...]:
    """The oldest of its unsolved records."""
    found: list[tuple[datetime, Member]] = []
    for kind in RecordKind:
        columns = TABLES[kind].c
        rows = await _rows(db, alert, kind, columns.id, columns.created_at)
        found += [(row.created_at, Member(kind, row.id)) for row in rows]
    oldest = sorted(found)[:MOST_NAMED]
    records = [await ledger.find_record(db, alert.firm_id, *member) for _, member in oldest]
    return tuple(record for record in records if record is not None)


async def _rows(
    db: AsyncConnection, alert: Alert, kind: RecordKind, *columns: ColumnElement[Any]
) -> list[Row[Any]]:
    table = TABLES[kind]
    query = (
        select(*columns)
        .join_from(alert_records, table, table.c.id == alert_records.c.record_id)
        .where(
            alert_records.c.alert_id == alert.id,
            alert_records.c.record_kind == kind,
            text(RECORD_IS_UNSOLVED),
        )
    )
    return list(await db.execute(query))


async def connection(db: AsyncConnection, alert: Alert) -> tuple[bool, str, datetime | None]:
    """Whether QuickBooks is connected, why it is not, and when the access ends for good."""
    columns = (connections.c.state, connections.c.lost_because, connections.c.access_ends_at)
    query = select(*columns).where(connections.c.firm_id == alert.firm_id)
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return False, "", None
    is_connected = row.state == ConnectionState.ACTIVE
    return is_connected, row.lost_because or "", row.access_ends_at
