"""The whole world on loopback: a workspace, a company, and the real program between them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
import yaml
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.config import Config
from bot.sockets import PLACES
from bot.web import build_web
from sandbox.loopback import free_port, listening
from sandbox.quickbooks import Company, QuickBooks
from sandbox.quickbooks.serve import OverSockets
from sandbox.slack import SOCKETS, Modal, Person, Workspace
from sandbox.slack.errors import CannotDo
from sandbox.slack.message import Message
from sandbox.slack.serve import serving
from tests.builders import ensure_ledger

ROOT = Path(__file__).parents[1]
PATIENCE = 30  # Seconds that a test waits for what must come.
TRIES = 3  # Of somebody who is told that it takes longer than it should.
SYNC = "Sync this payment to QuickBooks"
DEFAULT = "By default, sync manually created payments with QuickBooks"


@dataclass
class World:
    workspace: Workspace
    quickbooks: QuickBooks
    company: Company
    config: Config
    url: str
    olivia: Person  # Owner of the workspace, so an admin.
    anna: Person  # Staff.

    async def connect(self) -> None:
        """Connect the company, as its admin does it."""
        question = await self.begin_to_connect()
        await question.press("Use this company")
        await self.message_to(self.olivia, "QuickBooks is connected: ")

    async def begin_to_connect(self) -> Message:
        """Up to the question whether it is the right company."""
        link = await self._ask_for_link()
        async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as browser:
            out = await browser.get(link, follow_redirects=False)
            chosen = self.quickbooks.consent_company or self.company
            company = {"realmId": chosen.realm_id}
            page = await browser.get(httpx.URL(out.headers["Location"]).copy_merge_params(company))
        assert page.status_code == 200, page.text
        return await self.message_to(self.olivia, "Is it the right one?")

    async def _ask_for_link(self) -> str:
        """On a busy machine she is told to try again, and does."""
        for _ in range(TRIES):
            await self.olivia.command("/quickbooks connect")
            (reply,) = await self.olivia.replies()
            with suppress(CannotDo):
                return reply.link("Connect to QuickBooks")
        raise AssertionError("/quickbooks connect gave no link.")

    async def add_client(self, name: str, person: Person | None = None) -> None:
        person = person or self.anna
        await person.command("/client new")
        modal = await person.modal()
        await modal.fill("Name", name)
        assert (await modal.submit()).accepted

    async def begin_payment(
        self, *, client: str = "Acme", amount: str = "500.00", person: Person | None = None
    ) -> Modal:
        """Open the modal and fill what is needed."""
        person = person or self.anna
        await person.command("/payment new")
        modal = await person.modal()
        await modal.search("Client", client)
        await modal.choose("Client", client)
        await modal.fill("Amount", amount)
        return modal

    async def record(self, *, sync: bool, **what: Any) -> Message:
        """Record a payment and wait for its message."""
        modal = await self.begin_payment(**what)
        await (modal.check(SYNC) if sync else modal.uncheck(SYNC))
        person = what.get("person") or self.anna
        before = len(payments_of(person))
        result = await modal.submit()
        assert result.accepted, result.errors
        await self.workspace.wait_until(lambda: len(payments_of(person)) > before, PATIENCE)
        return payments_of(person)[-1]

    async def message_to(self, person: Person, words: str) -> Message:
        found = await self.workspace.wait_until(
            lambda: next((m for m in person.direct_messages if words in m.plain), None), PATIENCE
        )
        assert found is not None
        return found

    async def until(self, message: Message, words: str) -> None:
        await self.workspace.wait_until(lambda: words in message.plain, PATIENCE)

    @property
    def totals(self) -> list[str]:
        """What the payments in the books amount to, one by one."""
        return [str(payment["TotalAmt"]) for payment in self.company.payments()]


def payments_of(person: Person) -> list[Message]:
    return [message for message in person.direct_messages if message.text.startswith("P-")]


HTTP = "http"


@asynccontextmanager
async def a_world(folder: Path, over: str = HTTP, /, **settings: Any) -> AsyncIterator[World]:
    """Slack reaches the bot over HTTP, or over the bot's sockets."""
    async with AsyncExitStack() as stack:
        quickbooks = QuickBooks(chance=Random(1))
        company = quickbooks.add_company(name="Larkspur Accounting")
        qbo_url = await stack.enter_async_context(listening(OverSockets(quickbooks.app)))
        workspace = Workspace(name="Larkspur", chance=Random(2))
        workspace.scopes = scopes_asked_for()
        await stack.enter_async_context(serving(workspace))
        port = free_port()
        given = in_socket_mode(workspace) if over == SOCKETS else {}
        config = a_config(workspace, quickbooks, qbo_url, folder, port, **{**given, **settings})
        url = await stack.enter_async_context(the_bot(config))
        await reach_the_bot(workspace, url, over)
        yield World(
            workspace=workspace,
            quickbooks=quickbooks,
            company=company,
            config=config,
            url=url,
            olivia=workspace.add_person("Olivia Owner", owner=True),
            anna=workspace.add_person("Anna Berg"),
        )


def in_socket_mode(workspace: Workspace) -> dict[str, SecretStr | None]:
    """What the bot is told in place of a signing secret."""
    return {"slack_app_token": SecretStr(workspace.app_token), "slack_signing_secret": None}


async def reach_the_bot(workspace: Workspace, url: str, over: str) -> None:
    if over == HTTP:
        workspace.deliver_to(f"{url}/slack/events")
    else:
        workspace.deliver_to(SOCKETS)
        await workspace.wait_until(lambda: len(workspace.sockets.open) == PLACES, PATIENCE)


def scopes_asked_for() -> set[str]:
    """The bot may do what its manifest asks for, and nothing else."""
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return set(manifest["oauth_config"]["scopes"]["bot"])


def a_config(
    workspace: Workspace,
    quickbooks: QuickBooks,
    qbo_url: str,
    folder: Path,
    port: int,
    **settings: Any,
) -> Config:
    given = {
        "slack_bot_token": SecretStr(workspace.bot_token),
        "slack_signing_secret": SecretStr(workspace.signing_secret),
        "slack_api_url": workspace.api_url,
        "intuit_client_id": quickbooks.client_id,
        "intuit_client_secret": SecretStr(quickbooks.client_secret),
        "intuit_environment": f"{qbo_url}/.well-known/openid_sandbox_configuration",
        "quickbooks_api_url": qbo_url,
        "database_url": f"sqlite:///{folder / 'counterfoil.db'}",
        "encryption_keys": SecretStr(Fernet.generate_key().decode()),
        "public_url": f"http://127.0.0.1:{port}",
        "port": port,
        "sync_interval_seconds": 0.2,
        "retry_base_seconds": 0.05,
        "throttle_seconds": 0.3,
        "log_level": "error",
    }
    return Config(_env_file=None, **{**given, **settings})


@asynccontextmanager
async def the_bot(config: Config) -> AsyncIterator[str]:
    """The real program on its port, started and stopped as a process would."""
    ensure_ledger(config.database_url)
    async with listening(build_web(config), port=config.port, lifespan="on") as url:
        yield url
