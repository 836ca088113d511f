"""make bench: tables of what staff feel and what it costs, against peers measured in the same run.

`python -m bench acks`, `cpu`, `scale`, `fairness`, `replicas` or `drain` measures one alone.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bench import acks, cpu, drain, environment, fairness, replicas, report, scale
from bot import log

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")


def main() -> None:
    console = Console()
    chosen = sys.argv[1:] or list(MEASUREMENTS)
    if unknown := set(chosen) - MEASUREMENTS.keys():
        sys.exit(f"bench: {' '.join(unknown)}? There is {' and '.join(MEASUREMENTS)}.")
    if "cpu" in chosen:
        environment.make(console)  # While there are proxies: this is fetched from outside.
    for name in _PROXIES:  # Slack's SDK obeys them even for loopback.
        os.environ.pop(name, None)
    log.set_up("error", "console")  # What is measured in this process has its say in the table.
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            MEASUREMENTS[name](console, Path(folder))


def measure_acks(console: Console, folder: Path) -> None:
    with Progress(console=console) as progress:
        jobs = asyncio.run(acks.measure(folder, progress))
    console.print(report.of_acks(jobs))


def measure_cpu(console: Console, folder: Path) -> None:
    with Progress(console=console) as progress:
        cost = asyncio.run(cpu.measure(folder, progress))
    console.print(report.of_cpu(cost))
    console.print(report.in_a_sentence(cost), soft_wrap=True)


def measure_scale(console: Console, folder: Path) -> None:
    with Progress(console=console) as progress:
        found = asyncio.run(scale.measure(folder, progress))
    console.print(report.of_scale(found))


def measure_fairness(console: Console, folder: Path) -> None:
    del folder
    with Progress(console=console) as progress:
        waits = fairness.measure(progress)
    console.print(report.of_fairness(waits))


def measure_replicas(console: Console, folder: Path) -> None:
    with Progress(console=console) as progress:
        setups = asyncio.run(replicas.measure(folder, progress))
    console.print(report.of_replicas(setups))


def measure_drain(console: Console, folder: Path) -> None:
    with Progress(console=console) as progress:
        found = asyncio.run(drain.measure(folder, progress))
    console.print(report.of_drain(found))


MEASUREMENTS: dict[str, Callable[[Console, Path], None]] = {
    "acks": measure_acks,
    "cpu": measure_cpu,
    "scale": measure_scale,
    "fairness": measure_fairness,
    "replicas": measure_replicas,
    "drain": measure_drain,
}


if __name__ == "__main__":
    main()
