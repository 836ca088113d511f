"""What a firm is told of a week: each number counts what it says it counts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sandbox.quickbooks import Rules
from services.db.digests import Due
from services.domain.digest import Digest, Week, recorded, standing
from services.domain.ledger import Method, Reason
from services.domain.settings import Alerting
from services.domain.sync import RecordKind, Status
from tests.builders import ANNA, FIRM, OTHER_FIRM
from tests.services.books.bookkeeping import CHECKING
from tests.services.books.desk import Desk

WEEK = Week(date(2026, 11, 2), "UTC")  # Its Monday is the day that all begins on.
MONDAY_AFTER = datetime(2026, 11, 9, 9, tzinfo=UTC)


def the_week_passes(desk: Desk, *, weeks: int = 1) -> None:
    desk.office.clock.now = MONDAY_AFTER + timedelta(days=7 * (weeks - 1))


async def told(desk: Desk, week: Week = WEEK) -> Digest:
    digest = await desk.office.digests.gather(Due(FIRM, week))
    assert digest is not None
    return digest


def counts(digest: Digest) -> dict[str, int]:
    found = {each.label: standing(digest.groups, each) for each in Status}
    return {"Recorded": recorded(digest.groups)} | {name: n for name, n in found.items() if n}


async def test_the_weeks_payments_count_as_they_stand_now(desk: Desk) -> None:
    await desk.syncs("Acme")
    desk.closes_the_books(date(2026, 11, 1))
    desk.sleeps_on_it()
    refused = [await desk.receives("Acme", "10.00", received_on=date(2026, 10, 3)) for _ in "123"]
    await desk.receives("Acme", "70.00")
    await desk.receives("Acme", "80.00", sync=False)
    await desk.dismisses(refused[0], why="ours")
    desk.closes_the_books(None)
    await desk.syncs(refused[1])
    the_week_passes(desk)
    await desk.receives("Acme", "90.00")
    expected = {"Recorded": 5, "Synced": 2, "Failed": 1, "Skipped": 1, "Not synced": 1}
    assert counts(await told(desk)) == expected


async def test_each_day_is_counted_in_the_firms_own_zone(desk: Desk) -> None:
    """At 17:00 in Greenwich it is the next day in Auckland."""
    await desk.receives("Acme", "10.00")
    the_week_passes(desk)
    for zone, day in (("UTC", 2), ("Pacific/Auckland", 3)):
        digest = await told(desk, Week(WEEK.begins_on, zone))
        days = {on.day: recorded(groups) for on, groups in digest.days.items() if groups}
        assert days == {day: 1}


async def test_the_time_runs_from_when_it_was_asked_for_until_it_was_there(desk: Desk) -> None:
    with desk.resting():
        await desk.receives("Acme", "10.00")
    await desk.goes_on(timedelta(minutes=3))
    kept = await desk.receives("Acme", "20.00", sync=False)
    desk.office.clock.advance(timedelta(hours=5))
    with desk.resting():
        await desk.syncs(kept)
    await desk.goes_on(timedelta(minutes=1))
    the_week_passes(desk)
    speed = (await told(desk)).speed
    assert speed is not None
    assert (speed.median, speed.slowest.took) == (timedelta(minutes=2), timedelta(minutes=3))
    assert speed.slowest.number == 1001


async def test_what_a_person_had_to_mend_first_counts_in_full(desk: Desk) -> None:
    desk.closes_the_books(date(2026, 11, 1))
    desk.sleeps_on_it()
    refused = await desk.receives("Acme", "10.00", received_on=date(2026, 10, 3))
    desk.closes_the_books(None)
    desk.office.clock.advance(timedelta(hours=30))
    await desk.syncs(refused)
    the_week_passes(desk)
    speed = (await told(desk)).speed
    assert speed is not None
    assert speed.slowest.took == timedelta(hours=30)


async def test_what_was_called_back_was_not_asked_for(desk: Desk) -> None:
    with desk.resting():
        payment = await desk.receives("Acme", "10.00")
        await desk.cancels(payment)
        desk.office.clock.advance(timedelta(hours=30))
        await desk.syncs(payment)
    await desk.goes_on(timedelta(minutes=1))
    the_week_passes(desk)
    speed = (await told(desk)).speed
    assert speed is not None
    assert speed.slowest.took == timedelta(minutes=1)


async def test_what_was_linked_took_no_time_and_is_where_quickbooks_has_it(desk: Desk) -> None:
    await desk.syncs("Acme")
    theirs = desk.company.add_payment(
        await desk.qbo_id("Acme"), "55.00", DepositToAccountRef={"value": desk.account_id(CHECKING)}
    )
    payment = await desk.receives("Acme", "55.00", sync=False)
    await desk.links(payment, theirs["Id"])
    the_week_passes(desk)
    digest = await told(desk)
    assert digest.speed is None
    assert sums(digest) == {"Checking": (1, "55.00")}


def sums(digest: Digest) -> dict[str, tuple[int, str]]:
    return {
        digest.account_names[str(each.account_id)]: (each.count, str(each.amount.to_decimal()))
        for each in digest.by_account()
    }


async def test_the_money_is_told_by_the_account_that_quickbooks_put_it_into(desk: Desk) -> None:
    await desk.chooses(
        deposit_account_id=desk.account_id(CHECKING),
        method_accounts={str(Method.CASH): desk.account_id("Undeposited Funds")},
    )
    await desk.receives("Acme", "10.00", method=Method.CASH)
    banked = await desk.receives("Acme", "20.00")
    await desk.receives("Acme", "30.00")
    await desk.receives("Acme", "40.00", sync=False)
    await desk.unsyncs(await desk.receives("Acme", "50.00"))
    await desk.refunds(banked, "5.00", Reason.CREDIT_RETURNED)
    the_week_passes(desk)
    expected = {"Checking": (2, "50.00"), "Undeposited Funds": (1, "10.00")}
    assert sums(await told(desk)) == expected


@pytest.mark.parametrize("shows", [True, False], ids=["it says so", "it does not"])
async def test_what_is_on_a_deposit_lies_nowhere_any_more(desk: Desk, *, shows: bool) -> None:
    desk.office.quickbooks.rules = Rules(shows_deposits=shows)
    first = await desk.receives("Acme", "10.00", received_on=date(2026, 10, 20))
    second = await desk.receives("Acme", "20.00")
    third = await desk.receives("Acme", "30.00")
    await desk.voids(await desk.receives("Acme", "40.00"))
    await desk.receives("Acme", "50.00", sync=False)
    desk.company.deposit(await desk.qbo_id(second))
    the_week_passes(desk, weeks=2)
    lying = (await told(desk)).undeposited
    assert lying is not None
    assert lying.count == 2
    assert [str(each.to_decimal()) for each in lying.amounts] == ["40.00"]
    assert lying.oldest is not None
    assert lying.oldest.number == 1001
    desk.company.deposit(*[await desk.qbo_id(each) for each in (first, third)])
    lying = (await told(desk)).undeposited
    assert lying is not None
    assert lying.count == 0


async def test_a_payment_may_lie_there_for_a_week(desk: Desk) -> None:
    await desk.receives("Acme", "10.00", received_on=date(2026, 11, 2))
    the_week_passes(desk)
    lying = (await told(desk)).undeposited
    assert lying is not None
    assert lying.count == 0
    desk.office.clock.advance(timedelta(days=1))
    lying = (await told(desk)).undeposited
    assert lying is not None
    assert lying.count == 1


async def test_where_quickbooks_does_not_answer_it_is_not_known(desk: Desk) -> None:
    await desk.receives("Acme", "10.00", received_on=date(2026, 10, 20))
    await desk.office.connections.disconnect(FIRM, by=ANNA)
    the_week_passes(desk)
    assert (await told(desk)).undeposited is None


async def test_what_is_open_is_told_whichever_week_it_is_of(desk: Desk) -> None:
    desk.closes_the_books(date(2026, 11, 1))
    desk.sleeps_on_it()
    await desk.receives("Acme", "10.00", received_on=date(2026, 10, 3))
    the_week_passes(desk, weeks=3)
    with desk.resting():
        await desk.receives("Acme", "20.00")
    digest = await told(desk, Week(date(2026, 11, 16), "UTC"))
    assert counts(digest) == {"Recorded": 0}
    assert digest.troubled[RecordKind.PAYMENT] == 1
    assert digest.waiting == 1


async def test_of_a_week_without_anything_nothing_is_told(desk: Desk) -> None:
    await desk.receives("Acme", "10.00")
    the_week_passes(desk, weeks=3)
    assert await desk.office.digests.gather(Due(FIRM, Week(date(2026, 11, 16), "UTC"))) is None
    assert await desk.office.digests.gather(Due(OTHER_FIRM, WEEK)) is None


async def test_a_firm_that_came_after_the_week_is_told_nothing_of_it(desk: Desk) -> None:
    with desk.resting():
        await desk.receives("Acme", "10.00")
    assert await desk.office.digests.gather(Due(FIRM, Week(date(2026, 10, 26), "UTC"))) is None


async def test_a_change_alone_is_worth_telling(desk: Desk) -> None:
    payment = await desk.receives("Acme", "10.00")
    the_week_passes(desk)
    await desk.edits_payment(payment, reference="ch-77")
    the_week_passes(desk, weeks=2)
    digest = await told(desk, Week(date(2026, 11, 9), "UTC"))
    assert counts(digest) == {"Recorded": 0}


async def test_only_firms_that_want_it_are_told(desk: Desk) -> None:
    the_week_passes(desk)
    digests = desk.office.digests
    assert [each.firm_id for each in await digests.due()] == [FIRM, OTHER_FIRM]
    await desk.chooses(alerting=Alerting(digest=False))
    assert [each.firm_id for each in await digests.due()] == [OTHER_FIRM]


async def test_a_week_is_claimed_by_one_and_ends_for_all(desk: Desk) -> None:
    the_week_passes(desk)
    digests = desk.office.digests
    due = next(each for each in await digests.due() if each.firm_id == FIRM)
    a_minute = timedelta(minutes=1)
    first, second = [await digests.claim(due, "C0", a_minute) for _ in "12"]
    assert first is not None
    assert second is None
    await digests.end(due)  # By who was too late: it counts for nothing.
    desk.office.clock.advance(a_minute)
    (again,) = [each for each in await digests.due() if each.firm_id == FIRM]
    assert again == first
    await digests.end(await digests.posted(again, "C0", "1.0"))
    assert [each for each in await digests.due() if each.firm_id == FIRM] == []
