"""What all transactions share: dates against the closed books, currency, family and voiding."""

from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Books, Work
from sandbox.quickbooks.entities.entity import Entity, Operation, account_by
from sandbox.quickbooks.entities.names import home_currency, refuse_foreign_currency
from sandbox.quickbooks.wire import JsonObject

ZERO = Decimal(0)
VOIDED = "Voided"
LONGEST_NOTE = 4000
MOST_ANCESTORS = 5  # QuickBooks allows sub-customers four levels deep.


class Transaction(Entity):
    operations: ClassVar[frozenset[Operation]] = frozenset(Operation)

    def may_change(self, books: Books, before: JsonObject) -> None:
        refuse_closed_date(books, before["TxnDate"])


def refuse_closed_date(books: Books, txn_date: str) -> None:
    preferences = books.find("Preferences", "1") or {}
    closed_until = preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    if closed_until and txn_date <= closed_until:
        raise refusals.books_closed()


def transaction_date(work: Work, wanted: JsonObject, before: JsonObject | None) -> str:
    today = work.books.clock().astimezone(work.books.offset).date().isoformat()
    supplied = checks.read_date(wanted, "TxnDate")
    txn_date = supplied or (before["TxnDate"] if before else today)
    refuse_closed_date(work.books, txn_date)
    return txn_date


def transaction_currency(work: Work, wanted: JsonObject) -> JsonObject:
    home = home_currency(work)
    code = checks.read_reference(wanted, "CurrencyRef")
    if code in {None, home["value"]}:
        return home
    refuse_foreign_currency(work)
    return {"value": code, "name": code}


def voided_note(before: JsonObject) -> str:
    note = before.get("PrivateNote")
    return f"{VOIDED} - {note}"[:LONGEST_NOTE] if note else VOIDED


def family_of(work: Work, customer_id: str) -> set[str]:
    """The customer and everyone above: a parent's payment may settle a job's invoice."""
    family: set[str] = set()
    current: str | None = customer_id
    while current is not None and len(family) < MOST_ANCESTORS:
        family.add(current)
        current = checks.read_reference(work.find("Customer", current) or {}, "ParentRef")
    return family


def receivable_account(work: Work) -> str:
    """The account customers' debts stand on."""
    found = account_by(work, AccountType="Accounts Receivable")
    if found is None:
        raise refusals.business_rule("The company has no Accounts Receivable account.")
    return found
