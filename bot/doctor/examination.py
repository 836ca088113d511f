"""One look after the other; what rests on something broken is not looked at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import httpx

from bot.app import authority_of
from bot.config import Config, Storage
from bot.doctor import address, intuit, ledger, slack
from bot.doctor.finding import Finding, Findings
from bot.doctor.slack import Workspace
from bot.slack import SLACK_TIMEOUT_SECONDS, build_client
from bot.workspaces import open_slack
from handlers.errors import Background
from services.access import Keys
from services.db.engine import Database
from services.db.installations import installed_firms
from services.db.opening import open_database
from services.db.tokens import ConnectionStore
from services.ports import Clock
from services.quickbooks.client import QuickBooksClient, open_http
from services.resealing import Resealing

PATIENCE = timedelta(seconds=20)
_ONE = "Put your app's Bot User OAuth Token, xoxb-…, into SLACK_BOT_TOKEN (OAuth & Permissions)."
_MANY = "Whoever may add apps there installs Counterfoil again, at PUBLIC_URL/slack/install."


async def examine_ledger(storage: Storage) -> Finding:
    """All that can be looked at where other settings are wrong."""
    if missing := ledger.missing_file(storage):
        return missing
    async with open_database(storage.database_url) as database:
        return await ledger.look_at(database)


@asynccontextmanager
async def examining(config: Config, clock: Clock) -> AsyncIterator[Findings]:
    """What the bot has at hand when it serves, but for the bot."""
    patience = aiohttp.ClientTimeout(total=SLACK_TIMEOUT_SECONDS)
    async with (
        open_database(config.database_url) as database,
        aiohttp.ClientSession(timeout=patience) as session,
        httpx.AsyncClient(timeout=PATIENCE.total_seconds(), trust_env=False) as http,
        open_http() as quickbooks,
    ):
        yield _Examination(config, clock, database, session, http, quickbooks).run()


@dataclass(frozen=True)
class _Examination:
    config: Config
    clock: Clock
    database: Database
    session: aiohttp.ClientSession
    http: httpx.AsyncClient
    quickbooks: httpx.AsyncClient

    async def run(self) -> Findings:
        yield Finding("Settings", f"all {len(Config.model_fields)} are as they should be")
        on_the_ledger = ledger.missing_file(self.config) or await ledger.look_at(self.database)
        yield on_the_ledger
        usable = on_the_ledger.mend is None
        if usable:
            yield await self._secrets()
        async for finding in self._slack(usable=usable):
            yield finding
        async for finding in intuit.look_at(self.config, self.http, self.clock):
            yield finding
        if usable:
            async for finding in self._companies():
                yield finding
        yield await address.look_at(self.config, self.http)
        yield await address.look_at_webhooks(self.config, self.http)

    async def _secrets(self) -> Finding:
        config = self.config
        return await ledger.look_at_secrets(
            Resealing(self.database, config.vault, config.first_key)
        )

    async def _slack(self, *, usable: bool) -> Findings:
        """One workspace by the operator's token; many by those that the ledger holds."""
        if self.config.slack_app_token:
            yield await slack.look_at_sockets(self.config)
        if token := self.config.slack_bot_token:
            client = build_client(self.config, self.session, token=token.get_secret_value())
            workspaces = [Workspace("Slack", client, _ONE)]
        else:
            client = build_client(self.config, self.session, token=None)
            yield await slack.look_at_app(client, self.config)
            workspaces = await self._installed() if usable else []
        async for finding in slack.look_at(workspaces, self.clock):
            yield finding

    async def _installed(self) -> list[Workspace]:
        opened = open_slack(
            self.config,
            self.session,
            self.database,
            clock=self.clock,
            ring=_nobody_listens,
            background=Background(),
        )
        async with self.database.read() as db:
            firms = await installed_firms(db)
        clients = opened.workspaces
        return [Workspace(f"Slack of {each}", clients.client_of(each), _MANY) for each in firms]

    async def _companies(self) -> Findings:
        """What must be renewed to look is renewed as the bot does it, once for all."""
        store = ConnectionStore(self.config.vault)
        authority = authority_of(self.config)
        keys = Keys(self.database, store, authority, self.clock, _nobody_listens)
        books = QuickBooksClient(self.quickbooks, api_url=self.config.api_url)
        async with self.database.read() as db:
            connections = await store.all(db)
        async for finding in intuit.look_at_companies(connections, keys, books):
            yield finding


def _nobody_listens() -> None:
    """The bot finds out by itself."""
