"""What staff look over: lists of clients and invoices, and what settles an invoice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, overviews
from services.db.engine import Database
from services.domain.allocation import Settling
from services.domain.ids import ClientId, FirmId, InvoiceId
from services.domain.ledger import Client, Invoice
from services.domain.pages import Page, Place, Search, cut

_Id = TypeVar("_Id")
_R = TypeVar("_R")
Find = Callable[[AsyncConnection, FirmId, _Id], Awaitable[_R | None]]


@dataclass(frozen=True)
class Overviews:
    database: Database

    async def clients(
        self, firm: FirmId, search: Search, place: Place | None = None
    ) -> Page[Client]:
        """By name."""
        async with self.database.read() as db:
            rows: list[tuple[str, ClientId]]
            rows = await overviews.page_of_clients(db, firm, search, place)
            return cut(await _fill(db, firm, rows, ledger.find_client), place)

    async def invoices(
        self, firm: FirmId, search: Search, place: Place | None = None
    ) -> Page[Invoice]:
        """The latest first."""
        async with self.database.read() as db:
            rows = await overviews.page_of_invoices(db, firm, search, place)
            return cut(await _fill(db, firm, rows, ledger.find_invoice), place)

    async def settling(self, firm: FirmId, invoice: InvoiceId) -> list[Settling]:
        """What payments settle of an invoice, the oldest first."""
        async with self.database.read() as db:
            found = await ledger.find_invoice(db, firm, invoice)
            return await overviews.settling(db, invoice) if found else []


async def _fill(
    db: AsyncConnection, firm: FirmId, rows: list[tuple[str, _Id]], find: Find[_Id, _R]
) -> list[tuple[str, _R]]:
    found = [(mark, await find(db, firm, record)) for mark, record in rows]
    return [(mark, record) for mark, record in found if record is not None]
