"""Whether the audit is as it was written."""

from collections.abc import Callable
from dataclasses import dataclass

from services.db import ledger
from services.db.engine import Database
from services.domain.audit import Head, Misfit, end, follow
from services.domain.ids import FirmId


@dataclass(frozen=True)
class Audits:
    database: Database

    async def firms(self) -> dict[FirmId, int]:
        """All that have an audit, and how many rows each should have."""
        async with self.database.read() as db:
            return await ledger.audited_firms(db)

    async def verify(self, firm: FirmId, *, advance: Callable[[int], None]) -> Head | Misfit:
        """Go through a firm's, up to the first row that does not fit."""
        head = Head()
        async with self.database.read() as db:
            async for row in ledger.audit_rows(db, firm):
                found = follow(head, row)
                if isinstance(found, Misfit):
                    return found
                head = found
                advance(1)
            return end(head, await ledger.find_head(db, firm))
