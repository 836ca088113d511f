"""Amounts are read as people of each country type them, or refused; never misread."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.text import MAX_AMOUNT_TEXT, Unreadable, money, read_amount
from services.domain.ledger import MAX_AMOUNT_MINOR
from services.domain.money import Money
from tests.builders import some_money

LOCALES = [
    *("en-US", "en-GB", "de-DE", "de-CH", "es-ES", "es-LA", "fr-FR", "fr-CH", "it-IT"),
    *("pt-BR", "pt-PT", "ru-RU", "ja-JP", "zh-CN", "zh-TW", "ko-KR", "sv-SE", "nl-NL"),
    *("pl-PL", "cs-CZ", "da-DK", "nb-NO", "fi-FI", "hu-HU", "tr-TR", "ro-RO", "uk-UA"),
    *("vi-VN", "id-ID", "th-TH", "en-IN", "hi-IN", "fr-CA", "en-CA", "el-GR", "he-IL"),
    *("ar-EG"),
]
CURRENCIES = ["USD", "EUR", "SEK", "GBP", "CHF", "JPY", "KWD", "CAD"]


@pytest.mark.parametrize("locale", LOCALES)
@settings(max_examples=60)
@given(minor=st.integers(1, MAX_AMOUNT_MINOR), currency=st.sampled_from(CURRENCIES))
def test_what_we_write_we_can_read(locale: str, minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert read_amount(money(amount, locale), locale=locale, currency=currency) == amount


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("typed", ["500", " 500 ", "500.00", "500,00"])
def test_a_plain_amount_is_read_anywhere(typed: str, locale: str) -> None:
    assert read_amount(typed, locale=locale, currency="USD") == some_money("500.00")


@settings(max_examples=500)
@given(
    typed=st.text(max_size=MAX_AMOUNT_TEXT)
    | st.text("0123456789.,'’ -−()$€kr", max_size=MAX_AMOUNT_TEXT),
    locale=st.sampled_from([*LOCALES, "xx-YY", ""]),
    currency=st.sampled_from(CURRENCIES),
)
def test_any_text_is_an_amount_within_the_limits_or_unreadable(
    typed: str, locale: str, currency: str
) -> None:
    with suppress(Unreadable):
        amount = read_amount(typed, locale=locale, currency=currency)
        assert amount.currency == currency
        assert 0 < amount.minor <= MAX_AMOUNT_MINOR


@pytest.mark.parametrize(
    ("typed", "locale", "currency"),
    [
        ("1.250", "en-US", "USD"),
        ("1,250", "de-DE", "EUR"),
        ("1.250", "en-GB", "GBP"),
        ("1,250", "sv-SE", "SEK"),
        ("12.345", "en-US", "CHF"),
    ],
)
def test_what_could_be_two_amounts_is_refused(typed: str, locale: str, currency: str) -> None:
    with pytest.raises(Unreadable):
        read_amount(typed, locale=locale, currency=currency)


@pytest.mark.parametrize(
    ("typed", "locale", "currency", "amount"),
    [
        ("1,250.75", "en-US", "USD", "1250.75"),
        ("$1,250.75", "en-US", "USD", "1250.75"),
        ("1250.75 USD", "en-US", "USD", "1250.75"),
        ("US$ 20", "sv-SE", "USD", "20"),
        ("1250,75", "en-US", "USD", "1250.75"),
        ("1.250,75", "en-US", "EUR", "1250.75"),
        ("1.250", "de-DE", "EUR", "1250"),
        ("1.250,75 €", "de-DE", "EUR", "1250.75"),
        ("1 250,75", "sv-SE", "SEK", "1250.75"),
        ("1\u00a0250,75 kr", "sv-SE", "SEK", "1250.75"),
        ("1\u202f250,75\u00a0€", "fr-FR", "EUR", "1250.75"),
        ("1'250.75", "de-CH", "CHF", "1250.75"),
        ("1’250.75", "de-CH", "CHF", "1250.75"),
        ("CHF 1'250.75", "de-CH", "CHF", "1250.75"),
        ("12,50,000.75", "en-IN", "USD", "1250000.75"),
        ("1,250", "ja-JP", "JPY", "1250"),
        ("1.250", "en-US", "KWD", "1.250"),
    ],
)
def test_an_amount_is_read_as_it_is_typed(
    typed: str, locale: str, currency: str, amount: str
) -> None:
    assert read_amount(typed, locale=locale, currency=currency) == some_money(amount, currency)


@pytest.mark.parametrize(
    "typed",
    [
        *("-5", "−5", "(5)", "5-", "0", "0.00", "", " ", "five", "5e3", "NaN", "∞"),
        *("1.2.3", "1,2,3.4", "1 2", "1 23 456", "5 5 5", "5;", "10%", "5.001", "12,34,5"),
        *("5 EUR", "€5", "£5", "10000000000.00"),
    ],
)
def test_what_is_no_amount_of_the_firms_money_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_amount(typed, locale="en-US", currency="USD")


def test_the_largest_amount_is_taken_and_one_cent_more_is_not() -> None:
    largest = Money(MAX_AMOUNT_MINOR, "USD")
    assert read_amount("9999999999.99", locale="en-US", currency="USD") == largest
    with pytest.raises(Unreadable, match="at most"):
        read_amount("10000000000", locale="en-US", currency="USD")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("five", "Type it like $1,250.00."),
        ("-5", "more than zero"),
        ("5 EUR", "Amounts are in USD"),
        ("5.001", "2 decimals at most"),
    ],
)
def test_a_refusal_says_what_to_type(typed: str, says: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(says)):
        read_amount(typed, locale="en-US", currency="USD")
