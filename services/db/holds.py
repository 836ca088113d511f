"""Companies that nothing is sent to: their ledger was restored, and nobody has looked yet.

It has nothing to do with the connection's own state: whoever connects anew stays held.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import connections
from services.domain.ids import FirmId


@dataclass(frozen=True)
class Hold:
    firm_id: FirmId
    company: str
    since: datetime


async def free(db: AsyncConnection) -> list[FirmId]:
    """Connected firms that are not held."""
    query = select(connections.c.firm_id).where(connections.c.held_at.is_(None))
    return [FirmId(row.firm_id) for row in await db.execute(query.order_by(connections.c.firm_id))]


async def held(db: AsyncConnection) -> list[Hold]:
    query = select(connections).where(connections.c.held_at.is_not(None))
    return [
        Hold(FirmId(row.firm_id), row.company_name, row.held_at)
        for row in await db.execute(query.order_by(connections.c.firm_id))
    ]


async def held_since(db: AsyncConnection, firm: FirmId) -> datetime | None:
    query = select(connections.c.held_at).where(connections.c.firm_id == firm)
    return (await db.execute(query)).scalar_one_or_none()


async def hold(db: AsyncConnection, firm: FirmId, *, at: datetime) -> None:
    await db.execute(_of(firm).values(held_at=at))


async def release(db: AsyncConnection, firm: FirmId) -> None:
    await db.execute(_of(firm).values(held_at=None))


def _of(firm: FirmId) -> Update:
    return update(connections).where(connections.c.firm_id == firm)
