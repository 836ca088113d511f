"""The picture of an entry's states shows what moves them in the code, arrow by arrow."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from sqlalchemy import select, update

from services.claims import Attempt
from services.db import outbox
from services.db.due import DUE_STATES
from services.db.entries import Entry
from services.db.leases import Lease
from services.db.tables import outbox as table
from services.domain.ids import EntryId
from services.domain.ledger import Settings
from services.domain.sync import (
    OPEN_STATES,
    SETTLED_AFTER,
    EntryState,
    Operation,
    Outcome,
    RecordKind,
    ReplyLost,
    Skipped,
    settle,
    wire_key,
)
from services.domain.wishes import Wish
from services.pushes.push import AnyCase, Case
from tests.builders import (
    ANNA,
    FIRM,
    NOW,
    PAYMENT,
    REALM,
    a_company,
    a_payment,
)
from tests.db.shelf import Shelf
from tests.domain.pictures import END, OUTCOMES, START, Arrow, drawn, pictures

SENDING_ENDS_WITH = OUTCOMES.keys() - {Skipped}  # That is chosen before anything is sent.
A_LOOK_FINDS = {
    EntryState.PENDING: OUTCOMES.keys() - {ReplyLost},  # A look that got no answer sent nothing.
    EntryState.UNCONFIRMED: OUTCOMES.keys() - {ReplyLost, Skipped},
}


def settled() -> Iterator[Arrow]:
    """By the outcome of an attempt, whatever the operation and the doubt."""
    tried = {**A_LOOK_FINDS, EntryState.SENDING: SENDING_ENDS_WITH}
    for state, kinds in tried.items():
        for kind, operation in product(kinds, Operation):
            word, outcome = OUTCOMES[kind]
            for doubt in doubts(state, operation, outcome):
                after = settle(outcome, operation=operation, unresolved_before=doubt)
                yield state, word, after.state


def doubts(state: EntryState, operation: Operation, outcome: Outcome) -> set[bool]:
    """Whether an older attempt may still arrive: what was never sent has none."""
    unresolved = {
        EntryState.PENDING: (False,),
        EntryState.SENDING: (False, True),
        EntryState.UNCONFIRMED: (True,),
    }[state]
    return {
        Attempt(case, a_lease(), looked_at=NOW).leaves_doubt(outcome)
        for case in (
            a_case(state, operation, unresolved=before, last_sent_at=NOW - ago)
            for before, ago in product(unresolved, (timedelta(0), SETTLED_AFTER))
        )
    }


def a_lease(epoch: int = 1) -> Lease:
    return Lease(REALM, "one", epoch)


def a_case(
    state: EntryState, operation: Operation, *, unresolved: bool, last_sent_at: datetime
) -> AnyCase:
    entry = Entry(
        id=EntryId(1),
        firm_id=FIRM,
        record_kind=RecordKind.PAYMENT,
        record_id=PAYMENT,
        operation=operation,
        key=wire_key(PAYMENT, operation, 1),
        body="{}",
        state=state,
        attempt=2,
        unresolved=unresolved,
        due_at=NOW,
        first_sent_at=NOW,
        last_sent_at=last_sent_at,
        waits_for=None,
        refused=None,
        same_answers=0,
        wish=Wish(),
        requested_by=ANNA,
    )
    chosen = Settings(sync_by_default=True, currency="USD", version=1)
    return Case(entry, a_payment(), a_company(), chosen)


Move = Callable[[Any, Entry], Awaitable[object]]
MOVES: dict[str, list[Move]] = {
    "claimed": [
        lambda db, entry: outbox.claim(
            db, replace(entry, attempt=entry.attempt + 1, body="{}"), a_lease(), now=NOW
        )
    ],
    "called back": [lambda db, entry: outbox.cancel(db, entry, at=NOW)],
    "handed over": [
        lambda db, _: outbox.hand_over_expired(db, FIRM, a_lease(epoch=2), NOW),
        lambda db, _: outbox.hand_over_all(db, FIRM, now=NOW),
    ],
    "parked": [lambda db, entry: outbox.park(db, entry, a_lease(), until=NOW)],
    "waited in vain": [
        lambda db, entry: outbox.refuse_waiting(db, entry.record_id, operations=Operation, at=NOW)
    ],
}


async def moved(shelf: Shelf) -> set[Arrow]:
    """By a statement of the outbox, tried on an entry in every state."""
    payment = await shelf.payment(await shelf.client())
    entry = await shelf.ask(payment, Operation.CREATE)
    arrows = {(START, "asked for", entry.state.value)}
    for event, moves in MOVES.items():
        for move, state in product(moves, EntryState):
            after = await _state_after(shelf, move, replace(entry, state=state))
            if after is not state:
                arrows.add((state.value, event, after.value))
    return arrows


async def _state_after(shelf: Shelf, move: Move, entry: Entry) -> EntryState:
    mine = table.c.id == entry.id
    as_it_is = {
        "state": entry.state,
        "attempt": entry.attempt,
        "body": "{}",
        "unresolved": entry.state in OPEN_STATES - {EntryState.PENDING},
        "lease_epoch": 1,
    }
    async with shelf.database.write(FIRM) as db:
        await db.execute(update(table).where(mine).values(**as_it_is))
        await move(db, entry)
        found = await db.execute(select(table.c.state).where(mine))
    return EntryState(found.scalar_one())


async def test_the_entries_picture_shows_every_arrow_and_no_other(shelf: Shelf) -> None:
    ends = {(state.value, "", END) for state in set(EntryState) - OPEN_STATES}
    assert drawn(pictures()[1]) == {*settled(), *await moved(shelf), *ends}


def test_every_outcome_has_its_word() -> None:
    assert OUTCOMES.keys() == set(get_args(Outcome))
    assert set(A_LOOK_FINDS) == set(DUE_STATES)


@pytest.mark.parametrize("doubt", [False, True])
def test_what_is_unconfirmed_may_have_arrived_and_nothing_else_may(*, doubt: bool) -> None:
    for (_, outcome), operation in product(OUTCOMES.values(), Operation):
        after = settle(outcome, operation=operation, unresolved_before=doubt)
        assert after.unresolved == (after.state is EntryState.UNCONFIRMED)
