"""Who did what: rows are added to a firm's chain, and never changed."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import audit, audit_heads
from services.domain.acting import role_of
from services.domain.audit import Head, seal
from services.domain.ids import FirmId

_AT_ONCE = 1_000  # Rows in one statement.
_WRITE = insert(audit)
_FIND_HEAD = select(audit_heads.c.sequence, audit_heads.c.hash).where(
    audit_heads.c.firm_id == bindparam("firm")
)
_FIRST_ROWS = (
    select(audit)
    .where(audit.c.firm_id == bindparam("firm"))
    .order_by(audit.c.sequence)
    .limit(_AT_ONCE)
)
_NEXT_ROWS = _FIRST_ROWS.where(audit.c.sequence > bindparam("after"))


async def write_audit(  # noqa: PLR0913 - one value per column.
    db: AsyncConnection,
    *,
    firm: FirmId,
    at: datetime,
    actor: str,
    action: str,
    record_kind: str,
    record_id: str,
    change: dict[str, Any],
    qbo_id: str | None = None,
    intuit_tid: str | None = None,
) -> None:
    """Add to the firm's chain, in the transaction of the change itself; a trigger moves its end."""
    last, role = await find_head(db, firm) or Head(), role_of(actor)
    row = {
        "firm_id": firm,
        "sequence": last.sequence + 1,
        "at": at,
        "actor": actor,
        "role": role.name.lower() if role is not None else None,
        "action": action,
        "record_kind": record_kind,
        "record_id": record_id,
        "change": change,
        "qbo_id": qbo_id,
        "intuit_tid": intuit_tid,
    }
    await db.execute(_WRITE, {**row, "hash": seal(row, last.hash)})


async def find_head(db: AsyncConnection, firm: FirmId) -> Head | None:
    row = (await db.execute(_FIND_HEAD, {"firm": firm})).one_or_none()
    return Head(row.sequence, row.hash) if row else None


async def audited_firms(db: AsyncConnection) -> dict[FirmId, int]:
    """Those with a chain, or with rows that belong to none; and how many rows each should have."""
    rows = await db.execute(select(audit.c.firm_id).distinct())
    heads = await db.execute(select(audit_heads.c.firm_id, audit_heads.c.sequence))
    strays = {FirmId(row.firm_id): 0 for row in rows}
    return strays | {FirmId(head.firm_id): head.sequence for head in heads}


async def audit_rows(db: AsyncConnection, firm: FirmId) -> AsyncIterator[dict[str, Any]]:
    """All of a firm's, also those that have no place in its chain."""
    rows = (await db.execute(_FIRST_ROWS, {"firm": firm})).all()
    while rows:
        for row in rows:
            yield row._asdict()
        asked = {"firm": firm, "after": rows[-1].sequence}
        rows = (await db.execute(_NEXT_ROWS, asked)).all()
