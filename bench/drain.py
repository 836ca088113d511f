"""How long a thousand firms' payments take to QuickBooks, by one process and by two."""

import asyncio
import json
import sys
import time
import uuid
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress, TaskID

from bench.engine import Firms, wired
from bench.fleet import install, postgres, serving
from bench.programs import settings
from bench.slack import Slack
from sandbox.loopback import listening

FIRMS, PAYMENTS = 1_000, 10
CALL_SECONDS = 0.3
CONNECTED_AT_ONCE = 24  # Else connecting them takes longer than all that is measured.
BETWEEN_LOOKS = 1.0
STALLED_SECONDS = 120  # Nothing arrived for so long: it will not.


@dataclass(frozen=True)
class Drained:
    """`seconds` from when all processes listen until every payment is Synced."""

    processes: int
    seconds: float


async def measure(folder: Path, progress: Progress) -> list[Drained]:
    return [await _drain(folder, processes, progress) for processes in (1, 2)]


async def _drain(folder: Path, processes: int, progress: Progress) -> Drained:
    task = progress.add_task(f"drain, {processes} at work", total=FIRMS * PAYMENTS)
    with postgres(folder / str(processes)) as url:
        async with listening(Slack()) as slack, _companies() as companies:
            given = {**settings(url, f"{slack}/api/"), **_quickbooks(companies[0])}
            async with wired(companies, url, key=given["ENCRYPTION_KEYS"]) as firms:
                gate = asyncio.Semaphore(CONNECTED_AT_ONCE)
                key = given["ENCRYPTION_KEYS"]
                await asyncio.gather(*(_record(firms, each, key, gate) for each in companies))
                async with serving(given, processes=processes):
                    began = time.perf_counter()
                    await _all_synced(firms, progress, task)
                    return Drained(processes, time.perf_counter() - began)


def _quickbooks(company: dict[str, str]) -> dict[str, str]:
    return {
        "QUICKBOOKS_API_URL": company["api_url"],
        "INTUIT_ENVIRONMENT": company["discovery_url"],
        "INTUIT_CLIENT_ID": company["client_id"],
        "INTUIT_CLIENT_SECRET": company["client_secret"],
    }


async def _record(firms: Firms, company: dict[str, str], key: str, gate: asyncio.Semaphore) -> None:
    async with gate:
        firm, (client,) = await firms.open(company, clients=1)
        await install(firms.database, key, firm)
        for _ in range(PAYMENTS):
            await firms.record(firm, client, uuid.uuid4().hex[:8])


async def _all_synced(firms: Firms, progress: Progress, task: TaskID) -> None:
    left, moved_at = await firms.all_left(), time.perf_counter()
    while left:
        await asyncio.sleep(BETWEEN_LOOKS)
        still = await firms.all_left()
        if still < left:
            moved_at = time.perf_counter()
        elif time.perf_counter() - moved_at > STALLED_SECONDS:
            raise RuntimeError(f"{still} payments are not in QuickBooks, and nothing moves")
        left = still
        progress.update(task, completed=FIRMS * PAYMENTS - left)


@asynccontextmanager
async def _companies() -> AsyncIterator[list[dict[str, str]]]:
    """All in one process, which answers each call after a while."""
    program = ["-m", "bench.company", str(FIRMS), str(CALL_SECONDS)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *program, stdout=PIPE, limit=FIRMS * 1_000
    )
    try:
        assert process.stdout is not None
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()
