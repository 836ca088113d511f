"""Ours: the engine, wired as the program wires it, in a process whose CPU is counted.

The first line on standard input says how to reach the companies, as JSON. Each line after it is a
number of payments per company; the answer is the CPU seconds from the first claim to the last
settle, with everything that the program writes down in between.
"""

import asyncio
import json
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import SystemRandom

import httpx
import uvloop
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import func, select, text

from bot import log
from services.access import Keys
from services.claims import Claims, Timing
from services.clients import Clients
from services.connection import Connections
from services.db import ledger
from services.db.engine import Database
from services.db.opening import open_database, upgrade
from services.db.tables import ENTRY_IS_OPEN, outbox
from services.db.tokens import ConnectionStore
from services.domain.ids import ClientId, FirmId, PaymentId, RealmId, UserId
from services.domain.ledger import Method, NewPayment
from services.domain.money import Money
from services.domain.sync import Status
from services.payments import Payments
from services.ports import Clock, Tokens
from services.quickbooks.client import QuickBooksClient, open_http
from services.sync import SyncEngine

USER = UserId("U0BENCH")
CLIENTS = 10  # Of each firm, in turn.
LASTS = timedelta(minutes=55)  # Longer than any run, so that nobody refreshes.


def _now() -> datetime:
    return datetime.now(UTC)


def _ring() -> None:
    """Nobody waits for news here."""


class Granted:
    """The port `Authority` for people who always consent; the code names the company."""

    def __init__(self, companies: list[dict[str, str]]) -> None:
        self._companies = {company["realm_id"]: company for company in companies}

    async def authorize_url(self, state: str) -> str:
        return state

    async def exchange(self, code: str, realm_id: RealmId) -> Tokens:
        del code
        company = self._companies[realm_id]
        return Tokens(company["access_token"], company["refresh_token"], LASTS, LASTS)

    async def refresh(self, refresh_token: str) -> Tokens:
        raise NotImplementedError("nothing should last that long")

    async def revoke(self, refresh_token: str) -> None:
        raise NotImplementedError("nobody leaves")


@dataclass(frozen=True)
class Firms:
    """Firms with some clients each, connected to a company each, and the engine for all of them."""

    database: Database
    connections: Connections
    clients: Clients
    payments: Payments
    engine: SyncEngine

    async def open(
        self, company: dict[str, str], *, clients: int = CLIENTS
    ) -> tuple[FirmId, list[ClientId]]:
        realm = RealmId(company["realm_id"])
        firm = FirmId(f"T{realm}")
        async with self.database.write(firm) as db:
            await ledger.ensure_firm(db, firm)
        link = await self.connections.begin(firm, USER)
        state, browser = await self.connections.go_to_intuit(link)
        await self.connections.finish(state=state, browser=browser, code="", realm=realm)
        await self.connections.confirm(firm, realm, by=USER)
        names = [f"Acme {number}" for number in range(clients)]
        recorded = [
            await self.clients.record(firm, name=name, email=None, by=USER) for name in names
        ]
        return firm, [client.id for client in recorded]

    async def record(self, firm: FirmId, client: ClientId, reference: str) -> PaymentId:
        new = NewPayment(
            client_id=client,
            amount=Money(125_000, "USD"),
            received_on=date(2026, 11, 22),
            method=Method.CHECK,
            reference=reference,
            description=None,
        )
        modal = f"V{uuid.uuid4().hex}"
        return await self.payments.record(firm, new, sync=True, submission_id=modal, by=USER)

    async def drain(self) -> None:
        while work := await self.engine.realms_with_work():
            await asyncio.gather(*(self.engine.drain(realm, firm) for realm, firm in work))

    async def all_left(self) -> int:
        """Of all firms, by what is still open on the way there."""
        query = select(func.count()).select_from(outbox).where(text(ENTRY_IS_OPEN))
        async with self.database.read() as db:
            return int((await db.execute(query)).scalar_one())

    async def left(self, firm: FirmId) -> int:
        """How many payments are not in QuickBooks."""
        counts = (await self.connections.health(firm)).payments
        return sum(count for status, count in counts.items() if status is not Status.SYNCED)


@asynccontextmanager
async def wired(
    companies: list[dict[str, str]],
    url: str,
    *,
    key: str | None = None,
    http: httpx.AsyncClient | None = None,
    clock: Clock = _now,
    ring: Callable[[], None] = _ring,
) -> AsyncIterator[Firms]:
    """All that has to follow when the program is wired in another way.

    `url` is a new ledger's, `key` opens its secrets.
    """
    await asyncio.to_thread(upgrade, url)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(url))
        if http is None:
            http = await stack.enter_async_context(open_http())
        books = QuickBooksClient(http, api_url=companies[0]["api_url"])
        store = ConnectionStore(MultiFernet([Fernet(key or Fernet.generate_key())]))
        authority = Granted(companies)
        claims = Claims(database, store, clock, ring, Timing(), SystemRandom())
        keys = Keys(database, store, authority, clock, ring)
        yield Firms(
            database=database,
            connections=Connections(database, store, authority, books, clock, ring),
            clients=Clients(database, clock, ring),
            payments=Payments(database, clock, ring),
            engine=SyncEngine(claims=claims, books=books, keys=keys, holder="bench"),
        )


async def measure(
    firms: Firms, opened: list[tuple[FirmId, list[ClientId]]], payments: int
) -> float:
    """CPU seconds for so many payments of each firm, recorded before the clock starts."""
    for firm, clients in opened:
        for number in range(payments):
            # A cheque has a number of its own.
            await firms.record(firm, clients[number % CLIENTS], uuid.uuid4().hex[:8])
    began = time.process_time()
    await firms.drain()
    taken = time.process_time() - began
    if left := sum([await firms.left(firm) for firm, _ in opened]):
        raise RuntimeError(f"{left} payments are not in QuickBooks")
    return taken


async def main() -> None:
    log.set_up("info", "console")  # As the program does unless it is told otherwise.
    companies: list[dict[str, str]] = json.loads(await _line())
    with tempfile.TemporaryDirectory() as folder:
        async with wired(companies, f"sqlite:///{folder}/counterfoil.db") as firms:
            opened = [await firms.open(company) for company in companies]
            while asked := await _line():
                print(await measure(firms, opened, int(asked)), flush=True)


async def _line() -> str:
    return await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    uvloop.run(main())
