"""The real program without Slack, in a simulated process: built and wired as at its start."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import aiosqlite
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
from services.members import Members
from services.payments import Payments
from services.quickbooks.client import QuickBooksClient, open_http
from services.refunds import Refunds
from services.settings import FirmSettings
from services.sync import SyncEngine
from tests.auditor import read_along
from tests.simulation.authority import API, SimulatedAuthority
from tests.simulation.kernel import Network, Process, VirtualClock, inline_sqlite
from tests.simulation.kernel.sqlite import Creator
from tests.simulation.statements import share_statements

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Site:
    """What every process of a life finds when it starts."""

    clock: VirtualClock  # The machine’s; QuickBooks has its own.
    network: Network
    path: Path
    vault: MultiFernet
    client_id: str
    client_secret: str
    freeze: Callable[["Program"], float | None]  # Seconds to stand still for, if at all.
    poll: Callable[[], float]  # Seconds between two looks at what has fallen due.


class Program:
    """One process: its own connections, locks and tokens in memory; the file is shared."""

    def __init__(self, name: str, site: Site, chance: Random, *, crash: float) -> None:
        self.process = Process(name, chance, crash_probability=crash)
        self._site, self._chance = site, chance
        clock = site.clock.now
        self.bell = Bell()
        self._connections: list[aiosqlite.Connection] = []
        connect = _remembering(inline_sqlite(site.path, self.process), self._connections)
        self.database = open_database(f"sqlite:///{site.path}", connect=connect)
        share_statements(self.database)
        read_along(self.database)
        http = open_http(_Stopping(self, site.network.transport(self.process)))
        authority = SimulatedAuthority(
            http, client_id=site.client_id, client_secret=site.client_secret
        )
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

        Never while it writes: the file's lock would keep every other process from taking over.
        """
        if any(each._connection is not None and each.in_transaction for each in self._connections):
            return
        seconds = self._site.freeze(self)
        if seconds is not None:
            self.process.freeze_for(seconds)
            await asyncio.sleep(0)  # Where it stands still.


def _remembering(connect: Creator, connections: list[aiosqlite.Connection]) -> Creator:
    """Not a method: SQLAlchemy keeps the function of a dead process, and so all that it knows."""

    async def connect_and_remember() -> aiosqlite.Connection:
        connection = await connect()
        connections.append(connection)
        return connection

    return connect_and_remember


class _Stopping(httpx.AsyncBaseTransport):
    """A way to the network on which the process may be stopped, before sending and after."""

    def __init__(self, program: Program, inner: httpx.AsyncBaseTransport) -> None:
        self._program, self._inner = program, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._program.maybe_freeze()
        response = await self._inner.handle_async_request(request)
        await self._program.maybe_freeze()
        return response
