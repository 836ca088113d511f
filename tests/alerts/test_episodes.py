"""One message per cause, from the first failure until none is left."""

from itertools import pairwise

from services.domain.ledger import Method
from services.domain.settings import Rhythm
from tests.alerts.firm import LAST_YEAR, SAVINGS, said_at
from tests.alerts.stories import aloud, counted, fails, is_mended
from tests.alerts.town import DAY, HOUR, MINUTE, SECOND, Town, in_weeks


@in_weeks()
async def test_forty_failures_of_one_account_are_one_message(town: Town) -> None:
    await fails(town.firm, 40)
    await town.passes(HOUR)
    (alert,) = town.firm.alerts
    assert "40 payments" in alert.plain
    assert "4,000.00" in alert.plain


@in_weeks()
async def test_the_count_moves_in_place(town: Town) -> None:
    await fails(town.firm, 3)
    await town.passes(HOUR)
    await town.firm.receives(4, method=Method.CASH)
    await town.passes(HOUR)
    (alert,) = town.firm.alerts
    assert "7 payments" in alert.plain
    assert alert.replies == []


@in_weeks()
async def test_three_causes_are_three_messages(town: Town) -> None:
    firm = town.firm
    await firm.receives(client="Birch")
    await town.passes(MINUTE)
    firm.closes_the_year()
    firm.retires_client("Birch")
    await fails(firm, 2)
    await firm.receives(3, received_on=LAST_YEAR)
    await firm.receives(4, client="Birch")
    await town.passes(HOUR)
    assert sorted(counted(firm.alerts)) == ["2 payments", "3 payments", "4 payments"]


@in_weeks()
async def test_what_is_solved_before_it_is_spoken_is_never_spoken(town: Town) -> None:
    payments = await fails(town.firm)
    await town.passes(10 * SECOND)
    await is_mended(town.firm, payments)
    await town.passes(HOUR)
    assert town.firm.alerts == []


@in_weeks()
async def test_what_is_seen_and_solved_before_the_hour_is_not_spoken_at_the_hour(
    town: Town,
) -> None:
    await town.firm.alerts_go_to(town.firm.channel, rhythm=Rhythm.HOURLY)
    payments = await fails(town.firm)
    await town.passes(30 * MINUTE)
    await is_mended(town.firm, payments)
    await town.passes(2 * HOUR)
    assert town.firm.alerts == []


@in_weeks()
async def test_it_turns_into_resolved_once_the_last_one_is(town: Town) -> None:
    payments = await fails(town.firm, 3)
    await town.passes(HOUR)
    town.firm.brings_back(SAVINGS)
    await town.firm.syncs(payments[:2])
    await town.passes(HOUR)
    (alert,) = town.firm.alerts
    assert "Resolved" not in alert.plain
    assert "1 payment" in alert.plain
    await town.firm.syncs(payments[2:])
    await town.passes(HOUR)
    (alert,) = town.firm.alerts
    assert "Resolved" in alert.plain
    assert alert.buttons == []


@in_weeks()
async def test_what_stays_open_for_ten_days_is_said_again_once_a_day(town: Town) -> None:
    town.look_every = HOUR
    await fails(town.firm, 5)
    await town.passes(10 * DAY)
    (alert,) = town.firm.alerts
    reminders = aloud(alert)
    assert len(reminders) == 9
    said = [said_at(each) for each in (alert, *reminders)]
    assert min(later - earlier for earlier, later in pairwise(said)) >= DAY


@in_weeks()
async def test_failing_again_within_a_day_reopens_the_same_message(town: Town) -> None:
    town.look_every = HOUR
    await is_mended_after_an_hour(town)
    (alert,) = town.firm.alerts
    await town.passes(20 * HOUR)
    assert "Resolved" in alert.plain
    await fails(town.firm)
    await town.passes(HOUR)
    assert len(town.firm.alerts) == 1
    assert "Resolved" not in alert.plain
    assert "It is back." in [each.plain for each in alert.replies]


@in_weeks()
async def test_failing_again_after_two_days_is_another_message(town: Town) -> None:
    town.look_every = HOUR
    await is_mended_after_an_hour(town)
    await town.passes(2 * DAY)
    await fails(town.firm)
    await town.passes(HOUR)
    first, second = town.firm.alerts
    assert "Resolved" in first.plain
    assert "Resolved" not in second.plain


async def is_mended_after_an_hour(town: Town) -> None:
    payments = await fails(town.firm)
    await town.passes(HOUR)
    await is_mended(town.firm, payments)
    await town.passes(HOUR)
