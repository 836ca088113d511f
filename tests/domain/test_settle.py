"""What each outcome of an attempt makes of its entry, as a table."""

import pytest

from services.domain.causes import Cause
from services.domain.sync import (
    Accepted,
    EntryState,
    NotSent,
    Outcome,
    Rejected,
    ReplyLost,
    Settlement,
    Skipped,
    Stale,
    settle,
)

ACCEPTED = Accepted("58", "0")
NOT_SENT = NotSent("refused connection")
STALE = Stale("somebody was faster")
REJECTED = Rejected(Cause.CLOSED_PERIOD, "books closed")
SKIPPED = Skipped(Cause.FOREIGN_CURRENCY, "euro")
LOST = ReplyLost("read time-out")
UNCERTAIN = Settlement(EntryState.UNCONFIRMED, unresolved=True)

TABLE = [
    # The outcome, whether an attempt before it may still arrive, and what becomes of the entry.
    (ACCEPTED, False, Settlement(EntryState.DONE)),
    (ACCEPTED, True, Settlement(EntryState.DONE)),
    (NOT_SENT, False, Settlement(EntryState.PENDING)),
    (NOT_SENT, True, UNCERTAIN),
    (STALE, False, Settlement(EntryState.PENDING, new_key=True)),
    (STALE, True, UNCERTAIN),
    (REJECTED, False, Settlement(EntryState.FAILED)),
    (REJECTED, True, Settlement(EntryState.UNCONFIRMED, unresolved=True, look_again=True)),
    (SKIPPED, False, Settlement(EntryState.SKIPPED)),
    (SKIPPED, True, Settlement(EntryState.SKIPPED)),
    (LOST, False, UNCERTAIN),
    (LOST, True, UNCERTAIN),
]


@pytest.mark.parametrize(("outcome", "unresolved_before", "settlement"), TABLE)
def test_an_outcome_settles_an_entry(
    *, outcome: Outcome, unresolved_before: bool, settlement: Settlement
) -> None:
    assert settle(outcome, unresolved_before=unresolved_before) == settlement


@pytest.mark.parametrize("outcome", [NOT_SENT, STALE, REJECTED, LOST])
def test_what_may_have_arrived_never_ends_and_never_gets_a_new_key(outcome: Outcome) -> None:
    settlement = settle(outcome, unresolved_before=True)
    assert settlement.state is EntryState.UNCONFIRMED
    assert settlement.unresolved
    assert not settlement.new_key


def test_the_table_is_complete() -> None:
    kinds = {type(outcome) for outcome, _, _ in TABLE}
    assert kinds == set(Outcome.__args__)
    assert len(TABLE) == 2 * len(kinds)
