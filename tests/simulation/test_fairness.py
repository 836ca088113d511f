"""A firm with one payment is not held up by a neighbour that has many."""

from rich.progress import Progress

from bench.fairness import measure
from bench.report import MOST_TIMES_BESIDE

QUEUED, SAMPLES = 100, 10


def test_one_payment_hardly_waits_for_a_neighbours_many() -> None:
    waits = measure(Progress(disable=True), queued=QUEUED, samples=SAMPLES)
    alone, beside = (sorted(each)[-2] for each in (waits.alone, waits.beside))
    assert beside <= MOST_TIMES_BESIDE * alone
