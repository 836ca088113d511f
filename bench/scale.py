"""What a million payments cost the people who wait, against a thousand, in turns."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.progress import Progress

from bench import acks, desk
from bench.acks import IN_FLIGHT, Job
from bench.cpu import Side
from bench.programs import OURS
from bench.slack import Slack
from bench.wire import burst
from bench.years import Years
from sandbox.loopback import listening

FEW, MANY = Years(1_000), Years(1_000_000)  # Of the same clients.
MANY_CLIENTS = Years(1_000, clients=10_000)
BURSTS, ROUNDS, WARM_UP = 25, 15, 3


@dataclass
class Waited:
    """Seconds, question by question; `few` is empty where there is nothing to compare with."""

    name: str
    few: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)

    @property
    def times(self) -> float:
        return median(self.many) / median(self.few)


@dataclass
class Scale:
    every_day: list[Waited]
    now_and_then: list[Waited]
    searches: list[Waited]  # Among ten thousand clients.
    peaks: dict[str, int]  # Bytes that the program and the desk took at most, with many payments.


async def measure(folder: Path, progress: Progress) -> Scale:
    few, many, clients = (folder / f"{name}.db" for name in ("few", "many", "clients"))
    for years, file in ((FEW, few), (MANY, many), (MANY_CLIENTS, clients)):
        filling = progress.add_task(f"{years.payments:,} payments", total=None)
        await asyncio.to_thread(years.write, file)
        progress.update(filling, total=1, completed=1)
    async with _desk(few, folder / "few.peak") as ours, _desk(many, folder / "desk.peak") as big:
        every_day = await _ask(ours, big, desk.EVERY_DAY, progress)
        now_and_then = await _ask(ours, big, desk.NOW_AND_THEN, progress)
    async with _desk(clients, folder / "clients.peak") as side:
        searches = await _ask(None, side, desk.SEARCHES, progress)
    acknowledged = await _acknowledge(few, many, folder / "serve.peak", progress)
    peaks = {name: int((folder / f"{name}.peak").read_text()) for name in ("serve", "desk")}
    return Scale([*acknowledged, *every_day], now_and_then, searches, peaks)


async def _acknowledge(few: Path, many: Path, peak: Path, progress: Progress) -> list[Waited]:
    """By the program as it runs, from request to answer."""
    asked = [Job(name, make) for name, make in acks.JOBS]
    weighed = ["-m", "bench.weigh", str(peak), *OURS]
    waited = [Waited(job.name) for job in asked]
    async with AsyncExitStack() as stack:
        api_url = f"{await stack.enter_async_context(listening(Slack()))}/api/"
        small = await stack.enter_async_context(acks.serving(few, api_url, OURS))
        large = await stack.enter_async_context(acks.serving(many, api_url, weighed))
        jobs = list(zip(asked, waited, strict=True))
        for job, times in progress.track([each for each in jobs for _ in range(BURSTS)]):
            for side, seconds in ((small, times.few), (large, times.many)):
                requests = [job.make(side) for _ in range(IN_FLIGHT)]
                seconds.extend(await burst(side.lines, requests))
                await asyncio.sleep(acks.REST_SECONDS)
    return [_warm(each, WARM_UP * IN_FLIGHT) for each in waited]


async def _ask(
    few: Side | None, many: Side, names: Iterable[str], progress: Progress
) -> list[Waited]:
    waited = [Waited(name) for name in names]
    for each in progress.track(waited * (WARM_UP + ROUNDS), description="Questions"):
        if few is not None:
            each.few.append(await _seconds(few, each.name))
        each.many.append(await _seconds(many, each.name))
    return [_warm(each, WARM_UP) for each in waited]


async def _seconds(side: Side, name: str) -> float:
    await side.tell(name)
    return float(await side.hear())


def _warm(waited: Waited, first: int) -> Waited:
    return Waited(waited.name, waited.few[first:], waited.many[first:])


@asynccontextmanager
async def _desk(ledger: Path, peak: Path) -> AsyncIterator[Side]:
    complaints = peak.with_suffix(".log")
    with complaints.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.weigh", str(peak), "-m", "bench.desk", str(ledger)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=out,
        )
    assert process.stdin is not None
    try:
        yield Side(process, complaints)
    finally:
        process.stdin.close()  # There is nothing more to answer.
        await process.wait()
