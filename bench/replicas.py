"""Payments saved a second, by one process on SQLite, and by one and two on PostgreSQL."""

import asyncio
import time
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from bench import payloads
from bench.fleet import furnish, postgres, serving
from bench.programs import open_line, settings
from bench.slack import Slack
from bench.wire import Line
from sandbox.loopback import listening
from services.domain.ids import FirmId

FIRMS = [FirmId(f"T0BENCH{number}") for number in range(8)]
IN_FLIGHT = 32
ROUNDS, WARM_UP = 5, 1
PAYMENTS = 800  # A round.
REST_SECONDS = 3  # Between rounds, for what goes on behind the acknowledgement.


@dataclass
class Setup:
    """`rates` are payments a second, one figure a round; `waits` seconds, one a payment."""

    name: str
    ports: list[int]
    clients: dict[FirmId, str]
    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


async def measure(folder: Path, progress: Progress) -> list[Setup]:
    async with AsyncExitStack() as stack:
        slack_url = f"{await stack.enter_async_context(listening(Slack()))}/api/"
        places = (
            ("SQLite, one process", f"sqlite:///{folder / 'counterfoil.db'}", 1),
            ("PostgreSQL, one", stack.enter_context(postgres(folder / "one")), 1),
            ("PostgreSQL, two", stack.enter_context(postgres(folder / "two")), 2),
        )
        setups = []
        for name, url, processes in places:
            given = settings(url, slack_url)
            clients = await furnish(url, given["ENCRYPTION_KEYS"], FIRMS)
            ports = await stack.enter_async_context(serving(given, processes=processes))
            setups.append(Setup(name, ports, clients))
        for number in progress.track(range(WARM_UP + ROUNDS), description="replicas"):
            for setup in setups:
                rate, waits = await _round(setup)
                if number >= WARM_UP:
                    setup.rates.append(rate)
                    setup.waits.extend(waits)
                await asyncio.sleep(REST_SECONDS)
    return setups


async def _round(setup: Setup) -> tuple[float, list[float]]:
    """Each line sends its next as soon as the last is acknowledged."""
    requests = [_submission(setup, number) for number in range(PAYMENTS)]
    lines = [await open_line(setup.ports[at % len(setup.ports)]) for at in range(IN_FLIGHT)]
    began = time.perf_counter()
    sent = [_send(line, requests[at::IN_FLIGHT]) for at, line in enumerate(lines)]
    waits = await asyncio.gather(*sent)
    taken = time.perf_counter() - began
    for line in lines:
        line.close()
    return PAYMENTS / taken, [each for some in waits for each in some]


async def _send(line: Line, requests: list[bytes]) -> list[float]:
    return [await line.ask(request) for request in requests]


def _submission(setup: Setup, number: int) -> bytes:
    firm = FIRMS[number % len(FIRMS)]
    return payloads.submission(f"V{uuid.uuid4().hex}", setup.clients[firm], team=firm)
