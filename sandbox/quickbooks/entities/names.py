"""Customers, vendors and employees: three lists that share one set of names."""

from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.entity import (
    DELETED,
    Entity,
    Order,
    claim_name,
    reference_to,
    shown_name_when,
)
from sandbox.quickbooks.wire import JsonObject

NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
FORBIDDEN_IN_NAMES = frozenset(":\t\n")
ZERO = Decimal(0)


class _Named(Entity):
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"Balance", "BalanceWithJobs", "FullyQualifiedName"}
    )
    defaults: ClassVar[JsonObject] = {}

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        del order
        checks.check_email(wanted)
        name = _display_name(wanted)
        active = checks.read_flag(wanted, "Active", default=True)
        was_active = before is None or before["Active"]
        if active != was_active:
            name = shown_name_when(name, active=active, work=work, entity=self.name)
        claim_name(work, self.name, name, own_id=before["Id"] if before else None)
        named = {"DisplayName": name, "PrintOnCheckName": name, "Active": active}
        return self.defaults | wanted | named | {"FullyQualifiedName": name} | _printed(wanted)


class Customer(_Named):
    name: ClassVar[str] = "Customer"
    defaults: ClassVar[JsonObject] = {
        "Taxable": True,
        "Job": False,
        "BillWithParent": False,
        "Balance": ZERO,
        "BalanceWithJobs": ZERO,
        "PreferredDeliveryMethod": "None",
        "IsProject": False,
        "ClientEntityId": "0",
    }

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        body = super().compose(work, wanted, before, order) | _balances(before)
        body["CurrencyRef"] = _currency(work, wanted, before)
        parent_id = checks.read_reference(wanted, "ParentRef")
        if before is not None and parent_id != checks.read_reference(before, "ParentRef"):
            raise refusals.business_rule("A customer cannot be moved under another parent here.")
        if parent_id is None:
            return body
        parent = reference_to(work, "Customer", "Names", parent_id, label="DisplayName")
        above = work.find("Customer", parent_id) or {}
        path = f"{above['FullyQualifiedName']}:{body['DisplayName']}"
        return body | {"ParentRef": parent, "FullyQualifiedName": path}


class Vendor(_Named):
    name: ClassVar[str] = "Vendor"
    defaults: ClassVar[JsonObject] = {"Balance": ZERO, "Vendor1099": False}


class Employee(_Named):
    name: ClassVar[str] = "Employee"
    defaults: ClassVar[JsonObject] = {"BillableTime": False}


def _display_name(wanted: JsonObject) -> str:
    parts = (str(wanted[part]) for part in NAME_PARTS if wanted.get(part))
    name = str(wanted.get("DisplayName") or " ".join(parts)).strip()
    if not name:
        raise refusals.required("DisplayName")
    if FORBIDDEN_IN_NAMES & set(name):
        raise refusals.invalid_text("DisplayName")
    return name


def _printed(wanted: JsonObject) -> JsonObject:
    name = wanted.get("PrintOnCheckName")
    return {"PrintOnCheckName": name} if name and not str(name).endswith(DELETED) else {}


def _balances(before: JsonObject | None) -> JsonObject:
    names = ("Balance", "BalanceWithJobs")
    return {name: before[name] if before else ZERO for name in names}


def _currency(work: Work, wanted: JsonObject, before: JsonObject | None) -> JsonObject:
    home = home_currency(work)
    code = checks.read_reference(wanted, "CurrencyRef")
    if before is not None and code not in {None, before["CurrencyRef"]["value"]}:
        raise refusals.business_rule("The currency of a customer cannot be changed.")
    if code in {None, home["value"]}:
        return home
    refuse_foreign_currency(work)
    return {"value": code, "name": code}


def home_currency(work: Work) -> JsonObject:
    preferences = work.find("Preferences", "1") or {}
    code = preferences["CurrencyPrefs"]["HomeCurrency"]["value"]
    return {"value": code, "name": CURRENCY_NAMES.get(code, code)}


def refuse_foreign_currency(work: Work) -> None:
    preferences = work.find("Preferences", "1") or {}
    if not preferences["CurrencyPrefs"]["MultiCurrencyEnabled"]:
        raise refusals.business_rule("Multi-currency should be enabled to perform this operation.")


CURRENCY_NAMES = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "GBP": "British Pound Sterling",
    "EUR": "Euro",
    "AUD": "Australian Dollar",
    "JPY": "Japanese Yen",
}
