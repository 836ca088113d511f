"""Entries are asked for, claimed by one, handed over by the dead, and called back only unsent."""

from datetime import timedelta

import pytest

from services.db import outbox
from services.db.engine import Database
from services.db.entries import Entry
from services.domain.causes import Cause
from services.domain.ledger import Payment
from services.domain.sync import EntryState, Operation, WireKey
from services.domain.wishes import Wish
from tests.builders import FIRM, NOW, PassedClock, a_client
from tests.db.line import AGAIN, IN_DOUBT, LASTS, Line
from tests.db.shelf import Shelf


async def test_what_is_asked_for_was_not_sent_yet(entry: Entry, line: Line) -> None:
    assert (entry.state, entry.attempt, entry.unresolved) == (EntryState.PENDING, 0, False)
    assert (entry.body, entry.first_sent_at, entry.refused) == (None, None, None)
    assert await line.due() == [entry]


async def test_a_wish_is_kept_to_the_letter(shelf: Shelf) -> None:
    wish = Wish(
        details={"amount_minor": 50000, "lines": [{"left_out": True, "note": None}]},
        then=Operation.DELETE,
        follows=True,
        voids_record=True,
        override=Cause.POSSIBLE_TWIN,
        override_twin="9",
    )
    payment = await shelf.payment(a_client())
    assert (await shelf.ask(payment, Operation.VOID, wish)).wish == wish
    other = await shelf.payment(a_client())
    assert (await shelf.ask(other, Operation.VOID)).wish == Wish()


async def test_from_the_claim_on_it_may_be_in_quickbooks(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    assert await line.claim(entry, lease)
    claimed = await line.now(entry)
    assert (claimed.state, claimed.attempt, claimed.unresolved) == (EntryState.SENDING, 1, True)
    assert (claimed.body, claimed.first_sent_at, claimed.last_sent_at) == ("{}", NOW, NOW)


async def test_an_entry_is_claimed_once(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    assert await line.claim(entry, lease)
    assert await line.claim(entry, lease) is None


async def test_what_was_tried_since_it_was_read_is_not_claimed(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    assert await line.settle(mine, lease, AGAIN)
    assert await line.claim(entry, lease) is None
    assert await line.claim(await line.now(entry), lease)


async def test_key_and_body_stay_the_same_on_every_attempt(
    entry: Entry, line: Line, clock: PassedClock
) -> None:
    lease = await line.take_over()
    seen = set()
    for _ in range(3):
        mine = await line.claim(await line.now(entry), lease)
        assert mine is not None
        sent = await line.now(entry)
        seen.add((sent.key, sent.body, sent.first_sent_at))
        assert await line.settle(mine, lease, IN_DOUBT)
        clock.advance(timedelta(seconds=5))
    assert len(seen) == 1


async def test_what_a_dead_worker_sent_is_handed_over_to_be_looked_up(
    entry: Entry, line: Line, clock: PassedClock
) -> None:
    await line.claim(entry, await line.take_over("dead"))
    clock.advance(LASTS)
    await line.take_over("heir")
    left = await line.now(entry)
    assert (left.state, left.unresolved, left.due_at) == (EntryState.UNCONFIRMED, True, clock())


async def test_what_was_not_claimed_is_not_handed_over(
    entry: Entry, line: Line, clock: PassedClock
) -> None:
    await line.take_over("dead")
    clock.advance(LASTS)
    await line.take_over("heir")
    assert await line.now(entry) == entry


async def test_what_was_under_way_is_looked_up_in_a_new_company(
    entry: Entry, line: Line, database: Database, clock: PassedClock
) -> None:
    await line.claim(entry, await line.take_over())
    async with database.write(FIRM) as db:
        await outbox.hand_over_all(db, FIRM, now=clock())
    assert (await line.now(entry)).state is EntryState.UNCONFIRMED


async def test_what_was_never_sent_can_be_called_back(entry: Entry, line: Line) -> None:
    assert entry.may_be_cancelled
    assert await line.cancel(entry)
    assert await line.find(entry) is None
    assert await line.claim(entry, await line.take_over()) is None
    assert not await line.cancel(entry)


@pytest.mark.parametrize("state", [EntryState.SENDING, EntryState.UNCONFIRMED])
async def test_what_may_have_been_sent_cannot_be_called_back(
    entry: Entry, line: Line, state: EntryState
) -> None:
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    if state is EntryState.UNCONFIRMED:
        assert await line.settle(mine, lease, IN_DOUBT)
    before = await line.now(entry)
    assert not before.may_be_cancelled
    assert not await line.cancel(before)
    assert await line.now(entry) == before


async def test_the_second_half_of_what_was_done_cannot_be_called_back(
    payment: Payment, shelf: Shelf, line: Line
) -> None:
    second = await shelf.ask(payment, Operation.DELETE, Wish(follows=True))
    assert not second.may_be_cancelled
    assert not await line.cancel(second)
    assert await line.now(second) == second


async def test_what_was_certainly_not_sent_can_be_called_back_again(
    entry: Entry, line: Line
) -> None:
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    assert await line.settle(mine, lease, AGAIN)
    assert await line.cancel(await line.now(entry))


@pytest.mark.parametrize(
    ("asked", "operations", "ends"),
    [
        (Operation.DELETE, {Operation.DELETE, Operation.RELEASE}, True),
        (Operation.RELEASE, {Operation.DELETE, Operation.RELEASE}, True),
        (Operation.CREATE, {Operation.DELETE, Operation.RELEASE}, False),
        (Operation.UPDATE, {Operation.DELETE}, False),
    ],
)
async def test_what_waits_for_what_will_not_come_is_refused(
    *,
    payment: Payment,
    shelf: Shelf,
    line: Line,
    asked: Operation,
    operations: set[Operation],
    ends: bool,
) -> None:
    entry = await shelf.ask(payment, asked)
    async with shelf.database.write(FIRM) as db:
        ended = await outbox.refuse_waiting(db, payment.id, operations=operations, at=NOW)
    assert ended == (entry if ends else None)
    assert (await line.find(entry) is None) == ends


async def test_what_was_sent_already_waits_for_its_own_answer(
    payment: Payment, shelf: Shelf, line: Line
) -> None:
    entry = await shelf.ask(payment, Operation.DELETE)
    assert await line.claim(entry, await line.take_over())
    async with shelf.database.write(FIRM) as db:
        asked = [Operation.DELETE]
        assert await outbox.refuse_waiting(db, payment.id, operations=asked, at=NOW) is None
    assert (await line.now(entry)).state is EntryState.SENDING


async def test_a_parked_entry_that_was_claimed_is_looked_up_later(
    entry: Entry, line: Line, database: Database
) -> None:
    until = NOW + timedelta(minutes=15)
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    async with database.write(FIRM) as db:
        await outbox.park(db, mine, lease, until=until)
    parked = await line.now(entry)
    assert (parked.state, parked.unresolved, parked.due_at) == (EntryState.UNCONFIRMED, True, until)
    assert await line.due() == []


async def test_a_worker_that_was_thought_dead_parks_nothing_of_its_heirs(
    entry: Entry, line: Line, database: Database, clock: PassedClock
) -> None:
    before = await line.take_over()
    mine = await line.claim(entry, before)
    assert mine is not None
    clock.advance(LASTS)
    heirs = await line.claim(await line.now(entry), await line.take_over())
    assert heirs is not None
    async with database.write(FIRM) as db:
        await outbox.park(db, mine, before, until=NOW + timedelta(minutes=15))
    assert (await line.now(entry)).state is EntryState.SENDING


async def test_a_parked_entry_that_was_never_claimed_stays_unsent(
    entry: Entry, line: Line, database: Database
) -> None:
    lease = await line.take_over()
    async with database.write(FIRM) as db:
        await outbox.park(db, entry, lease, until=NOW + timedelta(minutes=15))
    parked = await line.now(entry)
    assert (parked.state, parked.unresolved) == (EntryState.PENDING, False)


async def test_our_own_keys_are_known_and_no_others(entry: Entry, database: Database) -> None:
    stranger = WireKey("0" * 32)
    async with database.read() as db:
        assert await outbox.known_keys(db, FIRM, [entry.key, stranger]) == {entry.key}
