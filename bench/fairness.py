"""How long one payment takes when a neighbour has thousands queued, in virtual time."""

import asyncio
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rich.progress import Progress

from bench.engine import Firms, wired
from bot.bell import Bell
from bot.worker import Worker
from sandbox.quickbooks import QuickBooks
from sandbox.quickbooks.serve import describe
from services.domain.ids import ClientId, FirmId, PaymentId
from services.domain.sync import Status
from services.quickbooks.client import open_http
from tests.simulation.kernel import Network, Seconds, VirtualClock, run_virtual

QUEUED = 10_000
SAMPLES = 100
ONE_WAY = 0.15  # Seconds, so that a call takes 300 ms.
BETWEEN_SAMPLES = 5.0  # Seconds, at most.
BETWEEN_LOOKS = 0.01
POLL = 5.0  # Seconds: SYNC_INTERVAL_SECONDS unless it is set.


@dataclass(frozen=True)
class Waits:
    """Seconds of virtual time from a payment's commit until it is Synced, sample by sample."""

    alone: list[float]
    beside: list[float]


def measure(progress: Progress, *, queued: int = QUEUED, samples: int = SAMPLES) -> Waits:
    tracked = progress.track((0, queued), description="fairness")
    alone, beside = (_live(neighbours, samples) for neighbours in tracked)
    return Waits(alone, beside)


def _live(queued: int, samples: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        return run_virtual(
            lambda clock, chance: _wait(clock, chance, Path(folder), queued, samples), seed=1
        )


async def _wait(
    clock: VirtualClock, chance: Random, folder: Path, queued: int, samples: int
) -> list[float]:
    quickbooks = QuickBooks(clock=clock.now, chance=chance)
    added = [quickbooks.add_company(name=name) for name in ("One", "Ten Thousand")]
    companies = [describe(quickbooks, each, port=1) for each in added]
    network = Network(quickbooks.app, chance, latency=Seconds(ONE_WAY, ONE_WAY))
    bell, url = Bell(), f"sqlite:///{folder / 'counterfoil.db'}"
    async with (
        open_http(network.transport()) as http,
        wired(companies, url, http=http, clock=clock.now, ring=bell.ring) as firms,
    ):
        (firm, clients), (neighbour, theirs) = [await firms.open(each) for each in companies]
        for number in range(queued):
            await firms.record(neighbour, theirs[number % len(theirs)], uuid.uuid4().hex[:8])
        worker, polling = Worker(firms.engine, bell), asyncio.create_task(_poll(bell))
        worker.start()
        try:
            return [await _sample(firms, firm, clients, chance) for _ in range(samples)]
        finally:
            polling.cancel()
            await worker.stop()


async def _poll(bell: Bell) -> None:
    while True:
        await asyncio.sleep(POLL)
        bell.ring()


async def _sample(firms: Firms, firm: FirmId, clients: list[ClientId], chance: Random) -> float:
    await asyncio.sleep(chance.uniform(0, BETWEEN_SAMPLES))
    loop = asyncio.get_running_loop()
    began = loop.time()
    payment = await firms.record(firm, clients[0], uuid.uuid4().hex[:8])
    while not await _is_synced(firms, firm, payment):  # noqa: ASYNC110 - a ledger rings no bell.
        await asyncio.sleep(BETWEEN_LOOKS)
    return loop.time() - began


async def _is_synced(firms: Firms, firm: FirmId, payment: PaymentId) -> bool:
    shown = await firms.payments.show(firm, payment)
    return shown.payment.sync.status is Status.SYNCED
