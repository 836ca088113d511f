"""What staff look over: lists of clients and invoices, and what settles an invoice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, overviews
from services.db.engine import Database
from services.domain.allocation import Settling
from services.domain.ids import ClientId, FirmId, InvoiceId
from services.domain.ledger import Client, Invoice
from services.domain.pages import Page, Place, Search, cut
from services.domain.sync import RecordKind, Status
from services.domain.waiting import Queue

_Id = TypeVar("_Id")
_R = TypeVar("_R")
Find = Callable[[AsyncConnection, FirmId, _Id], Awaitable[_R | None]]


@dataclass(frozen=True)
class Work:
    """Each kind's records by status, and what is on its way."""

    counts: dict[RecordKind, dict[Status, int]]
    queue: Queue


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

    async def work(self, firm: FirmId, *, now: datetime) -> Work:
        """How all that the firm keeps stands, and what is on its way."""
        async with self.database.read() as db:
            return Work(
                counts={kind: await ledger.count_statuses(db, firm, kind) for kind in RecordKind},
                queue=await overviews.queue_of(db, firm, now=now),
            )


async def _fill(
    db: AsyncConnection, firm: FirmId, rows: list[tuple[str, _Id]], find: Find[_Id, _R]
) -> list[tuple[str, _R]]:
    found = [(mark, await find(db, firm, record)) for mark, record in rows]
    return [(mark, record) for mark, record in found if record is not None]
