"""The real program with Slack, in a simulated process: what looks after alerts, and the buttons."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerter import Alerter
from bot.bell import Bell
from bot.config import Config
from bot.destinations import Destinations
from bot.notifier import Notifier
from bot.pace import Pace
from bot.slack import OneWorkspace, build_bolt, build_client
from bot.teller import Teller
from handlers.access import Doorkeeper
from handlers.desk import Desk
from handlers.errors import Background
from handlers.latest import Latest
from handlers.register import register
from sandbox.slack import Workspace
from services.alerts import Alerts
from services.announcements import Announcements
from services.audiences import Audiences
from services.db.installations import InstallationStore
from services.domain.ids import FirmId
from services.floods import Floods
from services.forecasts import Forecasts
from services.histories import Histories
from services.installations import Installations
from services.live import Live
from services.messengers import Messenger
from services.overviews import Overviews
from services.payment_lists import PaymentLists
from services.previews import Previews
from services.skips import Skips
from services.tellings import Tellings
from services.watches import Watches
from tests.alerts.edge import OUR_URL, open_door
from tests.alerts.wire import SlackWire
from tests.simulation.program import Program as WithoutSlack
from tests.simulation.program import Site

T = TypeVar("T")

RECORDS_URL = "https://books.test/app"
SETTLE = timedelta(seconds=20)
SYNC_INTERVAL = timedelta(seconds=5)
LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Line:
    """A workspace, the way there, and what we are told of it."""

    workspace: Workspace
    wire: SlackWire
    config: Config


class Program:
    """One process for all firms. What is at work in it besides Slack's edge: worker and alerter."""

    def __init__(self, name: str, site: Site, chance: Random, lines: Iterable[Line]) -> None:
        self.inner = WithoutSlack(name, site, chance, crash=0.0)
        self.process = self.inner.process
        self._clock, self._poll, self._vault = site.clock, site.poll, site.vault
        self._lines = {FirmId(line.workspace.team_id): line for line in lines}
        self._sessions = {
            firm: line.wire.session(self.process) for firm, line in self._lines.items()
        }
        self._clients = {
            firm: _client(line, self._sessions[firm]) for firm, line in self._lines.items()
        }

        self._trouble = Bell()
        database, clock = self.inner.database, site.clock.now
        self._watches = Watches(database, clock, settle=SETTLE)
        pace = Pace(steady=True)
        self._alerter = Alerter(
            watches=self._watches,
            destinations=Destinations(self.client_of, Audiences(database), pace),
            teller=Teller(self.client_of, Tellings(database, clock), pace),
            records_url=RECORDS_URL,
            bell=self._trouble,
        )
        self._ringing: asyncio.Task[None] | None = None

    def client_of(self, firm: FirmId) -> AsyncWebClient:
        return self._clients[firm]

    async def run(self, coro: Coroutine[Any, Any, T]) -> T:
        """Raise CrashedError where the process dies before it is done."""
        return await self.process.run(coro)

    async def start(self, *, alone: bool) -> None:
        await self.inner.start(alone=alone)
        self._alerter.start()
        self._ringing = asyncio.create_task(self._ring_for_alerts())

    async def _ring_for_alerts(self) -> None:
        while True:
            await asyncio.sleep(self._poll())
            self._trouble.ring()

    def answer_slack(self) -> None:
        """From now on people's presses come to this process."""
        self.process.start(self._open_doors())

    def tell_recorders(self) -> None:
        """From now on whoever recorded a payment has a message of it, as in the whole program."""
        self.process.start(self._notify())

    async def _notify(self) -> None:
        desk, bell = self._desk(), Bell()
        Notifier(
            client_of=self.client_of,
            announcements=Announcements(self.inner.database, self._clock.now),
            messenger=Messenger(self.inner.database, self._clock.now, "alone", LEASE),
            floods=Floods(self.inner.database, self._clock.now),
            payments=desk.payments,
            refunds=desk.refunds,
            previews=desk.previews,
            records_url=RECORDS_URL,
            chance=Random(1),
            bell=bell,
        ).start()
        while True:
            await asyncio.sleep(SYNC_INTERVAL.total_seconds())
            bell.ring()

    async def _open_doors(self) -> None:
        desk = self._desk()
        for firm, line in self._lines.items():
            session = self._sessions[firm]
            bolt = build_bolt(line.config, session, OneWorkspace(self._clients[firm]))
            open_door(
                line.workspace, bolt, session=session, process=self.process, clock=self._clock
            )
            register(bolt, desk)

    def _desk(self) -> Desk:
        inner, clock = self.inner, self._clock.now
        database, links = inner.database, inner.links
        books, keys, store = links.books, links.keys, inner.connections.store
        previews = Previews(database, store, books, keys)
        return Desk(
            doorkeeper=Doorkeeper(inner.members),
            payments=inner.payments,
            refunds=inner.refunds,
            invoices=inner.invoices,
            clients=inner.clients,
            links=links,
            live=Live(database, books, keys),
            overviews=Overviews(database),
            previews=previews,
            forecasts=Forecasts(database, previews),
            histories=Histories(database),
            payment_lists=PaymentLists(database),
            skips=Skips(database, clock, inner.bell.ring),
            alerts=Alerts(database, clock, self._ring_all),
            watches=self._watches,
            settings=inner.settings,
            connections=inner.connections,
            installations=Installations(database, InstallationStore(self._vault), clock, _nobody),
            background=Background(),
            latest=Latest(),
            clock=clock,
            public_url=OUR_URL,
            records_url=RECORDS_URL,
        )

    def _ring_all(self) -> None:
        self.inner.bell.ring()
        self._trouble.ring()


def _nobody(_: FirmId) -> None:
    """Nobody here knows installations."""


def _client(line: Line, session: aiohttp.ClientSession) -> AsyncWebClient:
    return build_client(line.config, session, token=line.workspace.bot_token)
