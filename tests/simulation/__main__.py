"""Live simulated lives: python -m tests.simulation --seeds 1000."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.simulation.life import Conditions, Life, live
from tests.simulation.lives import live_all
from tests.simulation.storage import Kind
from tests.simulation.stories import Plot
from tests.simulation.weather import Weather

JOBS = 2

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Run:
    """`words` ask for the same conditions again."""

    seeds: range
    database: Kind
    conditions: Conditions
    words: str


def main(  # noqa: PLR0913 - one for each option.
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many lives.")] = 1000,
    first: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    weather: Annotated[Weather | None, typer.Option(help="Else each seed has its own.")] = None,
    plot: Annotated[Plot | None, typer.Option(help="A story that each firm has to tell.")] = None,
    database: Annotated[Kind, typer.Option(help="Where the ledger is kept.")] = Kind.SQLITE,
    workers: Annotated[int, typer.Option(min=1, max=9, help="Programs on one ledger.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="How many lives at once.")] = JOBS,
    verbose: Annotated[bool, typer.Option(help="Print all that happens, seed by seed.")] = False,
) -> None:
    """Fail at the first life in which a promise is broken, and say how to see it again."""
    if workers > 1 and database is Kind.SQLITE:
        raise typer.BadParameter("A SQLite file is for one program: --database postgresql.")
    chosen = {"weather": weather, "plot": plot, "database": database, "workers": workers}
    words = "".join(f" --{name} {choice}" for name, choice in chosen.items() if choice)
    conditions = Conditions(weather, plot, workers)
    run = Run(range(first, first + seeds), database, conditions, words)
    broken = _tell(run) if verbose else _count(run, jobs)
    if broken is not None:
        _explain(broken, run)
        raise typer.Exit(code=1)


def _tell(run: Run) -> Life | None:
    with run.database.blank() as blank:
        for seed in run.seeds:
            life = live(seed, blank, run.conditions, verbose=True)
            console.print(f"Seed {seed}, {life.weather}", style="bold")
            console.print(*life.log, sep="\n", markup=False)
            if life.complaints:
                return life
    return None


def _count(run: Run, jobs: int) -> Life | None:
    sightings: Counter[str] = Counter()
    columns = (TextColumn("lives"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        run.database.blank() as blank,
        live_all(run.seeds, blank, run.conditions, jobs=jobs) as batches,
        Progress(*columns, console=console) as progress,
    ):
        bar = progress.add_task("lives", total=len(run.seeds))
        for lived in batches:
            sightings += lived.sightings
            progress.advance(bar, lived.seeds)
            if lived.broken:
                return lived.broken[0]
    seen = ", ".join(f"{name} {count}" for name, count in sorted(sightings.items()))
    console.print(f"Every promise was kept. Seen: {seen}.")
    return None


def _explain(life: Life, run: Run) -> None:
    console.print(f"Seed {life.seed} ({life.weather}) broke a promise:", style="bold red")
    console.print(*life.complaints, sep="\n", markup=False)
    command = f"python -m tests.simulation --first {life.seed} --seeds 1 --verbose{run.words}"
    console.print(f"See it again: {command}")


if __name__ == "__main__":
    typer.run(main)
