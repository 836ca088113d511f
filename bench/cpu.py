"""The CPU that a payment costs on its way to QuickBooks, ours against a bare client's, in turns."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from bench import environment

FIRMS, PAYMENTS = 10, 30  # So many each: no company's pace or budget of a minute is used up.
ROUNDS = 5
WARM_UP = 1
COMPANY = ["-m", "bench.company", str(1 + FIRMS)]  # One is the peer's.
OURS = ["-m", "bench.engine"]
PEER = ["-I", str(Path(__file__).with_name("python_quickbooks.py"))]  # Nothing of ours in its path.


@dataclass
class Cost:
    """CPU seconds per payment, a figure for each round."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def times(self) -> list[float]:
        """What ours costs as a multiple of the bare one, in each round."""
        return [ours / bare for ours, bare in zip(self.ours, self.bare, strict=True)]


class Side:
    """A process that answers a number of payments with the CPU seconds that they took."""

    def __init__(self, process: Process, complaints: Path) -> None:
        self._process, self._complaints = process, complaints

    async def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def hear(self) -> str:
        assert self._process.stdout is not None
        if line := await self._process.stdout.readline():
            return line.decode()
        raise RuntimeError(f"it has ended:\n{self._complaints.read_text()[-2000:]}")

    async def measure(self, payments: int) -> float:
        await self.tell(str(payments))
        return float(await self.hear())


async def measure(folder: Path, progress: Progress) -> Cost:
    """Need the peer's environment."""
    cost = Cost()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_side(sys.executable, COMPANY, folder))
        first, *others = json.loads(await server.hear())
        peer = await stack.enter_async_context(_side(str(environment.PYTHON), PEER, folder))
        ours = await stack.enter_async_context(_side(sys.executable, OURS, folder))
        await peer.tell(json.dumps(first))
        await ours.tell(json.dumps(others))
        total = FIRMS * PAYMENTS
        for _ in progress.track(range(WARM_UP + ROUNDS), description="CPU"):
            cost.bare.append(await peer.measure(total) / total)
            cost.ours.append(await ours.measure(PAYMENTS) / total)
    del cost.bare[:WARM_UP], cost.ours[:WARM_UP]
    return cost


@asynccontextmanager
async def _side(python: str, arguments: list[str], folder: Path) -> AsyncIterator[Side]:
    complaints = folder / f"{Path(arguments[-1]).stem}.log"
    with complaints.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            python,
            *arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=out,
            # Their session insists on https, on loopback too.
            env={**os.environ, "OAUTHLIB_INSECURE_TRANSPORT": "1"},
        )
    try:
        yield Side(process, complaints)
    finally:
        process.terminate()
        await process.wait()
