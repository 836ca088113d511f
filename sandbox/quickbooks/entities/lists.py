"""The lists a company keeps beside its people: accounts, payment methods and items."""

from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.entity import (
    Entity,
    Order,
    claim_name,
    reference_to,
    shown_name_when,
)
from sandbox.quickbooks.entities.names import home_currency
from sandbox.quickbooks.wire import JsonObject

CLASSIFICATIONS = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
    "Non-Posting": "Asset",
}
SUBTYPES = {"Bank": "Checking", "Income": "ServiceFeeIncome", "Other Current Asset": "Prepaid"}
METHOD_TYPES = frozenset({"CREDIT_CARD", "NON_CREDIT_CARD"})
ITEM_TYPES = frozenset({"Service", "NonInventory", "Inventory", "Category", "Group"})


class _Listed(Entity):
    def named(self, work: Work, wanted: JsonObject, before: JsonObject | None) -> JsonObject:
        if not wanted.get("Name"):
            raise refusals.required("Name")
        name = str(wanted["Name"])
        active = checks.read_flag(wanted, "Active", default=True)
        if active != (before is None or before["Active"]):
            name = shown_name_when(name, active=active, work=work, entity=self.name)
        claim_name(work, self.name, name, own_id=before["Id"] if before else None)
        return {"Name": name, "Active": active}


class Account(_Listed):
    name: ClassVar[str] = "Account"
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"CurrentBalance", "CurrentBalanceWithSubAccounts", "FullyQualifiedName", "Classification"}
    )

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        del order
        named = self.named(work, wanted, before)
        kind = wanted.get("AccountType")
        if kind is None:
            raise refusals.required("AccountType")
        if kind not in CLASSIFICATIONS:
            raise refusals.invalid_enumeration(kind)
        balances = ("CurrentBalance", "CurrentBalanceWithSubAccounts")
        return (
            {"SubAccount": False, "AccountSubType": SUBTYPES.get(str(kind), "Other")}
            | wanted
            | named
            | {"FullyQualifiedName": named["Name"], "Classification": CLASSIFICATIONS[kind]}
            | {"CurrencyRef": home_currency(work)}
            | {name: before[name] if before else Decimal(0) for name in balances}
        )


class PaymentMethod(_Listed):
    name: ClassVar[str] = "PaymentMethod"

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        del order
        kind = wanted.get("Type", "NON_CREDIT_CARD")
        if kind not in METHOD_TYPES:
            raise refusals.invalid_enumeration(kind)
        return wanted | self.named(work, wanted, before) | {"Type": kind}


class Item(_Listed):
    name: ClassVar[str] = "Item"
    read_only: ClassVar[frozenset[str]] = frozenset({"FullyQualifiedName"})

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        del order
        named = self.named(work, wanted, before)
        kind = wanted.get("Type", "Service")
        if kind not in ITEM_TYPES:
            raise refusals.invalid_enumeration(kind)
        account_id = checks.read_reference(wanted, "IncomeAccountRef")
        if account_id is None:
            raise refusals.required("IncomeAccountRef")
        return (
            {"Taxable": False, "UnitPrice": Decimal(0), "PurchaseCost": Decimal(0)}
            | {"TrackQtyOnHand": False}
            | wanted
            | named
            | {"Type": kind, "FullyQualifiedName": named["Name"]}
            | {"IncomeAccountRef": reference_to(work, "Account", "Accounts", account_id)}
        )
