"""What is read of a company, once a day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.domain.connection import MONEY_KINDS, RECEIVABLE, Account, Company, Item
from services.errors import TryLater
from services.quickbooks.mapping.wire import one_of

ACCOUNTS = f"AccountType IN {one_of(sorted({*MONEY_KINDS, RECEIVABLE}))} AND Active = true"
ITEMS = "Type = 'Service' AND Active = true"
METHODS = "Active = true"
_TAX_IN_THE_LINES = frozenset({"US"})  # Where QuickBooks reckons the tax by itself.


def read_company(
    info: Mapping[str, Any],
    preferences: Mapping[str, Any],
    *,
    accounts: Iterable[Mapping[str, Any]],
    items: Iterable[Mapping[str, Any]],
    methods: Iterable[Mapping[str, Any]],
) -> Company:
    """Raise TryLater where QuickBooks does not say the currency: guessing would be worse."""
    home = preferences.get("CurrencyPrefs", {}).get("HomeCurrency", {}).get("value")
    if not home:
        raise TryLater("QuickBooks does not say which currency the company's books are in")
    country = str(info.get("Country") or "")
    uses_tax = bool(preferences.get("TaxPrefs", {}).get("UsingSalesTax"))
    return Company(
        name=str(info.get("CompanyName") or info.get("LegalName") or ""),
        country=country,
        currency=str(home),
        payment_methods={str(method["Name"]).casefold(): str(method["Id"]) for method in methods},
        accounts=tuple(read_account(each) for each in accounts),
        items=tuple(read_item(each) for each in items),
        invoices_need_tax=uses_tax and country not in _TAX_IN_THE_LINES,
        books_closed_until=read_closing_date(preferences),
    )


def read_closing_date(preferences: Mapping[str, Any]) -> date | None:
    """Up to and including this day nothing can be changed."""
    closed = preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    try:
        return date.fromisoformat(str(closed)[:10]) if closed else None
    except ValueError:
        return None  # Whatever it says, QuickBooks itself refuses what it must.


def read_account(row: Mapping[str, Any]) -> Account:
    return Account(
        id=str(row["Id"]),
        name=str(row.get("FullyQualifiedName") or row.get("Name", "")),
        kind=str(row.get("AccountType", "")),
        subtype=str(row.get("AccountSubType", "")),
    )


def read_item(row: Mapping[str, Any]) -> Item:
    return Item(str(row["Id"]), str(row.get("Name", "")))
