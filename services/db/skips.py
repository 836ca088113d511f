"""What was Skipped because its client is, or was, excluded from QuickBooks."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.records import TABLES
from services.db.tables import payments, refunds
from services.domain.causes import Cause
from services.domain.ids import ClientId
from services.domain.sync import RecordKind, Status

KINDS = (RecordKind.INVOICE, RecordKind.PAYMENT, RecordKind.REFUND)  # As QuickBooks needs them.


async def count(db: AsyncConnection, client: ClientId) -> int:
    """Invoices, payments and refunds; void ones count no more."""
    counts = [
        (await db.execute(_of(kind, client, select(func.count())))).scalar_one() for kind in KINDS
    ]
    return sum(counts)


async def find(db: AsyncConnection, kind: RecordKind, client: ClientId, *, most: int) -> list[UUID]:
    """The oldest first."""
    table = TABLES[kind]
    query = _of(kind, client, select(table.c.id)).order_by(table.c.created_at, table.c.id)
    return [row.id for row in await db.execute(query.limit(most))]


async def touch(db: AsyncConnection, client: ClientId) -> None:
    """Why they were Skipped reads otherwise now."""
    own = and_(payments.c.client_id == client, _is_skipped(RecordKind.PAYMENT))
    await db.execute(update(payments).where(own).values(version=payments.c.version + 1))


def _of(kind: RecordKind, client: ClientId, query: Select[Any]) -> Select[Any]:
    table = TABLES[kind]
    if kind is RecordKind.REFUND:
        query = query.select_from(refunds).join(payments, payments.c.id == refunds.c.payment_id)
        return query.where(payments.c.client_id == client, _is_skipped(kind))
    return query.select_from(table).where(table.c.client_id == client, _is_skipped(kind))


def _is_skipped(kind: RecordKind) -> ColumnElement[bool]:
    table = TABLES[kind]
    excluded = table.c.cause == Cause.CLIENT_EXCLUDED
    return and_(table.c.status == Status.SKIPPED, excluded, ~table.c.voided)
