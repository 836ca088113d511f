"""The composition root: build everything, start it, stop it."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom

import aiohttp
from slack_bolt.async_app import AsyncApp

from bot.alerter import Alerter
from bot.at_work import at_work
from bot.bell import Bell
from bot.config import Config
from bot.destinations import Destinations
from bot.digester import Digester
from bot.importer import Importer
from bot.metrics import Meters
from bot.notifier import Notifier
from bot.pace import Pace
from bot.probes import Probes
from bot.slack import SLACK_TIMEOUT_SECONDS, ClientOf, build_bolt, build_client
from bot.sockets import Sockets
from bot.teller import Teller
from bot.worker import Worker
from bot.workspaces import Slack, open_slack
from handlers.access import Doorkeeper
from handlers.desk import Desk
from handlers.errors import Background
from handlers.latest import Latest
from handlers.register import register
from services.access import Keys
from services.alerts import Alerts
from services.announcements import Announcements
from services.audiences import Audiences
from services.claims import Claims, Timing
from services.clients import Clients
from services.connection import Connections
from services.db import leases, notices
from services.db.engine import Database
from services.db.opening import open_database
from services.db.tokens import ConnectionStore
from services.digests import Digests
from services.floods import Floods
from services.forecasts import Forecasts
from services.health import Health
from services.histories import Histories
from services.imports import Imports
from services.installations import Installations
from services.invoices import Invoices
from services.links import Links
from services.live import Live
from services.members import Members
from services.messengers import Messenger
from services.overviews import Overviews
from services.payment_lists import PaymentLists
from services.payments import Payments
from services.ports import Ring
from services.previews import Previews
from services.quickbooks.auth import IntuitAuthority
from services.quickbooks.client import QuickBooksClient, open_http
from services.refunds import Refunds
from services.settings import FirmSettings
from services.skips import Skips
from services.sync import SyncEngine
from services.tellings import Tellings
from services.watches import Watches


@dataclass(frozen=True)
class Counterfoil:
    """What the web needs of the running program."""

    bolt: AsyncApp
    slack: Slack
    connections: Connections
    background: Background
    doorkeeper: Doorkeeper
    probes: Probes


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[Counterfoil]:
    """The whole program, at work while inside. The schema must be up to date.

    On a database that is not shared it must be the only process.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(config.database_url))
        # Slack's client takes its time-outs from the session it is given, and has none without.
        session = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS))
        )
        http = await stack.enter_async_context(open_http())
        if not database.is_shared:
            await _bury_the_dead(database)
        work, news, trouble = Bell(), Bell(), Bell()
        name = _name()

        def ring() -> None:
            work.ring()
            news.ring()

        def ring_all() -> None:
            ring()
            trouble.ring()

        background, meters = Background(), Meters()
        http.event_hooks["response"].append(meters.note_answer)
        slack = open_slack(
            config, session, database, clock=_now, ring=ring_all, background=background
        )
        client_of = slack.workspaces.client_of
        books = QuickBooksClient(http, api_url=config.api_url)
        store = ConnectionStore(config.vault)
        keys = Keys(database, store, authority_of(config), _now, ring)
        claims = Claims(database, store, _now, ring, _timing(config), SystemRandom(), meters)
        worker = Worker(SyncEngine(claims, books, keys, holder=name), work)
        desk = _build_desk(config, keys, books, slack.installations, background, ring_all)
        messenger = Messenger(database, _now, name, config.seconds("lease"))
        notifier = _build_notifier(client_of, messenger, desk, news)
        destinations = Destinations(client_of, Audiences(database), Pace(steady=True))
        alerter = _build_alerter(config, destinations, desk.watches, trouble)
        digests = Digests(database, store, desk.live, _now)
        digester = Digester(destinations, digests, SystemRandom(), Bell())
        bolt = build_bolt(config, session, slack.workspaces)
        register(bolt, desk)
        importer = Importer(Imports(database, _now), Bell())
        seldom = (alerter, digester, importer)
        sockets = _build_sockets(config, bolt, session, meters)
        often, health = (worker, notifier), Health(database, _now)
        async with at_work(config, often, seldom, sockets, desk.background) as pulses:
            probes = Probes(health, meters, pulses, sockets)
            yield Counterfoil(
                bolt, slack, desk.connections, desk.background, desk.doorkeeper, probes
            )


def _build_notifier(client_of: ClientOf, messenger: Messenger, desk: Desk, bell: Bell) -> Notifier:
    database = messenger.database
    return Notifier(
        client_of=client_of,
        announcements=Announcements(database, _now),
        messenger=messenger,
        floods=Floods(database, _now),
        payments=desk.payments,
        refunds=desk.refunds,
        previews=desk.previews,
        records_url=desk.records_url,
        chance=SystemRandom(),
        bell=bell,
    )


def _build_sockets(
    config: Config, bolt: AsyncApp, session: aiohttp.ClientSession, meters: Meters
) -> Sockets | None:
    token = config.slack_app_token
    if not token:
        return None
    client = build_client(config, session, token=None)
    return Sockets(bolt, client, session, token.get_secret_value(), SystemRandom(), meters.note_ack)


async def _bury_the_dead(database: Database) -> None:
    """Nobody else can be at work here: every lease is void, and whoever was posting is gone."""
    async with database.write(None) as db:
        await leases.void_all(db, now=_now())
        await notices.hurry_all(db, now=_now())


def _build_alerter(
    config: Config, destinations: Destinations, watches: Watches, bell: Bell
) -> Alerter:
    tellings = Tellings(watches.database, _now)
    return Alerter(
        watches=watches,
        destinations=destinations,
        teller=Teller(destinations.client_of, tellings, destinations.pace),
        records_url=config.records_url,
        bell=bell,
    )


def _build_desk(
    config: Config,
    keys: Keys,
    books: QuickBooksClient,
    installations: Installations,
    background: Background,
    ring_all: Ring,
) -> Desk:
    """All that staff can ask for, on the ledger and the connection that `keys` opens."""
    database, store, ring = keys.database, keys.store, keys.ring
    previews = Previews(database, store, books, keys)
    return Desk(
        doorkeeper=Doorkeeper(Members(database, _now)),
        payments=Payments(database, _now, ring),
        refunds=Refunds(database, _now, ring),
        invoices=Invoices(database, _now, ring),
        clients=Clients(database, _now, ring),
        links=Links(database, books, keys, _now, ring),
        live=Live(database, books, keys),
        overviews=Overviews(database),
        previews=previews,
        forecasts=Forecasts(database, previews),
        histories=Histories(database),
        payment_lists=PaymentLists(database),
        skips=Skips(database, _now, ring),
        alerts=Alerts(database, _now, ring_all),
        watches=Watches(database, _now, settle=config.seconds("alert_settle")),
        settings=FirmSettings(database, _now),
        connections=Connections(database, store, keys.authority, books, _now, ring),
        installations=installations,
        background=background,
        latest=Latest(),
        clock=_now,
        public_url=config.public_url.rstrip("/"),
        records_url=config.records_url,
    )


def _timing(config: Config) -> Timing:
    return Timing(
        lease=config.seconds("lease"),
        retry_base=config.seconds("retry_base"),
        throttle=config.seconds("throttle"),
    )


def _name() -> str:
    """What this process is called among all that share the database.

    Containers may share the name of their host, and the number of their first process.
    """
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def authority_of(config: Config) -> IntuitAuthority:
    return IntuitAuthority(
        client_id=config.intuit_client_id,
        client_secret=config.intuit_client_secret.get_secret_value(),
        redirect_uri=f"{config.public_url.rstrip('/')}/quickbooks/callback",
        environment=config.intuit_environment,
    )


def _now() -> datetime:
    return datetime.now(UTC)
