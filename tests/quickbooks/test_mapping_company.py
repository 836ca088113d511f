"""What is read of a company, and what is never guessed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.domain.connection import Account, Company, Item
from services.errors import TryLater
from services.quickbooks.mapping import company

USD = {"CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}}
BANK = {
    "Id": "35",
    "Name": "Checking",
    "FullyQualifiedName": "Bank:Checking",
    "AccountType": "Bank",
    "AccountSubType": "Checking",
}


def read(info: dict[str, Any] | None = None, preferences: dict[str, Any] | None = None) -> Company:
    return company.read_company(
        info or {"CompanyName": "Larkspur", "Country": "US"},
        USD if preferences is None else preferences,
        accounts=[BANK],
        items=[{"Id": "1", "Name": "Services"}],
        methods=[{"Id": "2", "Name": "Check"}, {"Id": "1", "Name": "CASH"}],
    )


def test_a_company_is_read_with_all_that_a_push_needs() -> None:
    assert read() == Company(
        name="Larkspur",
        country="US",
        currency="USD",
        payment_methods={"check": "2", "cash": "1"},
        accounts=(Account("35", "Bank:Checking", "Bank", "Checking"),),
        items=(Item("1", "Services"),),
    )


@pytest.mark.parametrize(
    "preferences", [{}, {"CurrencyPrefs": {}}, {"CurrencyPrefs": {"HomeCurrency": {"value": ""}}}]
)
def test_a_currency_that_quickbooks_does_not_name_is_not_guessed(
    preferences: dict[str, Any],
) -> None:
    with pytest.raises(TryLater, match="currency"):
        read({"Country": "CA"}, preferences)


@pytest.mark.parametrize(
    ("country", "uses_tax", "needs_tax"),
    [("US", True, False), ("US", False, False), ("CA", True, True), ("CA", False, False)],
)
def test_outside_the_states_a_company_with_tax_needs_it_on_every_line(
    *, country: str, uses_tax: bool, needs_tax: bool
) -> None:
    preferences = {**USD, "TaxPrefs": {"UsingSalesTax": uses_tax}}
    assert read({"Country": country}, preferences).invoices_need_tax is needs_tax


@pytest.mark.parametrize(
    ("written", "closed_until"),
    [
        ("2026-09-30", date(2026, 9, 30)),
        ("2026-09-30T00:00:00-07:00", date(2026, 9, 30)),
        ("", None),
        (None, None),
        ("someday", None),
    ],
)
def test_the_books_are_closed_up_to_a_day_or_not_at_all(
    written: str | None, closed_until: date | None
) -> None:
    preferences = {**USD, "AccountingInfoPrefs": {"BookCloseDate": written}}
    assert company.read_closing_date(preferences) == closed_until
    assert read(preferences=preferences).books_closed_until == closed_until


def test_a_company_without_a_name_has_its_legal_one() -> None:
    assert read({"LegalName": "Larkspur Inc."}).name == "Larkspur Inc."


def test_recorded_preferences_tell_the_currency(samples: Path) -> None:
    folder = samples / "json" / "exquickbooks" / "preferences"
    preferences = json.loads((folder / "read_preferences.json").read_text())["Preferences"]
    assert read({"Country": "SE"}, preferences).currency == "USD"
