"""A firm: its people, its channel, its books, and what goes wrong in them."""

from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx

from sandbox.quickbooks import QuickBooks
from sandbox.quickbooks.tokens import HARD_LIFETIME
from sandbox.slack import Channel, Message, Person, Workspace
from services.db import ledger
from services.domain.ids import ClientId, FirmId, PaymentId, RealmId, UserId
from services.domain.ledger import Method, NewPayment, Settings
from services.domain.members import Member
from tests.alerts.program import Line, Program
from tests.alerts.wire import SlackWire
from tests.builders import some_money
from tests.simulation.authority import API
from tests.simulation.kernel import VirtualClock
from tests.world import a_config, scopes_asked_for

T = TypeVar("T")

CHECKING, SAVINGS = "35", "36"  # Accounts of every simulated company.
TODAY = date(2026, 3, 2)
LAST_YEAR = date(2025, 12, 30)
END_OF_LAST_YEAR = date(2025, 12, 31)


class Running(Protocol):
    """What a firm needs of the town that it is in."""

    clock: VirtualClock
    quickbooks: QuickBooks

    @property
    def program(self) -> Program: ...


class Firm:
    """Acme and Birch are its clients; Olivia is its admin, Anna its staff."""

    def __init__(self, town: Running, number: int) -> None:
        self._town = town
        self._modals = (f"V{number}-{each}" for each in count())
        self.company = town.quickbooks.add_company(name=f"Company {number}")
        self.workspace = Workspace(
            f"Firm {number}", clock=lambda: town.clock.now().timestamp(), chance=Random(number)
        )
        self.workspace.scopes = scopes_asked_for()
        self.slack = SlackWire(self.workspace, Random(number))
        self.olivia = self.workspace.add_person("Olivia Owner", owner=True)
        self.anna = self.workspace.add_person("Anna Berg")
        self.channel = self.workspace.add_channel(
            "alerts", private=True, members=[self.olivia, self.anna]
        )
        self.clients: dict[str, ClientId] = {}
        self._retired: dict[str, str] = {}

    @property
    def id(self) -> FirmId:
        return FirmId(self.workspace.team_id)

    @property
    def line(self) -> Line:
        config = a_config(self.workspace, self._town.quickbooks, API, Path(), port=3000)
        return Line(self.workspace, self.slack, config)

    # How it begins.

    async def opens(self) -> None:
        """All is set up, and nothing has failed."""
        await self._does(self._inner.members.remember(self._whoever(self.olivia)))
        await self.connects()
        for name in ("Acme", "Birch"):
            client = await self._does(
                self._inner.clients.record(self.id, name=name, email=None, by=self._anna)
            )
            self.clients[name] = client.id
        await self.alerts_go_to(self.channel)
        await self.chooses(method_accounts={Method.CASH: SAVINGS})

    async def connects(self) -> None:
        """Slack's link, Intuit's page, our question."""
        realm, connections = RealmId(self.company.realm_id), self._inner.connections
        link = await self._does(connections.begin(self.id, self._olivia))
        url, browser = await self._does(connections.go_to_intuit(link))
        answer = await self._consents(url)
        await self._does(
            connections.finish(
                state=answer["state"], browser=browser, code=answer["code"], realm=realm
            )
        )
        await self._does(connections.confirm(self.id, realm, by=self._olivia))

    async def disconnects(self) -> None:
        await self._does(self._inner.connections.disconnect(self.id, by=self._olivia))

    async def _consents(self, url: str) -> dict[str, str]:
        transport = httpx.ASGITransport(self._town.quickbooks.app)
        async with httpx.AsyncClient(transport=transport) as browser:
            page = await browser.get(f"{url}&realmId={self.company.realm_id}")
        back = parse_qs(urlsplit(page.headers["Location"]).query)
        return {name: values[0] for name, values in back.items()}

    # What it chooses.

    async def alerts_go_to(self, channel: Channel | None, **choices: Any) -> None:
        before = (await self._settings()).alerting
        place = channel.id if channel else None
        await self.chooses(alerting=replace(before, channel_id=place, **choices))

    async def chooses(self, **choices: Any) -> None:
        chosen = replace(await self._settings(), **choices)
        await self._does(self._inner.settings.save(self.id, chosen, by=self._olivia))

    async def _settings(self) -> Settings:
        async with self._inner.database.read() as db:
            return await ledger.get_settings(db, self.id)

    # What goes wrong, and is mended.

    def closes_the_year(self) -> None:
        self.company.preferences.book_close_date = END_OF_LAST_YEAR

    def opens_the_year(self) -> None:
        self.company.preferences.book_close_date = None

    def retires(self, account: str) -> None:
        self.company.change("Account", account, Active=False)

    def brings_back(self, account: str) -> None:
        self.company.change("Account", account, Active=True)

    def retires_client(self, name: str) -> None:
        """The bookkeeper makes it inactive; it must have been synced before."""
        found = (each for each in self.company.customers() if each["DisplayName"] == name)
        self._retired[name] = str(next(found)["Id"])
        self.company.change("Customer", self._retired[name], Active=False)

    def brings_client_back(self, name: str) -> None:
        self.company.change("Customer", self._retired.pop(name), Active=True)

    def ends_access_in(self, left: timedelta) -> None:
        """As if the admin had consented years ago; Intuit says so with the next refresh."""
        tokens = self._town.quickbooks.tokens
        for each in tokens._connections.values():
            if each.realm_id == self.company.realm_id:
                each.granted_at = self._town.clock.now() - HARD_LIFETIME + left

    def revokes_access(self) -> None:
        """Somebody takes the app out of the company, on Intuit's own pages."""
        tokens = self._town.quickbooks.tokens
        for each in tokens._connections.values():
            if each.realm_id == self.company.realm_id:
                each.revoked = True

    # What its staff do.

    async def receives(
        self, number: int = 1, client: str = "Acme", **facts: Any
    ) -> list[PaymentId]:
        """So many payments, each of 100.00, all to be synced."""
        return await self._does(self._receive(number, client, facts))

    async def _receive(self, number: int, client: str, facts: dict[str, Any]) -> list[PaymentId]:
        ordinary = {
            "client_id": self.clients[client],
            "amount": some_money("100.00"),
            "received_on": TODAY,
            "method": Method.CHECK,
            "reference": None,
            "description": None,
        }
        new = NewPayment(**{**ordinary, **facts})
        return [
            await self._inner.payments.record(
                self.id, new, sync=True, submission_id=next(self._modals), by=self._anna
            )
            for _ in range(number)
        ]

    async def syncs(self, payments: list[PaymentId]) -> None:
        """Each is asked for again, one by one."""
        for payment in payments:
            await self._does(self._inner.payments.sync(self.id, payment, by=self._anna))

    # What stands in Slack.

    @property
    def alerts(self) -> list[Message]:
        """What was said in its channel, the oldest first; what is below it in threads is not."""
        return told_in(self.channel.messages)

    def told_to(self, person: Person) -> list[Message]:
        """What was said to somebody directly, the oldest first; without threads as well."""
        return told_in(person.direct_messages)

    def calls(self, method: str) -> int:
        """How often it was called."""
        return sum(call.method == method for call in self.workspace.calls)

    @property
    def refused_for_speed(self) -> list[str]:
        """The methods that Slack turned away because they were called too often."""
        calls = self.workspace.calls
        return [call.method for call in calls if call.result.get("error") == "ratelimited"]

    # The machine room.

    @property
    def _inner(self) -> Any:
        return self._town.program.inner

    def _whoever(self, person: Person) -> Member:
        account = person.account
        return Member(
            firm_id=self.id,
            user_id=UserId(person.id),
            is_admin=account.owner,
            is_outsider=False,
            locale=account.locale,
            timezone=account.tz,
        )

    async def _does(self, deed: Coroutine[Any, Any, T]) -> T:
        return await self._town.program.run(deed)

    @property
    def _anna(self) -> UserId:
        return UserId(self.anna.id)

    @property
    def _olivia(self) -> UserId:
        return UserId(self.olivia.id)


def told_in(messages: list[Message]) -> list[Message]:
    return [each for each in messages if each.thread_ts is None]


def said_at(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC)
