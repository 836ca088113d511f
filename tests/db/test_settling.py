"""An outcome counts only for the entry as it was left, and only from whoever has the company."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from services.db import leases, outbox
from services.db.engine import Database
from services.db.entries import Entry
from services.db.tables import outbox as outbox_table
from services.domain.causes import Cause
from services.domain.ledger import Payment
from services.domain.sync import EntryState, Operation, Rejected, WireKey
from tests.builders import FIRM, NOW, OTHER_REALM, REALM, PassedClock
from tests.db.line import AGAIN, DONE, IN_DOUBT, LASTS, Line
from tests.db.shelf import SYNCING, Shelf

MINUTE = timedelta(minutes=1)


async def test_a_worker_thought_dead_settles_nothing(
    entry: Entry, line: Line, clock: PassedClock
) -> None:
    dead = await line.take_over("dead")
    by_the_dead = await line.claim(entry, dead)
    assert by_the_dead is not None
    clock.advance(LASTS)
    heir = await line.take_over("heir")
    assert not await line.settle(by_the_dead, dead)
    by_the_heir = await line.claim(await line.now(entry), heir)
    assert by_the_heir is not None
    before = await line.now(entry)
    assert not await line.settle(by_the_dead, dead)
    assert not await line.settle(by_the_dead, heir)
    assert await line.now(entry) == before
    assert await line.settle(by_the_heir, heir)
    assert await line.find(entry) is None


async def test_a_claim_is_settled_under_the_lease_that_it_was_made_under(
    entry: Entry, line: Line, database: Database, clock: PassedClock
) -> None:
    """An heir who has not handed it over yet cannot speak for the dead."""
    mine = await line.claim(entry, await line.take_over("dead"))
    assert mine is not None
    clock.advance(LASTS)
    async with database.write(FIRM) as db:
        heir = await leases.acquire(db, REALM, holder="heir", now=clock(), lasts=LASTS)
    assert heir is not None
    assert not await line.settle(mine, heir)
    assert (await line.now(entry)).state is EntryState.SENDING


async def test_a_lease_of_another_company_settles_nothing(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    assert not await line.settle(mine, replace(lease, realm_id=OTHER_REALM))
    assert await line.settle(mine, lease)


async def test_an_attempt_is_settled_once(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    assert await line.settle(mine, lease, AGAIN)
    assert not await line.settle(mine, lease, DONE)
    assert (await line.now(entry)).state is EntryState.PENDING


async def test_what_a_look_has_found_settles_the_entry_as_it_was_read(
    entry: Entry, line: Line
) -> None:
    assert await line.settle(entry, await line.take_over())
    assert await line.find(entry) is None


async def test_a_look_that_failed_is_an_attempt_too(entry: Entry, line: Line) -> None:
    """So the next wait is longer; and whoever read the entry before it is too late."""
    lease = await line.take_over()
    assert await line.settle(entry, lease, AGAIN, attempt=entry.attempt + 1)
    assert (await line.now(entry)).attempt == 1
    assert not await line.settle(entry, lease)
    assert await line.claim(entry, lease) is None


async def test_a_look_says_nothing_once_the_entry_was_claimed(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    assert await line.claim(entry, lease)
    assert not await line.settle(entry, lease)
    assert (await line.now(entry)).state is EntryState.SENDING


async def test_a_look_says_nothing_once_the_entry_was_called_back(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    assert await line.cancel(entry)
    assert not await line.settle(entry, lease)


async def test_a_look_of_a_worker_thought_dead_says_nothing(
    entry: Entry, line: Line, clock: PassedClock
) -> None:
    dead = await line.take_over("dead")
    clock.advance(LASTS)
    await line.take_over("heir")
    assert not await line.settle(entry, dead)
    assert await line.now(entry) == entry


async def test_all_that_is_known_is_written_beside_the_state(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    known = {
        "due_at": NOW + MINUTE,
        "waits_for": "making sure",
        "refused": Rejected(Cause.CLOSED_PERIOD, "books closed", code="6210", tid="1-5f"),
        "same_answers": 2,
    }
    assert await line.settle(mine, lease, IN_DOUBT, **known)
    kept = await line.now(entry)
    assert (kept.state, kept.unresolved) == (EntryState.UNCONFIRMED, True)
    assert (kept.due_at, kept.waits_for, kept.same_answers) == (NOW + MINUTE, "making sure", 2)
    assert kept.refused == known["refused"]
    assert (kept.key, kept.body, kept.first_sent_at) == (entry.key, "{}", NOW)


async def test_a_new_key_begins_anew(entry: Entry, line: Line) -> None:
    lease = await line.take_over()
    mine = await line.claim(entry, lease)
    assert mine is not None
    anew = {"request_id": "f" * 32, "body": None, "first_sent_at": None, "same_answers": 0}
    assert await line.settle(mine, lease, AGAIN, **anew)
    again = await line.now(entry)
    assert (again.key, again.body, again.first_sent_at) == (WireKey("f" * 32), None, None)
    assert (again.state, again.attempt, again.unresolved) == (EntryState.PENDING, 1, False)


async def test_when_it_was_settled_is_kept(
    entry: Entry, line: Line, database: Database, clock: PassedClock
) -> None:
    assert await line.settle(entry, await line.take_over(), settled_at=clock())
    async with database.read() as db:
        found = await db.execute(select(outbox_table.c.state, outbox_table.c.settled_at))
    assert [tuple(row) for row in found] == [("done", NOW)]


async def test_a_retry_is_hurried_and_a_last_look_keeps_its_time(
    entry: Entry, line: Line, shelf: Shelf, payment: Payment
) -> None:
    later, lease = NOW + timedelta(minutes=5), await line.take_over()
    other = await shelf.ask(await shelf.payment(payment.client, sync=SYNCING), Operation.CREATE)
    refusal = Rejected(Cause.CLOSED_PERIOD, "no")
    for each, refused in ((entry, None), (other, refusal)):
        mine = await line.claim(each, lease)
        assert mine is not None
        assert await line.settle(mine, lease, IN_DOUBT, due_at=later, refused=refused)
    async with shelf.database.write(FIRM) as db:
        await outbox.hurry(db, FIRM, now=NOW)
    assert (await line.now(entry)).due_at == NOW
    assert (await line.now(other)).due_at == later
