"""make bench: a table of what staff feel, against a peer measured in the same run."""

import asyncio
import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.acks import IN_FLIGHT, ROUNDS, Job, measure

MOST_TIMES = 2.0  # What an acknowledgement may cost, as a multiple of the bare one.
MOST_P99_SECONDS = 0.250
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")


def main() -> None:
    for name in _PROXIES:  # Slack's SDK obeys them even for loopback.
        os.environ.pop(name, None)
    console = Console()
    with tempfile.TemporaryDirectory() as folder, Progress(console=console) as progress:
        jobs = asyncio.run(measure(Path(folder), progress))
    console.print(report(jobs))


def report(jobs: list[Job]) -> Table:
    table = Table(
        title=f"Acknowledgements, {IN_FLIGHT} requests in flight, {ROUNDS} bursts in turns",
        caption=f"Wanted: at most {MOST_TIMES:g} times at p50, p99 at most "
        f"{MOST_P99_SECONDS * 1000:g} ms.",
    )
    for column in ("", "bare p50", "ours p50", "times", "bare p99", "ours p99", "times", ""):
        table.add_column(column, justify="right" if column else "left")
    for job in jobs:
        median, slow = ratio(job, 50), ratio(job, 99)
        good = median <= MOST_TIMES and percentile(job.ours, 99) <= MOST_P99_SECONDS
        table.add_row(
            job.name,
            _ms(percentile(job.bare, 50)),
            _ms(percentile(job.ours, 50)),
            f"{median:.2f}",
            _ms(percentile(job.bare, 99)),
            _ms(percentile(job.ours, 99)),
            f"{slow:.2f}",
            "kept" if good else "MISSED",
        )
    return table


def ratio(job: Job, percent: int) -> float:
    return percentile(job.ours, percent) / percentile(job.bare, percent)


def percentile(times: list[float], percent: int) -> float:
    return sorted(times)[min(len(times) * percent // 100, len(times) - 1)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    main()
