"""Which names are the same, and which number a person means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.ids import (
    payment_reference,
    read_payment_number,
    read_refund_number,
    refund_reference,
)
from services.domain.ledger import name_key


@pytest.mark.parametrize(
    "name",
    [
        "Acme Tools",
        "acme tools",
        "ACME TOOLS",
        "  Acme \t Tools ",
        "Acme\u00a0Tools",
        "Acme\nTools",
    ],
)
def test_case_and_spaces_do_not_make_another_client(name: str) -> None:
    assert name_key(name) == name_key("Acme Tools")


@pytest.mark.parametrize("name", ["Acme Tool", "AcmeTools", "Acme-Tools", "Ácme Tools"])
def test_letters_and_signs_make_another_client(name: str) -> None:
    assert name_key(name) != name_key("Acme Tools")


def test_the_german_sharp_s_is_no_other_name() -> None:
    assert name_key("Weiß GmbH") == name_key("WEISS GmbH")


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(st.integers(1001, 999_999_999))
def test_a_reference_is_read_back_as_its_number(number: int) -> None:
    assert read_payment_number(payment_reference(number)) == number
    assert read_refund_number(refund_reference(number)) == number


@pytest.mark.parametrize("typed", ["R-1042", "r-1042", "r1042", "1042"])
def test_a_refund_number_is_read_as_people_type_it(typed: str) -> None:
    assert read_refund_number(typed) == 1042


def test_a_payment_is_no_refund() -> None:
    assert read_refund_number("P-1042") is None


@pytest.mark.parametrize("typed", ["P-1042", "p-1042", "p1042", "P1042", "1042", "  1042 "])
def test_a_payment_number_is_read_as_people_type_it(typed: str) -> None:
    assert read_payment_number(typed) == 1042


@pytest.mark.parametrize(
    "typed", ["", "P-", "-1042", "P--1042", "P-1042x", "R-1042", "10 42", "1042.0", "1" * 10]
)
def test_what_is_no_payment_number_is_none(typed: str) -> None:
    assert read_payment_number(typed) is None


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(typed: str) -> None:
    number = read_payment_number(typed)
    assert number is None or 0 <= number < 10**9
