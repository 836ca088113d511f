"""The use cases over a real ledger and a simulated company, with a clock that is passed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import event, select

from sandbox.quickbooks import Company, Limits, QuickBooks, TokenRules
from sandbox.quickbooks.tokens import (
    REFRESH_LIFETIME,
    InvalidGrantError,
    TokenPair,
)
from services.access import Keys
from services.alerts import Alerts
from services.claims import Claims, Timing
from services.clients import Clients
from services.connection import Connections
from services.db import ledger
from services.db.engine import Database
from services.db.opening import is_postgres, open_database
from services.db.sqlite import SqliteDatabase
from services.db.tables import audit
from services.db.tokens import ConnectionStore
from services.digests import Digests
from services.domain.connection import Connection
from services.domain.ids import FirmId, PaymentId, RealmId
from services.domain.ledger import Payment
from services.errors import ConnectionLost
from services.invoices import Invoices
from services.links import Links
from services.live import Live
from services.payments import Payments
from services.ports import Tokens
from services.quickbooks.client import QuickBooksClient, open_http
from services.refunds import Refunds
from services.settings import FirmSettings
from services.skips import Skips
from services.sync import SyncEngine
from services.watches import Watches
from tests.auditor import read_along
from tests.builders import ANNA, FIRM, OTHER_FIRM, PassedClock, a_client
from tests.simulation.kernel import VirtualLoop
from tests.simulation.kernel.postgres import inline_postgres
from tests.simulation.statements import share_statements

CALLBACK = "http://127.0.0.1:3000/quickbooks/callback"


class InProcessIntuit:
    """The port `Authority` over the simulated Intuit, without HTTP."""

    def __init__(self, quickbooks: QuickBooks) -> None:
        self.quickbooks = quickbooks
        self.refreshes = 0
        self.fails_with: Exception | None = None
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()

    async def authorize_url(self, state: str) -> str:
        return f"http://intuit.test/connect/oauth2?state={state}"

    async def exchange(self, code: str, realm_id: RealmId) -> Tokens:
        del realm_id
        try:
            return _tokens(
                self.quickbooks.tokens.exchange(
                    code, client_id=self.quickbooks.client_id, redirect_uri=CALLBACK
                )
            )
        except InvalidGrantError as error:
            raise ConnectionLost(str(error)) from None

    async def refresh(self, refresh_token: str) -> Tokens:
        self.refreshes += 1
        self.asked.set()
        await self.answers.wait()
        if self.fails_with:
            raise self.fails_with
        try:
            return _tokens(
                self.quickbooks.tokens.refresh(
                    refresh_token, client_id=self.quickbooks.client_id, rules=TokenRules()
                )
            )
        except InvalidGrantError as error:
            raise ConnectionLost(str(error)) from None

    async def revoke(self, refresh_token: str) -> None:
        if self.fails_with:
            raise self.fails_with
        self.quickbooks.tokens.revoke(refresh_token)

    def grant(self, company: Company) -> str:
        """A person's consent: the code that Intuit sends along."""
        return self.quickbooks.tokens.issue_code(
            realm_id=company.realm_id,
            client_id=self.quickbooks.client_id,
            redirect_uri=CALLBACK,
            scope="com.intuit.quickbooks.accounting",
        )


def _tokens(pair: TokenPair) -> Tokens:
    return Tokens(
        access_token=pair.access_token,
        refresh_token=pair.refresh_token,
        access_lasts=pair.access_expires_in,
        refresh_lasts=REFRESH_LIFETIME,
        access_ends_in=pair.hard_expires_in,
    )


@dataclass
class Office:
    """Everything between the use cases and the outside world, and what stands in it."""

    database: Database
    clock: PassedClock
    quickbooks: QuickBooks
    company: Company
    intuit: InProcessIntuit
    books: QuickBooksClient
    store: ConnectionStore = field(
        default_factory=lambda: ConnectionStore(MultiFernet([Fernet(Fernet.generate_key())]))
    )

    @property
    def realm(self) -> RealmId:
        return RealmId(self.company.realm_id)

    @property
    def connections(self) -> Connections:
        return Connections(
            self.database, self.store, self.intuit, self.books, self.clock, lambda: None
        )

    @property
    def keys(self) -> Keys:
        return Keys(self.database, self.store, self.intuit, self.clock, lambda: None)

    @property
    def payments(self) -> Payments:
        return Payments(self.database, self.clock, lambda: None)

    @property
    def refunds(self) -> Refunds:
        return Refunds(self.database, self.clock, lambda: None)

    @property
    def invoices(self) -> Invoices:
        return Invoices(self.database, self.clock, lambda: None)

    @property
    def clients(self) -> Clients:
        return Clients(self.database, self.clock, lambda: None)

    @property
    def skips(self) -> Skips:
        return Skips(self.database, self.clock, lambda: None)

    @property
    def links(self) -> Links:
        return Links(self.database, self.books, self.keys, self.clock, lambda: None)

    @property
    def live(self) -> Live:
        return Live(self.database, self.books, self.keys)

    @property
    def digests(self) -> Digests:
        return Digests(self.database, self.store, self.live, self.clock)

    @property
    def alerts(self) -> Alerts:
        return Alerts(self.database, self.clock, lambda: None)

    @property
    def watches(self) -> Watches:
        return Watches(self.database, self.clock, settle=timedelta(seconds=20))

    @property
    def settings(self) -> FirmSettings:
        return FirmSettings(self.database, self.clock)

    def a_worker(self, holder: str = "one") -> SyncEngine:
        claims = Claims(self.database, self.store, self.clock, lambda: None, Timing(), Random(1))
        return SyncEngine(claims=claims, books=self.books, keys=self.keys, holder=holder)

    async def come_back(self, company: Company | None = None, firm: FirmId = FIRM) -> Connection:
        """Go from Slack's link through Intuit's consent back to us."""
        link = await self.connections.begin(firm, ANNA)
        url, browser = await self.connections.go_to_intuit(link)
        company = company or self.company
        return await self.connections.finish(
            state=url.partition("state=")[2],
            browser=browser,
            code=self.intuit.grant(company),
            realm=RealmId(company.realm_id),
        )

    async def connect(self) -> Connection:
        await self.come_back()
        return await self.connections.confirm(FIRM, self.realm, by=ANNA)

    async def drain(self, rounds: int = 5) -> None:
        """Push all that is due, a second between the rounds."""
        worker = self.a_worker()
        for _ in range(rounds):
            for realm, firm in await worker.realms_with_work():
                await worker.drain(realm, firm)
            self.clock.advance(timedelta(seconds=1))

    async def payment(self, payment: PaymentId) -> Payment:
        return (await self.payments.show(FIRM, payment)).payment

    async def audited(self) -> list[str]:
        async with self.database.read() as db:
            return list(
                (await db.execute(select(audit.c.action).order_by(audit.c.sequence))).scalars()
            )

    @property
    def totals(self) -> list[str]:
        return [str(payment["TotalAmt"]) for payment in self.company.payments()]


@pytest.fixture
async def office(ledger_url: str) -> AsyncIterator[Office]:
    async with an_office(ledger_url) as whole:
        yield whole


@asynccontextmanager
async def an_office(url: str) -> AsyncIterator[Office]:
    clock = PassedClock()
    quickbooks = QuickBooks(clock=clock, chance=Random(7))
    quickbooks.limits = Limits.none()
    company = quickbooks.add_company(name="Larkspur Accounting")
    async with (
        opened(url) as database,
        open_http(httpx.ASGITransport(quickbooks.app)) as http,
    ):
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
            await ledger.ensure_firm(db, OTHER_FIRM)
            await ledger.insert_client(db, a_client(), by=ANNA, at=clock())
        read_along(database)
        books = QuickBooksClient(http, api_url="http://quickbooks.test")
        yield Office(database, clock, quickbooks, company, InProcessIntuit(quickbooks), books)


def opened(url: str) -> Database:
    """In virtual time no socket may be registered, so PostgreSQL's are not."""
    is_virtual = isinstance(asyncio.get_running_loop(), VirtualLoop)
    if is_postgres(url):
        return open_database(url, connect=inline_postgres(url) if is_virtual else None)
    database = SqliteDatabase(url)
    share_statements(database)
    _spare_the_disk(database)
    return database


def _spare_the_disk(database: SqliteDatabase) -> None:
    """What a test wrote need not survive a power cut."""

    @event.listens_for(database._writing.sync_engine, "connect")
    def prepare_connection(connection: Any, _: object) -> None:
        connection.cursor().execute("PRAGMA synchronous = OFF")
