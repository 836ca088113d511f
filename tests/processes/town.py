"""Five firms of one app: a workspace, a company and three people each, and what they record."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from bot.config import Config
from sandbox.loopback import free_port, listening
from sandbox.quickbooks import Fault, Kind, QuickBooks
from sandbox.quickbooks.serve import OverSockets
from sandbox.slack import SOCKETS, Workspace
from sandbox.slack.message import Message
from sandbox.slack.serve import serving
from services.audits import Audits
from services.db.opening import open_database
from services.db.tables import payments
from services.domain.audit import Head
from services.domain.ids import FirmId
from services.domain.sync import Status
from tests.bot.bursts import Burst, Payload, fill_in
from tests.workspaces.neighbours import a_firm, install
from tests.world import World, a_config, in_socket_mode, payments_of

FIRMS = ("Larkspur", "Birch", "Sorrel", "Tansy", "Yarrow")
OTHERS = ("Ben Okafor", "Clara Weiss")  # Beside Anna: no conversation has too many to edit.
CLIENTS = ("Acme", "Bolt & Sons", "Cedar")  # One for each of the three.
A_WHILE = 150  # Seconds for what must come, on a busy machine.
# So that a program often dies while it waits for QuickBooks.
SLOWNESS = [
    Fault(kind=kind, count=None, probability=0.25, wait=timedelta(seconds=0.4))
    for kind in (Kind.SLOW_ANSWER, Kind.SLOW)
]
Form = tuple[Burst, Payload]


@dataclass(frozen=True)
class Desk:
    """Whoever records the payments of one client; in `world`, that person is called Anna."""

    world: World
    client: str

    @property
    def messages(self) -> list[Message]:
        return payments_of(self.world.anna)

    def has_heard_of(self, count: int) -> bool:
        """So many are Synced, as the notifications say: reading every block takes long."""
        return sum("Synced" in message.text for message in self.messages) >= count


@dataclass(frozen=True)
class Town:
    firms: list[World]
    desks: list[Desk]

    @property
    def config(self) -> Config:
        return self.firms[0].config

    async def open(self) -> None:
        """Install the app everywhere, connect every company, and add the clients."""
        for firm in self.firms:
            firm.workspace.rate_limits.enabled = False
            assert (await install(firm)).status_code == 200
            await firm.connect()
        for desk in self.desks:
            await desk.world.add_client(desk.client)
        for fault in SLOWNESS:
            self.firms[0].quickbooks.faults.add(fault)

    async def fill_in(self, each: int) -> list[Form]:
        """So many at each desk, from 1.00 on, all of them to be synced."""
        bursts = [await fill_in(desk.world, each, client=desk.client) for desk in self.desks]
        return [(burst, form) for burst in bursts for form in burst.forms]

    async def until_told(self, each: int) -> None:
        """Of so many at each desk, that they are Synced."""
        for desk in self.desks:
            heard = partial(desk.has_heard_of, each)
            await desk.world.workspace.wait_until(heard, A_WHILE)

    async def check(self, each: int) -> None:
        """In the books, in the ledger and in Slack there is what was recorded, and nothing else."""
        amounts = [f"{number + 1}.00" for number in range(each)]
        for firm in self.firms:
            assert _payments(firm) == sorted((c, a) for c in CLIENTS for a in amounts)
            assert sorted(_names(firm).values()) == sorted(CLIENTS)
            assert firm.company.invoices() == firm.company.refund_receipts() == []
            assert await _ledger(firm) == [Status.SYNCED] * each * len(CLIENTS)
        for desk in self.desks:
            assert len(desk.messages) == each
            assert all("Synced" in message.plain for message in desk.messages)
            assert len({message.text.split()[0] for message in desk.messages}) == each


def _payments(firm: World) -> list[tuple[str, str]]:
    """Whose they are, and their amounts."""
    names = _names(firm)
    books = firm.company.payments()
    return sorted((names[each["CustomerRef"]["value"]], f"{each['TotalAmt']}") for each in books)


def _names(firm: World) -> dict[str, str]:
    return {each["Id"]: each["DisplayName"] for each in firm.company.customers()}


async def _ledger(firm: World) -> list[Status]:
    """How the payments stand; what led there is chained without a gap."""
    firm_id = FirmId(firm.workspace.team_id)
    async with open_database(firm.config.database_url) as database:
        assert isinstance(await Audits(database).verify(firm_id, advance=lambda _: None), Head)
        async with database.read() as db:
            mine = select(payments.c.status).where(payments.c.firm_id == firm_id)
            return [Status(status) for status in (await db.execute(mine)).scalars()]


@asynccontextmanager
async def a_town(folder: Path, over: str, **settings: Any) -> AsyncIterator[Town]:
    """All but the programs."""
    async with AsyncExitStack() as stack:
        quickbooks = QuickBooks(chance=Random(1))
        qbo_url = await stack.enter_async_context(listening(OverSockets(quickbooks.app)))
        first, *rest = _workspaces()
        await stack.enter_async_context(serving(first, *rest))
        config = _config(first, quickbooks, qbo_url, folder, over, **settings)
        first.registration.redirect_urls = {f"{config.public_url}/slack/oauth_redirect"}
        firms = [a_firm(each, quickbooks, config, config.public_url) for each in (first, *rest)]
        yield Town(firms, [desk for firm in firms for desk in _desks(firm)])


def _workspaces() -> list[Workspace]:
    first = Workspace(FIRMS[0], chance=Random(1), has_app=False)
    rest = [
        Workspace(name, chance=Random(seed), has_app=False, shares_app_of=first)
        for seed, name in enumerate(FIRMS[1:], start=2)
    ]
    return [first, *rest]


def _desks(firm: World) -> list[Desk]:
    people = [firm.anna, *map(firm.workspace.add_person, OTHERS)]
    return [
        Desk(replace(firm, anna=person), client)
        for person, client in zip(people, CLIENTS, strict=True)
    ]


def _config(
    app: Workspace, quickbooks: QuickBooks, qbo_url: str, folder: Path, over: str, **settings: Any
) -> Config:
    many = {
        "slack_bot_token": None,
        "slack_client_id": app.client_id,
        "slack_client_secret": SecretStr(app.client_secret),
        **(in_socket_mode(app) if over == SOCKETS else {}),
    }
    return a_config(app, quickbooks, qbo_url, folder, free_port(), **{**many, **settings})
