"""A company's preferences, as a person finds and sets them on the screen."""

from datetime import date

from sandbox.quickbooks.books import Books
from sandbox.quickbooks.wire import JsonObject


class Preferences:
    """The company's preferences that change what the API accepts; assign to change one."""

    def __init__(self, books: Books) -> None:
        self._books = books

    @property
    def book_close_date(self) -> date | None:
        """Transactions up to and including this date can no longer be touched."""
        closed = self._get("AccountingInfoPrefs").get("BookCloseDate")
        return date.fromisoformat(closed) if closed else None

    @book_close_date.setter
    def book_close_date(self, until: date | None) -> None:
        self._set("AccountingInfoPrefs", BookCloseDate=until.isoformat() if until else None)

    @property
    def custom_txn_numbers(self) -> bool:
        """On: invoices keep the number they are given, and a duplicate is refused."""
        return bool(self._get("SalesFormsPrefs")["CustomTxnNumbers"])

    @custom_txn_numbers.setter
    def custom_txn_numbers(self, on: bool) -> None:
        self._set("SalesFormsPrefs", CustomTxnNumbers=on)

    @property
    def multi_currency(self) -> bool:
        return bool(self._get("CurrencyPrefs")["MultiCurrencyEnabled"])

    @multi_currency.setter
    def multi_currency(self, on: bool) -> None:
        self._set("CurrencyPrefs", MultiCurrencyEnabled=on)

    @property
    def sales_tax(self) -> bool:
        """On, and outside the US: no sale is saved without a tax code on every line."""
        return bool(self._get("TaxPrefs")["UsingSalesTax"])

    @sales_tax.setter
    def sales_tax(self, on: bool) -> None:
        self._set("TaxPrefs", UsingSalesTax=on)

    def _get(self, group: str) -> JsonObject:
        found: JsonObject = (self._books.find("Preferences", "1") or {})[group]
        return found

    def _set(self, group: str, **values: object) -> None:
        before = self._books.find("Preferences", "1") or {}
        merged = {
            name: value for name, value in (before[group] | values).items() if value is not None
        }
        work = self._books.begin()
        work.put("Preferences", "1", before | {group: merged})
        work.commit()
