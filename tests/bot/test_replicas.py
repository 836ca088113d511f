"""Several programs on one PostgreSQL, behind a load balancer, as one of them dies."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from sandbox.loopback import free_port
from sandbox.quickbooks import Fault, Kind
from sandbox.slack.message import Message
from services.audits import Audits
from services.db.opening import open_database
from services.domain.audit import Head
from services.domain.ids import FirmId
from tests.bot.balancer import Balancer
from tests.bot.conftest import Program, serve
from tests.postgres import Server
from tests.world import PATIENCE, World, payments_of

LEASE = 2  # Seconds; after so many the dead one's work is taken over.
LONG = timedelta(seconds=1)


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.create()


@asynccontextmanager
async def two_programs(outside: World, folder: Path, url: str) -> AsyncIterator[list[Program]]:
    """Slack reaches both in turn; the second port is taken by the second one."""
    shared = {"DATABASE_URL": url, "LEASE_SECONDS": str(LEASE)}
    async with AsyncExitStack() as stack:
        programs = [
            await stack.enter_async_context(serve(outside, folder, **shared, **port))
            for port in ({}, {"PORT": str(free_port())})
        ]
        slack = await stack.enter_async_context(
            httpx.AsyncClient(transport=Balancer(each.url for each in programs))
        )
        outside.workspace.deliver_to(f"{programs[0].url}/slack/events", slack)
        yield programs


async def record(outside: World, *amounts: int) -> list[Message]:
    return [await outside.record(sync=True, amount=f"{amount}.00") for amount in amounts]


def holder(url: str) -> int:
    """The process that has the company in its hands."""
    with psycopg.connect(url) as db:
        (holders,) = db.execute("SELECT holder FROM leases").fetchall()
    return int(holders[0].split(":")[1])


async def test_payments_through_two_programs_of_which_one_is_killed_arrive_once_each(
    outside: World, tmp_path: Path, url: str
) -> None:
    async with two_programs(outside, tmp_path, url) as programs:
        await outside.connect()
        await outside.add_client("Acme")
        messages = await record(outside, *range(1, 7))
        for message in messages:
            await outside.until(message, "Synced")
        slow = Fault(kind=Kind.SLOW_ANSWER, entity="payment", wait=LONG)
        outside.quickbooks.faults.add(slow)
        messages += await record(outside, 7)
        await outside.workspace.wait_until(lambda: not list(outside.quickbooks.faults), PATIENCE)
        dead = next(each for each in programs if each.process.pid == holder(url))
        assert (await dead.end(signal.SIGKILL)).code == -signal.SIGKILL
        messages += await record(outside, *range(8, 12))
        for message in messages:
            await outside.until(message, "Synced")
    assert sorted(outside.totals) == sorted(f"{amount}.00" for amount in range(1, 12))
    told = sorted(message.text.split()[0] for message in payments_of(outside.anna))
    assert told == [f"P-{number}" for number in range(1001, 1012)]
    async with open_database(url) as database:
        firm = FirmId(outside.workspace.team_id)
        assert isinstance(await Audits(database).verify(firm, advance=lambda _: None), Head)
