"""One worker per company at a time, and a budget that no take-over doubles."""

from datetime import timedelta
from random import Random

import pytest

from services.db import leases
from services.db.engine import Database
from services.db.leases import REQUESTS_PER_MINUTE, Lease
from services.domain.ids import RealmId
from tests.builders import FIRM, NOW, OTHER_REALM, REALM, PassedClock

LASTS = timedelta(seconds=60)
QUICKBOOKS_ALLOWS = 500  # A minute.


class Worker:
    def __init__(self, name: str, database: Database, clock: PassedClock) -> None:
        self.name, self.database, self.clock = name, database, clock
        self.lease: Lease | None = None

    async def acquire(self, realm: RealmId = REALM) -> Lease | None:
        async with self.database.write(FIRM) as db:
            lease = await leases.acquire(db, realm, holder=self.name, now=self.clock(), lasts=LASTS)
        self.lease = lease or self.lease
        return lease

    async def renew(self) -> bool:
        async with self.database.write(FIRM) as db:
            return self.lease is not None and await leases.renew(
                db, self.lease, now=self.clock(), lasts=LASTS
            )

    async def release(self) -> None:
        async with self.database.write(FIRM) as db:
            if self.lease is not None:
                await leases.release(db, self.lease, now=self.clock())

    async def holds(self) -> bool:
        async with self.database.read() as db:
            return self.lease is not None and await leases.is_held(db, self.lease, now=self.clock())

    async def spend(self, requests: int) -> bool:
        assert self.lease is not None
        async with self.database.write(FIRM) as db:
            return await leases.spend(db, self.lease, requests=requests, now=self.clock())


@pytest.fixture
def one(database: Database, clock: PassedClock) -> Worker:
    return Worker("one", database, clock)


@pytest.fixture
def other(database: Database, clock: PassedClock) -> Worker:
    return Worker("other", database, clock)


async def test_a_held_company_is_nobody_elses(one: Worker, other: Worker) -> None:
    assert await one.acquire() == Lease(REALM, "one", 1)
    assert await other.acquire() is None
    assert await one.acquire() is None


async def test_companies_are_held_apart(one: Worker, other: Worker) -> None:
    assert await one.acquire(REALM)
    assert await other.acquire(OTHER_REALM)


async def test_a_dead_holder_is_followed_under_a_higher_epoch(
    one: Worker, other: Worker, clock: PassedClock
) -> None:
    await one.acquire()
    clock.advance(LASTS - timedelta(microseconds=1))
    assert await other.acquire() is None
    clock.advance(timedelta(microseconds=1))
    assert await other.acquire() == Lease(REALM, "other", 2)
    assert not await one.holds()
    assert not await one.renew()
    assert await other.holds()


async def test_a_renewed_lease_lasts_anew(one: Worker, other: Worker, clock: PassedClock) -> None:
    await one.acquire()
    for _ in range(5):
        clock.advance(LASTS - timedelta(seconds=1))
        assert await one.renew()
    assert await other.acquire() is None


async def test_an_old_holder_cannot_release_its_successors_lease(
    one: Worker, other: Worker, clock: PassedClock
) -> None:
    await one.acquire()
    clock.advance(LASTS)
    await other.acquire()
    await one.release()
    assert await other.holds()


async def test_a_released_company_is_free_at_once(one: Worker, other: Worker) -> None:
    await one.acquire()
    await one.release()
    assert not await one.holds()
    assert await other.acquire() == Lease(REALM, "other", 2)


@pytest.mark.parametrize("seed", range(12))
async def test_no_two_workers_ever_hold_a_company_at_once(
    database: Database, clock: PassedClock, seed: int
) -> None:
    chance = Random(seed)
    workers = [Worker(name, database, clock) for name in "abc"]
    epochs = []
    for _ in range(40):
        worker = chance.choice(workers)
        match chance.randrange(4):
            case 0 | 1:
                if lease := await worker.acquire():
                    epochs.append(lease.epoch)
            case 2:
                await worker.renew()
            case _:
                await worker.release()
        clock.advance(timedelta(seconds=chance.uniform(0, 30)))
        assert sum([await each.holds() for each in workers]) <= 1
    assert epochs == list(range(1, len(epochs) + 1))


async def test_at_the_start_of_the_only_process_every_lease_is_void(
    one: Worker, other: Worker, database: Database
) -> None:
    await one.acquire()
    async with database.write(FIRM) as db:
        await leases.void_all(db, now=NOW)
    assert not await one.holds()
    assert await other.acquire() == Lease(REALM, "other", 2)


async def test_a_paused_company_is_left_alone_until_its_time(
    one: Worker, database: Database, clock: PassedClock
) -> None:
    await one.acquire()
    await one.release()
    async with database.write(FIRM) as db:
        await leases.pause(db, REALM, until=NOW + timedelta(seconds=30), because="throttled")
    assert await one.acquire() is None
    clock.advance(timedelta(seconds=30))
    assert await one.acquire()


async def test_a_pause_can_be_ended_early(one: Worker, database: Database) -> None:
    await one.acquire()
    await one.release()
    async with database.write(FIRM) as db:
        await leases.pause(db, REALM, until=NOW + timedelta(days=1), because="throttled")
        await leases.resume(db, REALM)
    assert await one.acquire()


async def test_a_minute_has_a_budget_below_quickbooks_own(one: Worker, clock: PassedClock) -> None:
    await one.acquire()
    spent = 0
    while await one.spend(2):
        spent += 2
    assert spent == REQUESTS_PER_MINUTE < QUICKBOOKS_ALLOWS
    clock.advance(timedelta(seconds=59))
    assert not await one.spend(1)
    assert await one.renew()
    clock.advance(timedelta(seconds=1))
    assert await one.spend(REQUESTS_PER_MINUTE)
    assert not await one.spend(1)


async def test_a_take_over_does_not_double_the_minute(one: Worker, other: Worker) -> None:
    await one.acquire()
    assert await one.spend(REQUESTS_PER_MINUTE - 1)
    await one.release()
    await other.acquire()
    assert not await other.spend(2)
    assert await other.spend(1)


async def test_only_the_holder_spends(one: Worker, other: Worker) -> None:
    await one.acquire()
    await one.release()
    await other.acquire()
    assert not await one.spend(1)


async def test_a_lease_that_ran_out_spends_nothing(one: Worker, clock: PassedClock) -> None:
    await one.acquire()
    clock.advance(LASTS)
    assert not await one.spend(1)


async def test_what_was_asked_already_is_counted_whether_the_budget_holds_it_or_not(
    one: Worker, database: Database, clock: PassedClock
) -> None:
    lease = await one.acquire()
    assert lease is not None
    assert await one.spend(REQUESTS_PER_MINUTE - 1)
    async with database.write(FIRM) as db:
        await leases.count(db, lease, requests=5, now=clock())
    assert not await one.spend(1)


async def test_a_holder_of_a_paused_company_sends_nothing(
    one: Worker, database: Database, clock: PassedClock
) -> None:
    lease = await one.acquire()
    assert lease is not None
    async with database.write(FIRM) as db:
        assert await leases.may_send(db, lease, now=clock())
        await leases.pause(db, REALM, until=NOW + timedelta(seconds=30), because="throttled")
        assert not await leases.may_send(db, lease, now=clock())
        clock.advance(timedelta(seconds=30))
        assert await leases.may_send(db, lease, now=clock())


async def test_companies_have_budgets_of_their_own(one: Worker, other: Worker) -> None:
    await one.acquire(REALM)
    await other.acquire(OTHER_REALM)
    assert await one.spend(REQUESTS_PER_MINUTE)
    assert await other.spend(REQUESTS_PER_MINUTE)
