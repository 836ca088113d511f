"""What each outcome of an attempt makes of its entry, as a table."""

from itertools import product
from typing import get_args

import pytest

from services.domain.causes import Cause
from services.domain.sync import (
    OPEN_STATES,
    REMOVALS,
    Accepted,
    EntryState,
    NotSent,
    Operation,
    Outcome,
    Rejected,
    ReplyLost,
    Settlement,
    Skipped,
    Stale,
    Status,
    settle,
    status_after,
)

ACCEPTED = Accepted("58", "0")
NOT_SENT = NotSent("refused connection")
STALE = Stale("somebody was faster")
REJECTED = Rejected(Cause.CLOSED_PERIOD, "books closed")
SKIPPED = Skipped(Cause.FOREIGN_CURRENCY, "euro")
LOST = ReplyLost("read time-out")

UNCERTAIN = Settlement(EntryState.UNCONFIRMED, unresolved=True)
ONE_MORE_LOOK = Settlement(EntryState.UNCONFIRMED, unresolved=True, look_again=True)
ANEW = Settlement(EntryState.PENDING, new_key=True)

CREATE = frozenset({Operation.CREATE})
OTHERS = frozenset(Operation) - CREATE
ALL = CREATE | OTHERS
EITHER = (False, True)
SENT: tuple[Outcome, ...] = (ACCEPTED, NOT_SENT, STALE, REJECTED, LOST)

TABLE = [
    # The outcome, of what, whether an attempt before it may still arrive, what becomes of it.
    (ACCEPTED, ALL, EITHER, Settlement(EntryState.DONE)),
    (NOT_SENT, ALL, (False,), Settlement(EntryState.PENDING)),
    (NOT_SENT, ALL, (True,), UNCERTAIN),
    (STALE, OTHERS, EITHER, ANEW),
    (STALE, CREATE, (False,), ANEW),
    (STALE, CREATE, (True,), UNCERTAIN),
    (REJECTED, CREATE, (False,), Settlement(EntryState.FAILED)),
    (REJECTED, OTHERS, (False,), Settlement(EntryState.REFUSED)),
    (REJECTED, ALL, (True,), ONE_MORE_LOOK),
    (SKIPPED, ALL, EITHER, Settlement(EntryState.SKIPPED)),
    (LOST, ALL, EITHER, UNCERTAIN),
]
CASES = [
    (outcome, operation, doubt, settlement)
    for outcome, operations, doubts, settlement in TABLE
    for operation, doubt in product(sorted(operations), doubts)
]


@pytest.mark.parametrize(("outcome", "operation", "doubt", "settlement"), CASES)
def test_an_outcome_settles_an_entry(
    *, outcome: Outcome, operation: Operation, doubt: bool, settlement: Settlement
) -> None:
    assert settle(outcome, operation=operation, unresolved_before=doubt) == settlement


def test_the_table_is_complete() -> None:
    asked = sorted((type(case[0]).__name__, *case[1:3]) for case in CASES)
    kinds = [kind.__name__ for kind in get_args(Outcome)]
    assert asked == sorted(product(kinds, Operation, EITHER))


@pytest.mark.parametrize("outcome", [NOT_SENT, STALE, REJECTED, LOST])
def test_a_create_that_may_have_arrived_never_ends_and_never_gets_a_new_key(
    outcome: Outcome,
) -> None:
    settlement = settle(outcome, operation=Operation.CREATE, unresolved_before=True)
    assert settlement.state is EntryState.UNCONFIRMED
    assert settlement.unresolved
    assert not settlement.new_key


@pytest.mark.parametrize("operation", sorted(OTHERS))
def test_what_is_in_quickbooks_never_fails(operation: Operation) -> None:
    """Sync is offered for Failed, and would make a second one."""
    ends = {
        settle(outcome, operation=operation, unresolved_before=doubt).state
        for outcome, doubt in product(SENT, EITHER)
    }
    assert EntryState.FAILED not in ends
    assert Status.FAILED not in {status_after(operation, state) for state in ends}


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_whatever_is_under_way_is_syncing(operation: Operation, state: EntryState) -> None:
    assert status_after(operation, state) is Status.SYNCING


@pytest.mark.parametrize("operation", Operation)
def test_what_was_called_back_is_where_it_was(operation: Operation) -> None:
    before = Status.NOT_SYNCED if operation is Operation.CREATE else Status.SYNCED
    assert status_after(operation, EntryState.CANCELLED) is before


@pytest.mark.parametrize("operation", sorted(OTHERS))
def test_what_was_refused_stays_as_it_was(operation: Operation) -> None:
    assert status_after(operation, EntryState.REFUSED) is Status.SYNCED


@pytest.mark.parametrize("operation", Operation)
def test_what_is_done_is_in_quickbooks_unless_it_was_to_leave(operation: Operation) -> None:
    leaves = operation in REMOVALS
    expected = Status.NOT_SYNCED if leaves else Status.SYNCED
    assert status_after(operation, EntryState.DONE) is expected
    assert leaves == (operation in {Operation.DELETE, Operation.RELEASE, Operation.UNAPPLY})
