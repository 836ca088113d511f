"""How long staff wait for an acknowledgement, ours against a bare Bolt app's, in turns."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet
from rich.progress import Progress

from bench import payloads
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
START_WITHIN_SECONDS = 20
OURS = ["-m", "bot", "serve"]
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
async def serving(database: Path, api_url: str, arguments: list[str]) -> AsyncIterator[Side]:
    """One server process with a database of its own, and the lines to it."""
    client_id, port = await _furnish(database), free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(argument.format(port=port) for argument in arguments),
        env=_environment(database, api_url, port),
    )
    try:
        lines = [await _open(port) for _ in range(IN_FLIGHT)]
        yield Side(client_id, lines)
        for line in lines:
            line.close()
    finally:
        process.terminate()
        await process.wait()


def _environment(database: Path, api_url: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "BENCH_DATABASE": str(database),
        "DATABASE_URL": f"sqlite:///{database}",
        "PORT": str(port),
        "SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": payloads.BOT_TOKEN,
        "SLACK_SIGNING_SECRET": payloads.SIGNING_SECRET,
        "INTUIT_CLIENT_ID": "none",
        "INTUIT_CLIENT_SECRET": "none",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "LOG_LEVEL": "error",
    }


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


async def _open(port: int) -> Line:
    async with asyncio.timeout(START_WITHIN_SECONDS):
        while True:
            try:
                return await Line.open(port)
            except OSError:
                await asyncio.sleep(0.1)


def _now() -> datetime:
    return datetime.now(UTC)
