"""Live simulated lives: python -m tests.simulation --seeds 1000."""

from collections import Counter
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.simulation.life import Life, live
from tests.simulation.lives import live_all
from tests.simulation.stories import Plot
from tests.simulation.weather import Weather
from tests.simulation.world import migrated_file

JOBS = 2

console = Console(highlight=False, soft_wrap=True)


class Conditions(NamedTuple):
    """What is the same in all of these lives; None: each draws its own."""

    weather: Weather | None
    plot: Plot | None


def main(
    *,
    seeds: Annotated[int, typer.Option(min=1, help="How many lives.")] = 1000,
    first: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    weather: Annotated[Weather | None, typer.Option(help="Else each seed has its own.")] = None,
    plot: Annotated[Plot | None, typer.Option(help="A story that each firm has to tell.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many at once.")] = JOBS,
    verbose: Annotated[bool, typer.Option(help="Print all that happens, seed by seed.")] = False,
) -> None:
    """Fail at the first life in which a promise is broken, and say how to see it again."""
    wanted = range(first, first + seeds)
    conditions = Conditions(weather, plot)
    broken = _tell(wanted, conditions) if verbose else _count(wanted, conditions, jobs)
    if broken is not None:
        _explain(broken, conditions)
        raise typer.Exit(code=1)


def _tell(seeds: range, conditions: Conditions) -> Life | None:
    with migrated_file() as empty:
        for seed in seeds:
            life = live(seed, empty, **conditions._asdict(), verbose=True)
            console.print(f"Seed {seed}, {life.weather}", style="bold")
            console.print(*life.log, sep="\n", markup=False)
            if life.complaints:
                return life
    return None


def _count(seeds: range, conditions: Conditions, jobs: int) -> Life | None:
    sightings: Counter[str] = Counter()
    columns = (TextColumn("lives"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        live_all(seeds, **conditions._asdict(), jobs=jobs) as batches,
        Progress(*columns, console=console) as progress,
    ):
        bar = progress.add_task("lives", total=len(seeds))
        for lived in batches:
            sightings += lived.sightings
            progress.advance(bar, lived.seeds)
            if lived.broken:
                return lived.broken[0]
    seen = ", ".join(f"{name} {count}" for name, count in sorted(sightings.items()))
    console.print(f"Every promise was kept. Seen: {seen}.")
    return None


def _explain(life: Life, conditions: Conditions) -> None:
    console.print(f"Seed {life.seed} ({life.weather}) broke a promise:", style="bold red")
    console.print(*life.complaints, sep="\n", markup=False)
    command = f"python -m tests.simulation --first {life.seed} --seeds 1 --verbose"
    command += "".join(
        f" --{name} {chosen}" for name, chosen in conditions._asdict().items() if chosen
    )
    console.print(f"See it again: {command}")


if __name__ == "__main__":
    typer.run(main)
