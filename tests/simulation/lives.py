"""Many lives, one after the other or in several processes of the operating system."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

from tests.simulation.life import AS_THEY_COME, Conditions, Life, live
from tests.simulation.storage import Blank

BATCH = 10  # Lives between two reports.


@dataclass(frozen=True)
class Lived:
    """A batch of lives; `broken` are those in which a promise was."""

    seeds: int
    broken: tuple[Life, ...]
    sightings: Counter[str] = field(default_factory=Counter)


def live_batch(seeds: range, blank: Blank, conditions: Conditions = AS_THEY_COME) -> Lived:
    sightings: Counter[str] = Counter()
    broken = []
    for seed in seeds:
        life = live(seed, blank, conditions)
        sightings += life.sightings
        if life.complaints:
            broken.append(life)
    return Lived(len(seeds), tuple(broken), sightings)


@contextmanager
def live_all(
    seeds: range, blank: Blank, conditions: Conditions, *, jobs: int
) -> Iterator[Iterator[Lived]]:
    """Batch after batch, in the order of the seeds; whoever leaves early stops the rest."""
    batches = [seeds[start : start + BATCH] for start in range(0, len(seeds), BATCH)]
    if jobs == 1:
        yield (live_batch(batch, blank, conditions) for batch in batches)
        return
    # Spawned: a fork would copy the threads that draw the progress bar.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        under_way = [pool.submit(live_batch, batch, blank, conditions) for batch in batches]
        yield (each.result() for each in under_way)
    finally:
        pool.shutdown(cancel_futures=True)
