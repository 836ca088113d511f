"""Entries are claimed by one, settled by the one who claimed, and cancelled only unsent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.db import leases, outbox
from services.db.engine import Database
from services.db.leases import Lease
from services.db.outbox import Entry
from services.domain.ids import PaymentId
from services.domain.sync import EntryState, Settlement
from services.payments import Payments
from tests.builders import ANNA, FIRM, NOW, REALM, PassedClock, a_new_payment

LASTS = timedelta(seconds=60)
DONE = Settlement(EntryState.DONE)


class Line:
    """The outbox as one worker after the other uses it."""

    def __init__(self, database: Database, clock: PassedClock) -> None:
        self.database, self.clock = database, clock

    async def take_over(self, holder: str = "one") -> Lease:
        async with self.database.write() as db:
            lease = await leases.acquire(db, REALM, holder=holder, now=self.clock(), lasts=LASTS)
            assert lease is not None
            await outbox.hand_over_expired(db, FIRM, lease, self.clock())
        return lease

    async def claim(self, entry: Entry, lease: Lease) -> Entry | None:
        mine = replace(
            entry,
            attempt=entry.attempt + 1,
            body=entry.body or "{}",
            first_sent_at=entry.first_sent_at or self.clock(),
        )
        async with self.database.write() as db:
            claimed = await outbox.claim(db, mine, lease, now=self.clock())
        return mine if claimed else None

    async def settle(self, entry: Entry, lease: Lease, settlement: Settlement = DONE) -> bool:
        async with self.database.write() as db:
            return await outbox.settle(db, entry, lease, settlement, due_at=self.clock())

    async def cancel(self, entry: Entry) -> bool:
        async with self.database.write() as db:
            return await outbox.cancel(db, entry.record_id, at=self.clock())

    async def now(self, payment: PaymentId) -> Entry:
        async with self.database.read() as db:
            entry = await outbox.find_open(db, payment)
        assert entry is not None
        return entry

    async def is_open(self, payment: PaymentId) -> bool:
        async with self.database.read() as db:
            return await outbox.find_open(db, payment) is not None


@pytest.fixture
def line(database: Database, clock: PassedClock) -> Line:
    return Line(database, clock)


@pytest.fixture
async def payment(payments: Payments) -> PaymentId:
    return await payments.record(FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA)


async def test_a_payment_asked_for_waits_with_its_client(
    database: Database, payment: PaymentId, line: Line
) -> None:
    entry = await line.now(payment)
    assert (entry.state, entry.attempt, entry.unresolved) == (EntryState.PENDING, 0, False)
    async with database.read() as db:
        first = await outbox.next_due(db, FIRM, now=NOW)
    assert first is not None
    assert first.record_kind == "client"  # QuickBooks needs it before its payments.


async def test_from_the_claim_on_it_may_be_in_quickbooks(payment: PaymentId, line: Line) -> None:
    lease = await line.take_over()
    assert await line.claim(await line.now(payment), lease)
    entry = await line.now(payment)
    assert (entry.state, entry.attempt, entry.unresolved) == (EntryState.SENDING, 1, True)
    assert (entry.body, entry.first_sent_at, entry.last_sent_at) == ("{}", NOW, NOW)


async def test_an_entry_is_claimed_once(payment: PaymentId, line: Line) -> None:
    lease = await line.take_over()
    entry = await line.now(payment)
    assert await line.claim(entry, lease)
    assert await line.claim(entry, lease) is None


async def test_key_and_body_stay_the_same_on_every_attempt(
    payment: PaymentId, line: Line, clock: PassedClock
) -> None:
    lease = await line.take_over()
    seen = set()
    for _ in range(3):
        mine = await line.claim(await line.now(payment), lease)
        assert mine is not None
        sent = await line.now(payment)
        seen.add((sent.key, sent.body, sent.first_sent_at))
        await line.settle(mine, lease, Settlement(EntryState.UNCONFIRMED, unresolved=True))
        clock.advance(timedelta(seconds=5))
    assert len(seen) == 1


async def test_what_a_dead_worker_sent_is_handed_over_to_be_looked_up(
    payment: PaymentId, line: Line, clock: PassedClock
) -> None:
    dead = await line.take_over("dead")
    await line.claim(await line.now(payment), dead)
    clock.advance(LASTS)
    await line.take_over("heir")
    entry = await line.now(payment)
    assert (entry.state, entry.unresolved) == (EntryState.UNCONFIRMED, True)
    assert entry.due_at == clock()


async def test_a_worker_thought_dead_settles_nothing(
    payment: PaymentId, line: Line, clock: PassedClock
) -> None:
    dead = await line.take_over("dead")
    by_the_dead = await line.claim(await line.now(payment), dead)
    assert by_the_dead is not None
    clock.advance(LASTS)
    heir = await line.take_over("heir")
    assert not await line.settle(by_the_dead, dead)
    by_the_heir = await line.claim(await line.now(payment), heir)
    assert by_the_heir is not None
    before = await line.now(payment)
    assert not await line.settle(by_the_dead, dead)
    assert not await line.settle(by_the_dead, heir)
    assert await line.now(payment) == before
    assert await line.settle(by_the_heir, heir)
    assert not await line.is_open(payment)


async def test_an_attempt_is_settled_once(payment: PaymentId, line: Line) -> None:
    lease = await line.take_over()
    mine = await line.claim(await line.now(payment), lease)
    assert mine is not None
    assert await line.settle(mine, lease, Settlement(EntryState.PENDING))
    assert not await line.settle(mine, lease, DONE)
    assert (await line.now(payment)).state is EntryState.PENDING


async def test_what_was_never_sent_can_be_called_back(payment: PaymentId, line: Line) -> None:
    entry = await line.now(payment)
    assert await line.cancel(entry)
    assert not await line.is_open(payment)
    assert await line.claim(entry, await line.take_over()) is None


@pytest.mark.parametrize("state", [EntryState.SENDING, EntryState.UNCONFIRMED])
async def test_what_may_have_been_sent_cannot_be_called_back(
    payment: PaymentId, line: Line, state: EntryState
) -> None:
    lease = await line.take_over()
    mine = await line.claim(await line.now(payment), lease)
    assert mine is not None
    if state is EntryState.UNCONFIRMED:
        await line.settle(mine, lease, Settlement(state, unresolved=True))
    before = await line.now(payment)
    assert not await line.cancel(before)
    assert await line.now(payment) == before


async def test_what_was_certainly_not_sent_can_be_called_back_again(
    payment: PaymentId, line: Line
) -> None:
    lease = await line.take_over()
    mine = await line.claim(await line.now(payment), lease)
    assert mine is not None
    await line.settle(mine, lease, Settlement(EntryState.PENDING))
    assert await line.cancel(mine)


async def test_a_parked_entry_that_was_claimed_is_looked_up_later(
    payment: PaymentId, line: Line, database: Database
) -> None:
    until = NOW + timedelta(minutes=15)
    lease = await line.take_over()
    mine = await line.claim(await line.now(payment), lease)
    assert mine is not None
    async with database.write() as db:
        await outbox.park(db, mine, lease, until=until)
    entry = await line.now(payment)
    assert (entry.state, entry.unresolved, entry.due_at) == (EntryState.UNCONFIRMED, True, until)
    async with database.read() as db:
        assert await outbox.next_due(db, FIRM, now=NOW) != entry


async def test_a_worker_that_was_thought_dead_parks_nothing_of_its_heirs(
    payment: PaymentId, line: Line, database: Database, clock: PassedClock
) -> None:
    before = await line.take_over()
    mine = await line.claim(await line.now(payment), before)
    assert mine is not None
    clock.advance(LASTS)
    heirs = await line.claim(await line.now(payment), await line.take_over())
    assert heirs is not None
    async with database.write() as db:
        await outbox.park(db, mine, before, until=NOW + timedelta(minutes=15))
    assert (await line.now(payment)).state is EntryState.SENDING


async def test_an_unparked_entry_that_was_never_claimed_stays_unsent(
    payment: PaymentId, line: Line, database: Database
) -> None:
    lease = await line.take_over()
    async with database.write() as db:
        await outbox.park(db, await line.now(payment), lease, until=NOW + timedelta(minutes=15))
    entry = await line.now(payment)
    assert (entry.state, entry.unresolved) == (EntryState.PENDING, False)
