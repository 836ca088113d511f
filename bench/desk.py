"""What staff ask of a ledger, and what the engine asks all the time, in a process of its own.

The argument is the ledger's file. Each line on standard input is one of the questions; the answer
is the seconds that it took.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import uvloop
from sqlalchemy import delete, func, insert, select

from bench.payloads import TEAM, USER
from handlers.payments.filters import Reader
from services.clients import Clients
from services.db import outbox
from services.db.engine import Database
from services.db.opening import open_database
from services.db.tables import connections, payments
from services.domain.connection import ConnectionState
from services.domain.filters import PaymentFilter
from services.domain.ids import FIRST_NUMBER, FirmId
from services.domain.pages import Place, Search
from services.domain.sync import Status
from services.overviews import Overviews
from services.payment_lists import PaymentLists
from services.payments import Payments

FIRM = FirmId(TEAM)
READER = Reader(locale="en-US", currency="USD", today=date(2026, 11, 24))
SOUGHT = (
    *("failed", "skipped", "not synced", "syncing", "synced", "failed skipped"),
    *("cash", "other", "synced other", "bank transfer failed", "void", "P-1500"),
    *("500", "1,234.56", ">9,999", ">50,000", "<10.01"),
    *("yesterday", "last month", "2018", "last year", "2017 2018 other"),
    *("birch", "law", "o'neil", "ch-4711", "4999", "100%", "no such words", "law failed"),
)
NAMED = ("larkspur", "äkta", "o'n", '"quoted', "100%", "4999", "nobody")


LONG_AGO = datetime(2016, 11, 25, tzinfo=UTC)
CONNECTION = {
    "firm_id": FIRM,
    "realm_id": "1",
    "state": ConnectionState.ACTIVE,
    "company_name": "Years",
    "country": "US",
    "currency": "USD",
    "payment_methods": {},
    "accounts": [],
    "items": [],
    "company_read_at": LONG_AGO,
    "access_token": b"",
    "refresh_token": b"",
    "access_expires_at": LONG_AGO,
    "refresh_expires_at": LONG_AGO,
    "connected_by": USER,
    "connected_at": LONG_AGO,
}


@dataclass(frozen=True)
class Desk:
    database: Database
    middle: int  # The number of a payment halfway back.

    async def list_payments(self, sought: str = "", place: Place | None = None) -> object:
        words = READER.read(sought) if sought else PaymentFilter()
        return await PaymentLists(self.database).page(FIRM, words, place)

    async def show(self, number: int) -> object:
        payments = Payments(self.database, _now, _ring)
        return await payments.show(FIRM, await payments.id_of(FIRM, number))

    async def show_syncing(self) -> object:
        syncing = PaymentFilter(statuses=frozenset({Status.SYNCING}))
        page = await PaymentLists(self.database).page(FIRM, syncing)
        return await self.show(page.rows[0].number)

    async def search(self, words: str) -> object:
        return await Clients(self.database, _now, _ring).search(FIRM, words)

    async def look_for_work(self) -> object:
        async with self.database.read() as db:
            return await outbox.realms_with_work(db, now=_now(), limit=10)

    async def look_over(self) -> object:
        return await Overviews(self.database).work(FIRM, now=_now())

    async def list_invoices(self, *words: str) -> object:
        return await Overviews(self.database).invoices(FIRM, Search(words=words))


Question = Callable[[Desk], Awaitable[object]]


def _searches(words: str) -> Question:
    return lambda desk: desk.search(words)


def _lists(words: str) -> Question:
    return lambda desk: desk.list_payments(words)


SEARCHES: Mapping[str, Question] = {f"client {words}": _searches(words) for words in NAMED}
EVERY_DAY: Mapping[str, Question] = {
    "/payment list": lambda desk: desk.list_payments(),
    "…a page halfway back": lambda desk: desk.list_payments("", Place(str(desk.middle))),
    "…and forward again": lambda desk: desk.list_payments("", Place(str(desk.middle), back=True)),
    "/payment show": lambda desk: desk.show(desk.middle),
    "…of one on its way": lambda desk: desk.show_syncing(),
    "/invoice list": lambda desk: desk.list_invoices(),
    "the engine looks for work": lambda desk: desk.look_for_work(),
    **SEARCHES,
}
NOW_AND_THEN: Mapping[str, Question] = {
    "/quickbooks": lambda desk: desk.look_over(),
    "/invoice list no such words": lambda desk: desk.list_invoices("no such words"),
    **{f"/payment list {words}": _lists(words) for words in SOUGHT},
}


async def main() -> None:
    questions = {**EVERY_DAY, **NOW_AND_THEN}
    async with open_database(f"sqlite:///{sys.argv[1]}") as database, _connected(database):
        desk = Desk(database, await _middle(database))
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            began = time.perf_counter()
            await questions[line](desk)
            print(time.perf_counter() - began, flush=True)


@asynccontextmanager
async def _connected(database: Database) -> AsyncIterator[None]:
    """So that there is work to look for; nobody else shall do it."""
    async with database.write(FIRM) as db:
        await db.execute(insert(connections), CONNECTION)
    yield
    async with database.write(FIRM) as db:
        await db.execute(delete(connections))


async def _middle(database: Database) -> int:
    async with database.read() as db:
        latest = (await db.execute(select(func.max(payments.c.number)))).scalar_one()
    return (FIRST_NUMBER + int(latest)) // 2


def _now() -> datetime:
    return datetime.now(UTC)


def _ring() -> None:
    """Nobody waits for news here."""


if __name__ == "__main__":
    uvloop.run(main())
