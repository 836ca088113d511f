"""Everything the story needs: a workspace with people, a company with books, and the bot."""

import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from bot.demo.books import CLIENT, INVOICED
from bot.demo.program import Program, serving
from sandbox.loopback import HOST, free_port, listening
from sandbox.quickbooks import Company, QuickBooks
from sandbox.quickbooks.serve import OverSockets
from sandbox.slack import Person, Workspace
from sandbox.slack import serve as slack

SYNC_INTERVAL = ALERT_INTERVAL = "0.2"  # Seconds: nobody should wait for the scheduler.
ALERT_SETTLE = "1"  # Seconds.
# Seconds, of which half may go by chance. Slack's messages are edited once a second at most: a
# shorter wait would mostly be over before its reason is shown.
RETRY_BASE = "2"


@dataclass(frozen=True, kw_only=True)
class Stage:
    workspace: Workspace
    quickbooks: QuickBooks
    company: Company
    bot: Program
    olivia: Person  # Owner of the workspace, so an admin.
    anna: Person  # Staff.


@asynccontextmanager
async def set_stage() -> AsyncIterator[Stage]:
    """A fresh ledger, a fresh company, a fresh workspace, all on loopback."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="counterfoil-demo-")))
        quickbooks = QuickBooks()
        company = _open_books(quickbooks)
        api_url = await stack.enter_async_context(listening(OverSockets(quickbooks.app)))
        workspace = Workspace(name="Larkspur")
        await stack.enter_async_context(slack.serving(workspace))
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # Lines are cut on purpose.
        environment = _environment(workspace, quickbooks, api_url, folder)
        bot = await stack.enter_async_context(serving(environment, folder))
        workspace.deliver_to(f"{bot.url}/slack/events")
        yield Stage(
            workspace=workspace,
            quickbooks=quickbooks,
            company=company,
            bot=bot,
            olivia=workspace.add_person("Olivia Park", owner=True),
            anna=workspace.add_person("Anna Berg"),
        )


def _open_books(quickbooks: QuickBooks) -> Company:
    """The client owes what the story's payments settle, to the cent."""
    company = quickbooks.add_company(name="Larkspur Accounting")
    customer = company.add_customer(CLIENT)
    company.add_invoice(customer["Id"], INVOICED)
    return company


def _environment(
    workspace: Workspace, quickbooks: QuickBooks, api_url: str, folder: Path
) -> dict[str, str]:
    """All that the bot is told; it does not know that the world around it is simulated."""
    port = free_port()
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "INTUIT_CLIENT_ID": quickbooks.client_id,
        "INTUIT_CLIENT_SECRET": quickbooks.client_secret,
        "INTUIT_ENVIRONMENT": f"{api_url}/.well-known/openid_sandbox_configuration",
        "QUICKBOOKS_API_URL": api_url,
        "DATABASE_URL": f"sqlite:///{folder / 'counterfoil.db'}",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "HOST": HOST,
        "PORT": str(port),
        "SYNC_INTERVAL_SECONDS": SYNC_INTERVAL,
        "RETRY_BASE_SECONDS": RETRY_BASE,
        "ALERT_INTERVAL_SECONDS": ALERT_INTERVAL,
        "ALERT_SETTLE_SECONDS": ALERT_SETTLE,
        "LOG_LEVEL": "warning",
    }
