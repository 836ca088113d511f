"""What all requests share: to the digit, quoted, marked, and nothing that cannot be written."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.quickbooks.query import parse
from services.domain.ledger import MAX_AMOUNT_MINOR
from services.domain.money import Money
from services.domain.sync import Operation, WireKey, wire_key
from services.quickbooks.mapping import wire
from tests.builders import PAYMENT

KEY = wire_key(PAYMENT, Operation.CREATE, 1)
OTHER = wire_key(PAYMENT, Operation.CREATE, 2)
CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
MONEY = st.builds(Money, st.integers(0, MAX_AMOUNT_MINOR), CURRENCIES)
TRICKY = st.text(max_size=60) | st.text("'\\\" an%", max_size=20)


@given(MONEY)
def test_no_amount_passes_through_a_float(money: Money) -> None:
    body = wire.to_json({"TotalAmt": money.to_decimal()})
    read = json.loads(body, parse_float=Decimal, parse_int=Decimal)["TotalAmt"]
    assert str(read) == str(money.to_decimal())


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("500.00", "500.00"),
        ("0.01", "0.01"),
        ("0.10", "0.10"),
        ("9999999999.99", "9999999999.99"),
        ("500", "500"),
        ("0.001", "0.001"),
        ("2.50000", "2.50000"),
    ],
)
def test_a_number_is_written_to_the_digit(amount: str, written: str) -> None:
    assert wire.to_json({"Amount": Decimal(amount)}) == f'{{"Amount": {written}}}'


def test_the_same_body_is_written_the_same_way_whatever_its_order() -> None:
    one = {"b": 1, "a": {"d": 2, "c": 3}}
    other = {"a": {"c": 3, "d": 2}, "b": 1}
    assert wire.to_json(one) == wire.to_json(other)


@given(MONEY)
def test_an_amount_is_compared_to_the_digit(money: Money) -> None:
    """As a number or as a text, with or without zeros behind it."""
    amount = money.to_decimal()
    for written in (amount, str(amount), amount.normalize()):
        assert wire.is_amount({"TotalAmt": written}, "TotalAmt", money)
    smallest = Money(1, money.currency).to_decimal()
    assert not wire.is_amount({"TotalAmt": amount + smallest}, "TotalAmt", money)


@pytest.mark.parametrize("current", [{}, {"TotalAmt": None}, {"TotalAmt": 0}, {"TotalAmt": ""}])
def test_an_amount_that_is_not_there_is_nothing(current: dict[str, object]) -> None:
    assert wire.amount(current, "TotalAmt") == 0


# Quoting.


@given(TRICKY)
@example("Amy's \\ Bird' OR Id > '0")
def test_quickbooks_reads_back_what_was_quoted(text: str) -> None:
    where = f"DisplayName = {wire.quoted(text)} MAXRESULTS 9"
    query = parse("SELECT * FROM Customer WHERE " + where)  # noqa: S608 - quoting is the claim.
    assert [each.values for each in query.conditions] == [(text,)]
    assert query.most == 9


@given(st.lists(TRICKY, min_size=1, max_size=5))
def test_quickbooks_reads_back_each_of_several(texts: list[str]) -> None:
    where = f"CustomerRef IN {wire.one_of(texts)}"
    query = parse("SELECT * FROM Payment WHERE " + where)  # noqa: S608 - quoting is the claim.
    assert [each.values for each in query.conditions] == [tuple(texts)]


def test_an_instant_is_quoted_with_its_offset() -> None:
    quoted = wire.quoted_instant(datetime(2026, 11, 2, 17, 0, 0, 987_654, tzinfo=UTC))
    assert quoted == "'2026-11-02T17:00:00+00:00'"


# Markers.


@given(st.none() | st.text(max_size=200) | st.just(OTHER.marker))
def test_a_marked_object_is_found_by_its_key_alone(description: str | None) -> None:
    row = {"Id": "1", "PrivateNote": wire.note(description, f"ours {KEY.marker}")}
    assert wire.find_marked([{"Id": "0"}, row], "PrivateNote", KEY) == row
    third = wire_key(PAYMENT, Operation.CREATE, 3)
    assert wire.find_marked([row], "PrivateNote", third) is None


@pytest.mark.parametrize("row", [{}, {"PrivateNote": None}, {"PrivateNote": ""}])
def test_an_object_without_a_note_is_nobodys(row: dict[str, object]) -> None:
    assert wire.find_marked([row], "PrivateNote", KEY) is None
    assert wire.our_line(row) is None


def test_a_marker_belongs_to_one_key_alone() -> None:
    shorter, longer = WireKey("abc"), WireKey("abcd")
    assert shorter.marker not in longer.marker


@given(st.none() | st.text(max_size=200) | st.just(OTHER.marker))
def test_a_person_reads_their_own_words_first_and_ours_last(description: str | None) -> None:
    ours = f"P-1001 entered with Counterfoil, Check {KEY.marker}"
    note = wire.note(description, ours)
    assert note.startswith(description or ours)
    assert note.endswith(ours)
    assert wire.our_line({"PrivateNote": note}) == ours


# Current objects.

NAMES = st.text("ABCDEFGHabcdefgh", min_size=1, max_size=8)
READ_ONLY = ["MetaData", "domain", "status", "UnappliedAmt", "Balance", "LinkedTxn", "HomeBalance"]


@given(st.dictionaries(NAMES | st.sampled_from(READ_ONLY), st.integers(), max_size=9))
def test_an_update_in_full_keeps_all_that_can_be_written(current: dict[str, int]) -> None:
    whole = wire.to_whole(current)
    assert whole.pop("sparse") is False
    assert whole == {name: value for name, value in current.items() if name not in READ_ONLY}


def test_what_was_sparse_is_sent_in_full() -> None:
    assert wire.to_whole({"Id": "1", "sparse": True})["sparse"] is False


def test_a_handle_is_an_id_and_the_token_as_it_is_now() -> None:
    current = {"Id": "15", "SyncToken": "3", "TotalAmt": 5, "LinkedTxn": []}
    assert wire.to_handle(current) == {"Id": "15", "SyncToken": "3"}


@pytest.mark.parametrize(
    ("current", "found"),
    [
        ({"CustomerRef": {"value": "58", "name": "Acme"}}, "58"),
        ({"CustomerRef": {"value": 58}}, "58"),
        ({"CustomerRef": "58"}, "58"),
        ({"CustomerRef": {"value": None}}, None),
        ({"CustomerRef": {"value": ""}}, None),
        ({"CustomerRef": {}}, None),
        ({"CustomerRef": None}, None),
        ({}, None),
    ],
)
def test_a_reference_names_an_id_or_nothing(current: dict[str, object], found: str | None) -> None:
    assert wire.referred(current, "CustomerRef") == found
