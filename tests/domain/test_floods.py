"""What one message tells of many payments."""

from services.domain.floods import MOST_NAMED, Tally
from services.domain.sync import Status


def test_it_counts_all_and_names_the_newest_that_may_need_a_person() -> None:
    failed = [(number, Status.FAILED) for number in range(1001, 1001 + MOST_NAMED + 3)]
    tally = Tally.of([*failed, (1500, Status.SYNCED), (1501, Status.SYNCING)])
    assert tally.total == MOST_NAMED + 5
    assert tally.counts[Status.FAILED] == MOST_NAMED + 3
    assert tally.named[Status.FAILED][0] == "P-1013"
    assert len(tally.named[Status.FAILED]) == MOST_NAMED
    assert Status.SKIPPED not in tally.named


def test_it_says_the_same_in_whatever_order_they_come() -> None:
    payments = [(1001, Status.FAILED), (1002, Status.SYNCED)]
    assert Tally.of(payments) == Tally.of(reversed(payments))
    assert Tally.of(payments) != Tally.of([(1001, Status.SYNCED), (1002, Status.FAILED)])
