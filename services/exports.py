"""What leaves the ledger for spreadsheets and auditors, row by row."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.engine import Database
from services.db.sheets import Cell, Sheet
from services.domain.ids import FirmId
from services.errors import NotFound


@dataclass(frozen=True)
class View:
    """The ledger at one moment, as one firm's or as all firms'."""

    db: AsyncConnection
    firm: FirmId | None

    async def count(self, sheet: Sheet) -> int:
        return await sheet.count(self.db, self.firm)

    def rows(self, sheet: Sheet) -> AsyncIterator[list[list[Cell]]]:
        return sheet.rows(self.db, self.firm)


@asynccontextmanager
async def viewed(database: Database, firm: FirmId | None) -> AsyncIterator[View]:
    """NotFound where there is no such firm."""
    async with database.read() as db:
        firms = await ledger.all_firms(db)
        if firm is not None and firm not in firms:
            raise NotFound(
                f"There is no workspace {firm}. There are: {', '.join(firms) or 'none'}."
            )
        yield View(db, firm)
