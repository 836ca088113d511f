"""A line of an invoice is its quantity times its price, rounded as QuickBooks rounds."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_QUANTITY,
    QUANTITY_DIGITS,
    InvoiceLine,
    total_of,
)
from services.domain.money import Money, minor_digits
from tests.builders import a_line

HALF = Fraction(1, 2)
QUANTITIES = st.decimals(0, MAX_QUANTITY, places=QUANTITY_DIGITS)
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])


@st.composite
def lines(draw: st.DrawFn, currencies: st.SearchStrategy[str] = CURRENCIES) -> InvoiceLine:
    price = Money(draw(st.integers(0, MAX_AMOUNT_MINOR)), draw(currencies))
    return InvoiceLine("Bookkeeping", draw(QUANTITIES), price)


@given(lines())
def test_a_line_is_rounded_half_up_to_the_smallest_unit(line: InvoiceLine) -> None:
    exact = Fraction(line.quantity) * line.unit_price.minor
    assert -HALF < line.amount.minor - exact <= HALF


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "amount"),
    [
        ("1", "500.00", "USD", "500.00"),
        ("2.5", "19.99", "USD", "49.98"),  # 49.975
        ("0.5", "0.01", "USD", "0.01"),  # Half a cent is one.
        ("0.49999", "0.01", "USD", "0.00"),
        ("0.33333", "100.00", "USD", "33.33"),
        ("1.5", "3", "JPY", "5"),  # 4.5
        ("1.5", "0.001", "KWD", "0.002"),
        ("0", "500.00", "USD", "0.00"),
        ("1000000", "9999999999.99", "USD", "9999999999990000.00"),
    ],
)
def test_a_line_amounts_to_what_a_bookkeeper_reckons(
    quantity: str, price: str, currency: str, amount: str
) -> None:
    assert a_line(price, currency, quantity=quantity).amount.to_decimal() == Decimal(amount)


@given(lines())
def test_a_line_has_the_digits_of_its_currency(line: InvoiceLine) -> None:
    exponent = line.amount.to_decimal().as_tuple().exponent
    assert exponent == -minor_digits(line.unit_price.currency)


@given(st.lists(lines(st.just("USD")), max_size=6))
def test_a_total_is_the_sum_of_what_stands_on_the_lines(sold: list[InvoiceLine]) -> None:
    """Not the rounded sum: an invoice must add up on paper."""
    assert total_of(sold, "USD").minor == sum(line.amount.minor for line in sold)
