"""Weeks as a firm's clocks have them, and what the numbers of a digest count."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.digest import (
    Digest,
    Group,
    Held,
    Push,
    Undeposited,
    Week,
    last_week,
    recorded,
    speed_of,
    standing,
    void,
    week_to_tell,
)
from services.domain.settings import Alerting
from services.domain.sync import Status
from tests.builders import some_money

# Half hours, quarters, changes at midnight, the far ends, and a day that never was (Apia, 2011).
ZONES = (
    *("UTC", "Europe/Stockholm", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("America/Santiago", "Asia/Beirut", "America/Havana", "Pacific/Apia", "Pacific/Kiritimati"),
)
YEARS = timedelta(days=30 * 365) // timedelta(seconds=1)
MOMENTS = st.integers(0, YEARS).map(
    lambda seconds: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
zones = st.sampled_from(ZONES)
STOCKHOLM = "Europe/Stockholm"
MONDAY = date(2026, 11, 2)


@given(zones, MOMENTS)
def test_days_and_weeks_follow_each_other_without_a_gap(zone: str, now: datetime) -> None:
    week = last_week(zone, now)
    spans = [week.span(day) for day in week.days]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert (spans[0][0], spans[-1][1]) == (week.begins_at, week.ends_at)
    following = Week(week.begins_on + timedelta(days=7), zone)
    assert week.ends_at == following.begins_at


@given(zones, MOMENTS)
def test_the_last_week_is_over_and_the_next_one_is_not(zone: str, now: datetime) -> None:
    week = last_week(zone, now)
    following = Week(week.begins_on + timedelta(days=7), zone)
    assert week.begins_on.weekday() == 0
    assert week.ends_at <= now < following.ends_at


@given(zones, MOMENTS)
def test_every_instant_is_of_the_day_that_the_clock_shows(zone: str, now: datetime) -> None:
    shown = now.astimezone(ZoneInfo(zone)).date()
    week = Week(shown - timedelta(days=shown.weekday()), zone)
    begins_at, ends_at = week.span(shown)
    assert begins_at <= now < ends_at


@given(zones, MOMENTS)
def test_it_is_told_at_nine_on_the_monday_after(zone: str, now: datetime) -> None:
    week = last_week(zone, now)
    local = week.told_at.astimezone(ZoneInfo(zone))
    assert (local.date(), local.time()) == (week.begins_on + timedelta(days=7), time(9))


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 11, 1), 24)],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    begins_at, ends_at = Week(day - timedelta(days=6), STOCKHOLM).span(day)
    assert ends_at - begins_at == timedelta(hours=hours)


def test_a_day_that_begins_with_a_leap_of_the_clock_begins_there() -> None:
    """In Chile the clocks went from midnight to one."""
    begins_at, ends_at = Week(date(2025, 9, 1), "America/Santiago").span(date(2025, 9, 7))
    assert begins_at == datetime(2025, 9, 7, 4, tzinfo=UTC)
    assert ends_at - begins_at == timedelta(hours=23)


def stockholm(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(STOCKHOLM))


IN_STOCKHOLM = Alerting(time_zone=STOCKHOLM)
LATE_RISERS = Alerting(time_zone=STOCKHOLM, quiet_from=time(18), quiet_until=time(10, 30))


@pytest.mark.parametrize(
    ("alerting", "now", "is_told"),
    [
        (IN_STOCKHOLM, stockholm(9, 8, 59), False),
        (IN_STOCKHOLM, stockholm(9, 9), True),
        (LATE_RISERS, stockholm(9, 9), False),
        (LATE_RISERS, stockholm(9, 10, 30), True),
        (LATE_RISERS, stockholm(9, 18), False),  # It was missed, and is told the next day.
        (LATE_RISERS, stockholm(10, 10, 30), True),
        (IN_STOCKHOLM, stockholm(15, 23, 59), True),  # Missed for a week.
    ],
)
def test_it_is_told_from_monday_morning_on_outside_quiet_hours(
    alerting: Alerting, now: datetime, *, is_told: bool
) -> None:
    told = week_to_tell(alerting, now)
    assert told == (Week(MONDAY, STOCKHOLM) if is_told else None)


def test_what_was_missed_for_longer_is_not_made_up_for() -> None:
    assert week_to_tell(IN_STOCKHOLM, stockholm(16, 8, 59)) is None
    assert week_to_tell(IN_STOCKHOLM, stockholm(16, 9)) == Week(date(2026, 11, 9), STOCKHOLM)


def a_group(status: Status = Status.SYNCED, count: int = 1, **facts: object) -> Group:
    there = status is Status.SYNCED
    ordinary = {"amount": some_money("100.00"), "in_quickbooks": there}
    ordinary["account_id"] = "35" if there else None
    return Group(status, count, **{**ordinary, **facts})  # type: ignore[arg-type]


def a_digest(*groups: Group) -> Digest:
    week = Week(MONDAY, STOCKHOLM)
    return Digest(
        week=week,
        made_at=week.told_at,
        days={**dict.fromkeys(week.days, ()), MONDAY: groups},
        account_names={"35": "Checking", "4": "Undeposited Funds"},
        speed=None,
        undeposited=Undeposited(),
        troubled={},
        waiting=0,
    )


def test_void_payments_were_recorded_and_stand_nowhere() -> None:
    groups = [
        a_group(count=3),
        a_group(Status.FAILED),
        a_group(Status.NOT_SYNCED, count=2, voided=True),
    ]
    assert (recorded(groups), void(groups)) == (6, 2)
    assert [standing(groups, each) for each in Status] == [0, 0, 3, 1, 0]


def test_accounts_are_summed_up_over_the_week_the_largest_first() -> None:
    digest = a_digest(
        a_group(count=2),
        a_group(Status.SYNCING, in_quickbooks=True, account_id="35"),  # On its way out.
        a_group(account_id="4", amount=some_money("500.00")),
        a_group(account_id=None, amount=some_money("1.00")),
        a_group(Status.FAILED),
        a_group(voided=True),
    )
    told = [
        (each.account_id, each.count, str(each.amount.to_decimal())) for each in digest.by_account()
    ]
    assert told == [("4", 1, "500.00"), ("35", 3, "200.00"), (None, 1, "1.00")]


def test_each_currency_is_summed_up_apart() -> None:
    digest = a_digest(a_group(), a_group(amount=some_money("7.00", "EUR")))
    assert [each.amount.currency for each in digest.by_account()] == ["USD", "EUR"]


def a_push(number: int, seconds: int) -> Push:
    asked_at = datetime(2026, 11, 3, tzinfo=UTC)
    return Push(number, asked_at, asked_at + timedelta(seconds=seconds))


def test_the_median_is_not_moved_by_the_slowest() -> None:
    speed = speed_of([a_push(1001, 4), a_push(1002, 7200), a_push(1003, 6)])
    assert speed is not None
    assert (speed.median, speed.slowest.number) == (timedelta(seconds=6), 1002)


def test_of_an_even_number_the_median_is_in_the_middle() -> None:
    speed = speed_of([a_push(1001, 4), a_push(1002, 6)])
    assert speed is not None
    assert speed.median == timedelta(seconds=5)


def test_where_nothing_got_there_there_is_no_speed() -> None:
    assert speed_of([]) is None


def test_the_oldest_of_what_lies_there_stays_the_oldest() -> None:
    first = [Held(7, "7", date(2026, 10, 2), some_money("1.00"))]
    later = [Held(3, "3", date(2026, 10, 9), some_money("2.00", "EUR"))]
    found = Undeposited().plus(first).plus([]).plus(later)
    assert found.oldest == first[0]
    assert found.count == 2
    assert found.amounts == (some_money("2.00", "EUR"), some_money("1.00"))
