"""Money is whole minor units, and comes back to the digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.ledger import MAX_AMOUNT_MINOR
from services.domain.money import Money, minor_digits

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("XAF", 0)])
def test_a_currency_knows_how_many_digits_it_has(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@given(st.integers(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR), CURRENCIES)
def test_money_survives_the_way_to_a_decimal_and_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.from_decimal(money.to_decimal(), currency) == money


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(12345, "USD"), "123.45"),
        (Money(500, "JPY"), "500"),
        (Money(1500, "KWD"), "1.500"),
        (Money(-1, "EUR"), "-0.01"),
    ],
)
def test_a_decimal_has_the_digits_of_its_currency(money: Money, written: str) -> None:
    assert str(money.to_decimal()) == written


@pytest.mark.parametrize(("amount", "currency"), [("1.005", "USD"), ("0.5", "JPY")])
def test_a_digit_too_many_is_never_rounded_away(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more digits than"):
        Money.from_decimal(Decimal(amount), currency)


def test_trailing_zeros_are_no_digits_too_many() -> None:
    assert Money.from_decimal(Decimal("1.5000"), "USD") == Money(150, "USD")


@pytest.mark.parametrize("code", ["", "usd", "US", "DOLLAR", "$"])
def test_a_currency_is_an_iso_code(code: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, code)
