"""How long staff wait for an acknowledgement, ours against a bare Bolt app's, in turns."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import Progress

from bench import payloads
from bench.programs import OURS, open_line, running, settings
from bench.slack import Slack
from bench.wire import Line, burst
from sandbox.loopback import free_port, listening
from services.clients import Clients
from services.db.opening import open_database, upgrade
from services.domain.ids import FirmId, UserId
from services.domain.members import Member
from services.members import Members

IN_FLIGHT = 32
ROUNDS = 60
WARM_UP = 5
REST_SECONDS = 0.25  # Between bursts, for what goes on behind the acknowledgement.
BARE = ["-m", "uvicorn", "bench.bare:web", "--port", "{port}", "--loop", "uvloop"]
BARE += ["--http", "httptools", "--log-level", "warning", "--no-access-log"]


@dataclass
class Job:
    """One thing measured on both sides; times in seconds."""

    name: str
    make: Callable[["Side"], bytes]
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


@dataclass
class Side:
    client_id: str
    lines: list[Line]


JOBS = (
    ("/payment new: acknowledged", lambda _: payloads.command()),
    (
        "a payment saved: committed and acknowledged",
        lambda side: payloads.submission(f"V{uuid.uuid4().hex}", side.client_id),
    ),
)


async def measure(folder: Path, progress: Progress) -> list[Job]:
    jobs = [Job(name, make) for name, make in JOBS]
    async with AsyncExitStack() as stack:
        api_url = f"{await stack.enter_async_context(listening(Slack()))}/api/"
        ours = await stack.enter_async_context(serving(folder / "ours.db", api_url, OURS))
        bare = await stack.enter_async_context(serving(folder / "bare.db", api_url, BARE))
        for job in progress.track([job for job in jobs for _ in range(WARM_UP + ROUNDS)]):
            for side, times in ((bare, job.bare), (ours, job.ours)):
                requests = [job.make(side) for _ in range(IN_FLIGHT)]
                times.extend(await burst(side.lines, requests))
                await asyncio.sleep(REST_SECONDS)
    for job in jobs:
        del job.ours[: WARM_UP * IN_FLIGHT], job.bare[: WARM_UP * IN_FLIGHT]
    return jobs


@asynccontextmanager
async def serving(database: Path, slack_url: str, arguments: list[str]) -> AsyncIterator[Side]:
    """One server process with a database of its own, and the lines to it."""
    client_id, port = await _furnish(database), free_port()
    environment = {
        **settings(f"sqlite:///{database}", slack_url),
        "BENCH_DATABASE": str(database),
        "SLACK_BOT_TOKEN": payloads.BOT_TOKEN,
    }
    async with running(arguments, port, environment):
        lines = [await open_line(port) for _ in range(IN_FLIGHT)]
        yield Side(client_id, lines)
        for line in lines:
            line.close()


async def _furnish(database: Path) -> str:
    """The schema, and a client who is on the way to QuickBooks already; returns the id."""
    url = f"sqlite:///{database}"
    await asyncio.to_thread(upgrade, url)
    firm, user = FirmId(payloads.TEAM), UserId(payloads.USER)
    async with open_database(url) as opened:
        member = Member(firm, user, False, False, "en-US", "UTC")
        await Members(opened, _now).remember(member)
        clients = Clients(opened, _now, lambda: None)
        client = await clients.record(firm, name="Acme", email=None, by=user)
        await clients.sync(firm, client.name, by=user)
    return str(client.id)


def _now() -> datetime:
    return datetime.now(UTC)
