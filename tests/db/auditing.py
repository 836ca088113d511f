"""Rows of the audit as a test needs them, and those who tamper with them."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audits import Audits
from services.db import ledger
from services.db.engine import Database
from services.domain.audit import Head, Misfit
from services.domain.ids import FirmId
from tests.builders import ANNA, FIRM, NOW, PAYMENT


async def write_a_row(db: AsyncConnection, firm: FirmId = FIRM, **facts: Any) -> None:
    ordinary: dict[str, Any] = {
        "at": NOW,
        "actor": ANNA,
        "action": "payment recorded",
        "record_kind": "payment",
        "record_id": str(PAYMENT),
        "change": {"status": [None, "syncing"]},
    }
    await ledger.write_audit(db, firm=firm, **{**ordinary, **facts})


async def verdict(database: Database, firm: FirmId = FIRM) -> Head | Misfit:
    return await Audits(database).verify(firm, advance=lambda _: None)


async def first_misfit(database: Database, firm: FirmId = FIRM) -> tuple[int, str] | None:
    found = await verdict(database, firm)
    return (found.sequence, found.wrong) if isinstance(found, Misfit) else None


_GUARDS = ("refuses_update", "refuses_delete", "moves_head")
_AWAY_WITH_THEM = {
    "sqlite": [f"DROP TRIGGER audit_{guard}" for guard in _GUARDS],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}


async def tamper(database: Database, *statements: str) -> None:
    """As somebody does who owns the database, and so can take its guards away."""
    async with database.write(FIRM) as db:
        for statement in (*_AWAY_WITH_THEM[db.dialect.name], *statements):
            await db.execute(text(statement))
