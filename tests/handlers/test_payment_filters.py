"""What people say when they look for a payment, and what is understood."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.payments.filters import MOST_WORDS, Reader
from services.domain.filters import PaymentFilter
from services.domain.ledger import Method
from services.domain.sync import Status

TODAY = date(2026, 11, 25)  # A Wednesday.
READER = Reader(locale="en-US", currency="USD", today=TODAY)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def days(text: str, reader: Reader = READER) -> tuple[date | None, date | None]:
    found = reader.read(text)
    assert found.words == ()
    return found.since, found.until


@pytest.mark.parametrize(
    ("said", "since", "until"),
    [
        ("today", TODAY, TODAY),
        ("yesterday", date(2026, 11, 24), date(2026, 11, 24)),
        ("this week", date(2026, 11, 23), date(2026, 11, 29)),
        ("last week", date(2026, 11, 16), date(2026, 11, 22)),
        ("this month", date(2026, 11, 1), date(2026, 11, 30)),
        ("Last Month", date(2026, 10, 1), date(2026, 10, 31)),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("march", date(2026, 3, 1), date(2026, 3, 31)),
        ("dec", date(2025, 12, 1), date(2025, 12, 31)),
        ("february 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-03-15", date(2026, 3, 15), date(2026, 3, 15)),
        ("2026", *YEAR),
        ("march april", date(2026, 3, 1), date(2026, 4, 30)),
    ],
)
def test_times_are_understood_as_people_say_them(said: str, since: date, until: date) -> None:
    assert days(said) == (since, until)


def test_last_month_of_january_is_december() -> None:
    january = Reader(locale="en-US", currency="USD", today=date(2026, 1, 31))
    assert days("last month", january) == (date(2025, 12, 1), date(2025, 12, 31))


def test_months_are_understood_in_the_persons_language_too() -> None:
    swedish = Reader(locale="sv-SE", currency="SEK", today=TODAY)
    assert days("maj", swedish) == days("may", swedish) == (date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("failed", PaymentFilter(statuses=frozenset({Status.FAILED}))),
        ("not synced", PaymentFilter(statuses=frozenset({Status.NOT_SYNCED}))),
        ("synced", PaymentFilter(statuses=frozenset({Status.SYNCED}))),
        ("bank transfer", PaymentFilter(methods=frozenset({Method.BANK_TRANSFER}))),
        ("cheque", PaymentFilter(methods=frozenset({Method.CHECK}))),
        ("500", PaymentFilter(amounts=frozenset({50_000}))),
        ("$1,250.75", PaymentFilter(amounts=frozenset({125_075}))),
        (">1000", PaymentFilter(least=100_001)),
        (">=1000 <2000", PaymentFilter(least=100_000, most=199_999)),
        ("P-1001 p1002", PaymentFilter(numbers=frozenset({1001, 1002}))),
        ("void", PaymentFilter(void=True)),
        ('"may" "last month"', PaymentFilter(words=("may", "last month"))),
        ("Acme Söhne", PaymentFilter(words=("Acme", "Söhne"))),
        ("2026-13 not >x", PaymentFilter(words=("2026-13", "not", ">x"))),
        ("9999-12 0000-00", PaymentFilter(words=("9999-12", "0000-00"))),
    ],
)
def test_words_mean_what_people_mean(said: str, found: PaymentFilter) -> None:
    assert READER.read(said) == found


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_somehow(text: str) -> None:
    found = READER.read(text)
    assert len(found.words) <= MOST_WORDS
    if found.since and found.until:
        assert found.since <= found.until


_PIECES: dict[str, dict[str, Any]] = {
    "not synced": {"statuses": frozenset({Status.NOT_SYNCED})},
    "credit card": {"methods": frozenset({Method.CREDIT_CARD})},
    ">20": {"least": 2_001},
    "500.00": {"amounts": frozenset({50_000})},
    "last week": {"since": date(2026, 11, 16), "until": date(2026, 11, 22)},
    "p-1001": {"numbers": frozenset({1001})},
    "zebra": {"words": ("zebra",)},
}


@given(st.permutations(list(_PIECES)), st.integers(1, len(_PIECES)))
def test_the_order_in_which_it_is_said_does_not_matter(pieces: list[str], count: int) -> None:
    said = pieces[:count]
    wanted = {name: value for piece in said for name, value in _PIECES[piece].items()}
    assert READER.read(" ".join(said)) == PaymentFilter(**wanted)


@given(st.dates(date(2018, 1, 1), date(2027, 12, 31)))
def test_every_day_is_in_its_month_its_week_and_its_year(on: date) -> None:
    there = Reader(locale="en-US", currency="USD", today=on)
    for said in ("today", "this week", "this month", "this year", f"{on:%B}", f"{on:%Y-%m}"):
        since, until = days(said, Reader("en-US", "USD", on))
        assert since is not None
        assert until is not None
        assert since <= on <= until, said
    yesterday = on - timedelta(days=1)
    assert days("yesterday", there) == (yesterday, yesterday)
