"""Which companies have something to do, and whose turn it is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.db import leases, outbox
from services.db.tables import outbox as table
from services.domain.connection import ConnectionState
from services.domain.ids import FirmId, RealmId
from services.domain.ledger import Client
from services.domain.sync import Operation
from tests.builders import FIRM, NOW, OTHER_FIRM, OTHER_REALM, REALM, PassedClock
from tests.db.line import LASTS, Line
from tests.db.shelf import SYNCING, Shelf

MINUTE = timedelta(minutes=1)
OURS = [(REALM, FIRM)]


async def with_work(shelf: Shelf, clock: PassedClock) -> list[tuple[RealmId, FirmId]]:
    async with shelf.database.read() as db:
        return await outbox.realms_with_work(db, now=clock(), limit=10)


async def a_waiting_client(shelf: Shelf, firm: FirmId = FIRM) -> Client:
    client = await shelf.client(firm_id=firm, sync=SYNCING)
    await shelf.ask(client, Operation.CREATE)
    return client


async def test_a_company_with_something_due_has_work(shelf: Shelf, clock: PassedClock) -> None:
    await shelf.firm(FIRM, REALM)
    assert await with_work(shelf, clock) == []
    await a_waiting_client(shelf)
    await a_waiting_client(shelf)
    assert await with_work(shelf, clock) == OURS


@pytest.mark.parametrize("state", [ConnectionState.UNCONFIRMED, ConnectionState.LOST])
async def test_nothing_is_sent_over_a_connection_that_does_not_stand(
    shelf: Shelf, clock: PassedClock, state: ConnectionState
) -> None:
    await shelf.firm(FIRM, REALM, state)
    await a_waiting_client(shelf)
    assert await with_work(shelf, clock) == []


async def test_what_waits_for_another_record_is_no_work(shelf: Shelf, clock: PassedClock) -> None:
    await shelf.firm(FIRM, REALM)
    client = await shelf.client()
    await shelf.ask(await shelf.invoice(client, sync=SYNCING), Operation.CREATE)
    assert await with_work(shelf, clock) == []
    await shelf.mark(client, shelf.synced())
    assert await with_work(shelf, clock) == OURS


async def test_a_company_that_somebody_is_at_is_left_alone(
    shelf: Shelf, line: Line, clock: PassedClock
) -> None:
    await shelf.firm(FIRM, REALM)
    await a_waiting_client(shelf)
    await line.take_over()
    assert await with_work(shelf, clock) == []
    clock.advance(LASTS)
    assert await with_work(shelf, clock) == OURS


async def test_what_a_dead_worker_left_in_flight_is_work(
    shelf: Shelf, line: Line, clock: PassedClock
) -> None:
    await shelf.firm(FIRM, REALM)
    client = await a_waiting_client(shelf)
    assert await line.claim(await shelf.entry(client.id), await line.take_over())
    assert await with_work(shelf, clock) == []
    clock.advance(LASTS)
    assert await with_work(shelf, clock) == OURS


async def test_a_paused_company_rests(shelf: Shelf, line: Line, clock: PassedClock) -> None:
    await shelf.firm(FIRM, REALM)
    await a_waiting_client(shelf)
    lease = await line.take_over()
    async with shelf.database.write(FIRM) as db:
        await leases.release(db, lease, now=clock())
        await leases.pause(db, REALM, until=clock() + MINUTE, because="throttled")
    assert await with_work(shelf, clock) == []
    clock.advance(MINUTE)
    assert await with_work(shelf, clock) == OURS


async def test_whoever_has_waited_longest_comes_first(shelf: Shelf, clock: PassedClock) -> None:
    await shelf.firm(FIRM, REALM)
    await shelf.firm(OTHER_FIRM, OTHER_REALM)
    await a_waiting_client(shelf)
    theirs = await a_waiting_client(shelf, OTHER_FIRM)
    for due_at, first in ((NOW - MINUTE, OTHER_REALM), (NOW + MINUTE, REALM)):
        async with shelf.database.write(FIRM) as db:
            await db.execute(
                update(table).where(table.c.record_id == theirs.id).values(due_at=due_at)
            )
        assert (await with_work(shelf, clock))[0][0] == first


async def test_who_had_a_turn_comes_after_who_had_none_for_longer(
    shelf: Shelf, line: Line, clock: PassedClock
) -> None:
    await shelf.firm(FIRM, REALM)
    await a_waiting_client(shelf)  # As if it had ten thousand more that wait.
    lease = await line.take_over()
    async with shelf.database.write(FIRM) as db:
        await leases.release(db, lease, now=clock())
    clock.advance(MINUTE)
    await shelf.firm(OTHER_FIRM, OTHER_REALM)
    await a_waiting_client(shelf, OTHER_FIRM)
    assert [realm for realm, _ in await with_work(shelf, clock)] == [OTHER_REALM, REALM]
