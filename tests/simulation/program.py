"""The real program without Slack, in a simulated process: built and wired as at its start."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

import httpx
from cryptography.fernet import MultiFernet

from bot.bell import Bell
from bot.worker import Worker
from services.access import Keys
from services.claims import Claims, Timing
from services.clients import Clients
from services.connection import Connections
from services.db import leases
from services.db.opening import open_database
from services.db.tokens import ConnectionStore
from services.invoices import Invoices
from services.links import Links
from services.live import Live
from services.members import Members
from services.payments import Payments
from services.ports import Authority
from services.quickbooks.client import QuickBooksClient, open_http
from services.refunds import Refunds
from services.settings import FirmSettings
from services.sync import SyncEngine
from tests.auditor import read_along
from tests.simulation.authority import API, SimulatedAuthority
from tests.simulation.kernel import Network, Process, VirtualClock
from tests.simulation.keyring import Keyring
from tests.simulation.statements import share_statements
from tests.simulation.storage import Storage

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Site:
    """What every process of a life finds when it starts on a machine."""

    clock: VirtualClock  # The machine’s; QuickBooks has its own.
    network: Network
    storage: Storage
    vault: MultiFernet
    client_id: str
    client_secret: str
    freeze: Callable[["Program"], float | None]  # Seconds to stand still for, if at all.
    poll: Callable[[], float]  # Seconds between two looks at what has fallen due.
    keyring: Keyring | None = None  # Sees what is asked of Intuit, and what is kept of it.


class Program:
    """One process: its own connections, locks and tokens in memory; the ledger is shared."""

    def __init__(self, name: str, site: Site, chance: Random, *, crash: float) -> None:
        self.process = Process(name, chance, crash_probability=crash)
        self._site, self._chance = site, chance
        clock = site.clock.now
        self.bell = Bell()
        connect = site.storage.connector(self.process)
        self.database = open_database(site.storage.url, connect=connect)
        share_statements(self.database)
        read_along(self.database)
        http = open_http(_Stopping(self, site.network.transport(self.process)))
        authority: Authority = SimulatedAuthority(
            http, client_id=site.client_id, client_secret=site.client_secret
        )
        if site.keyring is not None:
            authority = site.keyring.watching(authority, self.process, self.database)
        books, store = QuickBooksClient(http, api_url=API), ConnectionStore(site.vault)
        ring = self.bell.ring
        self.connections = Connections(self.database, store, authority, books, clock, ring)
        self.payments = Payments(self.database, clock, ring)
        self.refunds = Refunds(self.database, clock, ring)
        self.invoices = Invoices(self.database, clock, ring)
        self.clients = Clients(self.database, clock, ring)
        self.settings = FirmSettings(self.database, clock)
        self.members = Members(self.database, clock)
        keys = Keys(self.database, store, authority, clock, ring)
        self.links = Links(self.database, books, keys, clock, ring)
        self.live = Live(self.database, books, keys)
        engine = SyncEngine(
            claims=Claims(self.database, store, clock, ring, Timing(), chance),
            books=books,
            keys=keys,
            holder=name,
        )
        self._worker = Worker(engine, self.bell)
        self._polling: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.process.name

    async def run(self, coro: Coroutine[Any, Any, T]) -> T:
        """Raise CrashedError where the process dies before it is done."""
        return await self.process.run(coro)

    async def start(self, *, alone: bool) -> None:
        """`alone`: nobody else can be at work, so every lease is void."""
        if alone:
            async with self.database.write(None) as db:
                await leases.void_all(db, now=self._site.clock.now())
        self._worker.start()
        self._polling = asyncio.create_task(self._poll())

    async def close(self) -> None:
        """For one that never was at work."""
        await self.database.close()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._site.poll())
            self.bell.ring()

    async def maybe_freeze(self) -> None:
        """Stand still for a while, if it is time to.

        Never while it writes: its lock would keep every other process from taking over.
        """
        if self.process.in_transaction:
            return
        seconds = self._site.freeze(self)
        if seconds is not None:
            self.process.freeze_for(seconds)
            await asyncio.sleep(0)  # Where it stands still.


class _Stopping(httpx.AsyncBaseTransport):
    """A way to the network on which the process may be stopped, before sending and after."""

    def __init__(self, program: Program, inner: httpx.AsyncBaseTransport) -> None:
        self._program, self._inner = program, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._program.maybe_freeze()
        response = await self._inner.handle_async_request(request)
        await self._program.maybe_freeze()
        return response
