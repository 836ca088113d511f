"""What people say when they look for a payment, and what is understood."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.payments.filters import MOST_WORDS, Reader
from handlers.text import Unreadable
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
        ("> 1000", PaymentFilter(least=100_001)),
        ("> 1,250 cash", PaymentFilter(least=125_001, methods=frozenset({Method.CASH}))),
        (">=$500", PaymentFilter(least=50_000)),
        ("≥500 ≤ 700", PaymentFilter(least=50_000, most=70_000)),
        ("=>500 =<700", PaymentFilter(least=50_000, most=70_000)),
        ("= 500", PaymentFilter(amounts=frozenset({50_000}))),
        ('">x" "2026-13" "1.250"', PaymentFilter(words=(">x", "2026-13", "1.250"))),
        ("not 2026-113 10-42", PaymentFilter(words=("not", "2026-113", "10-42"))),
        ("9999-12 0000-00", PaymentFilter(words=("9999-12", "0000-00"))),
        ("01042 #1042", PaymentFilter(words=("01042", "#1042"))),
        ("98765432109876543210", PaymentFilter(words=("98765432109876543210",))),
    ],
)
def test_words_mean_what_people_mean(said: str, found: PaymentFilter) -> None:
    assert READER.read(said) == found


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (">", ">1000"),
        ("acme >", ">1000"),
        ("> acme", ">1000"),
        (">x", ">1000"),
        (">>5", ">1000"),
        ("<>5", ">1000"),
        ("!=5", ">1000"),
        (">-5", ">1000"),
        (">0", ">1000"),
        (">2026-03-01", ">1000"),
        ("1.250", ">1000"),
        ("1,2,3", ">1000"),
        ("-500", ">1000"),
        ("500+", ">1000"),
        ("€500", ">1000"),
        ("500..1000", ">=500 <1000"),
        ("2026-03..2026-05", "2026-03 2026-05"),
        ("2026-13", "2026-03"),
        ("2026-02-30", "2026-03-15"),
        ("03/15/2026", "2026-03-15"),
        ("15.03.2026", "2026-03-15"),
        ("03/2026", "2026-03"),
    ],
)
def test_what_is_meant_as_an_amount_or_a_day_and_is_none_is_answered_with_how_to_type_it(
    said: str, words: str
) -> None:
    with pytest.raises(Unreadable, match="is not understood") as told:
        READER.read(said)
    odd = max(said.split(), key=lambda word: sum(map(str.isdigit, word)) or word[0] in "<>")
    assert f"“{odd}”" in str(told.value)
    assert words in str(told.value)


@pytest.mark.parametrize("said", [">1000 <500", ">=501 acme <=500", "<0.01"])
def test_bounds_with_nothing_between_them_are_answered(said: str) -> None:
    with pytest.raises(Unreadable, match="No amount is between these bounds"):
        READER.read(said)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_answered_with_a_sentence(text: str) -> None:
    found = _read(text)
    if isinstance(found, str):
        assert found.endswith(".")
        return
    assert len(found.words) <= MOST_WORDS
    assert not any(word.startswith((">", "<", "=")) for word in found.words if word in text.split())
    if found.since and found.until:
        assert found.since <= found.until


@given(st.text(st.characters(exclude_characters='"'), max_size=100))
def test_what_stands_in_quotes_is_sought_as_it_stands(text: str) -> None:
    assert READER.read(f'"{text}"') == PaymentFilter(words=(text.strip(),) if text.strip() else ())


@given(st.sampled_from([">", ">=", "<", "<=", "≥", "≤"]), st.integers(1, 10**9))
def test_a_space_behind_a_sign_changes_nothing(sign: str, minor: int) -> None:
    amount = f"{minor / 100:.2f}"
    assert _read(f"{sign} {amount}") == _read(f"{sign}{amount}") != PaymentFilter()


def _read(said: str) -> PaymentFilter | str:
    try:
        return READER.read(said)
    except Unreadable as told:
        return str(told)


_PIECES: dict[str, dict[str, Any]] = {
    "not synced": {"statuses": frozenset({Status.NOT_SYNCED})},
    "credit card": {"methods": frozenset({Method.CREDIT_CARD})},
    ">20": {"least": 2_001},
    "< 9000": {"most": 899_999},
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
