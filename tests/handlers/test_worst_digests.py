"""Whatever a week holds, Slack takes the digest of it, with its chart and without."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from handlers.quickbooks.digest import MOST_ACCOUNTS, show_digest
from services.domain.digest import (
    Digest,
    Group,
    Held,
    Push,
    Speed,
    Undeposited,
    Week,
)
from services.domain.money import Money
from services.domain.sync import RecordKind, Status
from tests.handlers.worst import MOST, NAMES, WILD, shown

MANY = 999_999
WEEK = Week(date(2026, 9, 28), "America/Argentina/ComodRivadavia")
CURRENCIES = ("USD", "XAF", "KWD")
ACCOUNTS = 40
GROUPS = tuple(
    Group(status, MANY, Money(MOST.minor, currency), voided, there, f"{account}")
    for status, currency, voided, there, account in product(
        Status, CURRENCIES, (False, True), (False, True), range(ACCOUNTS)
    )
)
SLOWEST = Push(10**9, WEEK.begins_at, WEEK.begins_at + timedelta(days=1000))
LYING = Undeposited(
    MANY,
    tuple(Money(MOST.minor, currency) for currency in CURRENCIES),
    Held(10**9, "1", WEEK.begins_on, MOST),
)
WHY_NOT = (
    f"the alert channel <#C0ALERTS|alerts> is gone{' or archived' * 20}: `/quickbooks settings`"
)
every_name = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
every_way = pytest.mark.parametrize(
    ("discreet", "drawn"), list(product((False, True), repeat=2)), ids=str
)


def the_worst(name: str) -> Digest:
    return Digest(
        week=WEEK,
        made_at=WEEK.told_at,
        days=dict.fromkeys(WEEK.days, GROUPS),
        account_names={f"{number}": name for number in range(ACCOUNTS)},
        speed=Speed(timedelta(days=999), SLOWEST),
        undeposited=LYING,
        troubled=dict.fromkeys(RecordKind, MANY),
        waiting=MANY,
    )


def an_empty_one() -> Digest:
    return Digest(
        week=WEEK,
        made_at=WEEK.told_at,
        days=dict.fromkeys(WEEK.days, ()),
        account_names={},
        speed=None,
        undeposited=None,
        troubled={},
        waiting=0,
    )


@every_name
@every_way
def test_the_worst_week_is_told(name: str, *, discreet: bool, drawn: bool) -> None:
    reply = show_digest(the_worst(name), discreet=discreet, why_not=WHY_NOT, drawn=drawn)
    told = shown(reply)
    more = ACCOUNTS * len(CURRENCIES) - MOST_ACCOUNTS
    assert (f"Into {more} more: " in told) != discreet
    assert ("$" in told) != discreet


@every_way
def test_a_week_without_payments_has_no_picture(*, discreet: bool, drawn: bool) -> None:
    reply = show_digest(an_empty_one(), discreet=discreet, drawn=drawn)
    told = shown(reply)
    assert "No payments were recorded." in told
    assert "Nothing is left to do." in told
    assert {each["type"] for each in reply.blocks} == {"section", "rich_text", "context"}
    assert "for more than 7 days: QuickBooks did not say" in told


def test_an_account_that_is_closed_or_has_no_name_is_told_so() -> None:
    groups = (
        Group(Status.SYNCED, 1, MOST, in_quickbooks=True, account_id="7"),
        Group(Status.SYNCED, 1, MOST, in_quickbooks=True),
        Group(Status.SYNCED, 1, MOST, in_quickbooks=True, account_id="8"),
    )
    days = {**dict.fromkeys(WEEK.days, ()), WEEK.begins_on: groups}
    digest = replace(an_empty_one(), days=days, account_names={"8": WILD})
    told = shown(show_digest(digest, discreet=False))
    assert "Into an account that is closed (7): " in told
    assert "Into an account that QuickBooks does not name: " in told
    assert f"Into {WILD}: " in told
