"""Our records in QuickBooks' shapes, and the way back; pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import simplejson

from services.domain.connection import Company
from services.domain.ledger import Client, Payment
from services.domain.sync import WireKey
from services.errors import TryLater

CUSTOMER = "Customer"
PAYMENT = "Payment"


def to_json(body: Mapping[str, Any]) -> str:
    """Write the exact text of a request; Decimals become JSON numbers, digit for digit."""
    return str(simplejson.dumps(body, use_decimal=True, sort_keys=True))


def to_customer(client: Client, key: WireKey) -> dict[str, Any]:
    customer: dict[str, Any] = {
        "DisplayName": client.name,
        "Notes": f"Entered with Counterfoil {key.marker}",
    }
    if client.email:
        customer["PrimaryEmailAddr"] = {"Address": client.email}
    return customer


def to_payment(payment: Payment, company: Company, key: WireKey) -> dict[str, Any]:
    """Need a synced client, and a company with Undeposited Funds."""
    body: dict[str, Any] = {
        "CustomerRef": {"value": payment.client.sync.qbo_id},
        "TotalAmt": payment.amount.to_decimal(),
        "TxnDate": payment.received_on.isoformat(),
        "DepositToAccountRef": {"value": company.undeposited_funds_id},
        "PrivateNote": _note(payment, key),
    }
    if payment.reference:
        body["PaymentRefNum"] = payment.reference
    method_id = company.payment_methods.get(payment.method.casefold())
    if method_id:
        body["PaymentMethodRef"] = {"value": method_id}
    return body


def _note(payment: Payment, key: WireKey) -> str:
    """Say in words what QuickBooks may have no field for: not every company knows every method."""
    ours = f"{payment.name} entered with Counterfoil, {payment.method} {key.marker}"
    return f"{payment.description}\n{ours}" if payment.description else ours


def customer_name(body: str) -> str:
    """The name in a request to create a customer."""
    return str(json.loads(body)["DisplayName"])


def payer(body: str) -> str:
    """The customer's id in a request to create a payment."""
    return str(json.loads(body)["CustomerRef"]["value"])


def quoted(text: str) -> str:
    """Write a string for QuickBooks' query language."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted_instant(instant: datetime) -> str:
    return quoted(instant.isoformat(timespec="seconds"))


def find_marked(rows: Iterable[dict[str, Any]], note: str, key: WireKey) -> dict[str, Any] | None:
    """Find the object that carries our marker in its property `note`."""
    return next((row for row in rows if key.marker in str(row.get(note, ""))), None)


def read_company(
    info: Mapping[str, Any],
    preferences: Mapping[str, Any],
    undeposited: Iterable[Mapping[str, Any]],
    methods: Iterable[Mapping[str, Any]],
) -> Company:
    """Raise TryLater where QuickBooks does not say the currency: guessing would be worse."""
    home = preferences.get("CurrencyPrefs", {}).get("HomeCurrency", {}).get("value")
    if not home:
        raise TryLater("QuickBooks does not say which currency the company's books are in")
    return Company(
        name=str(info.get("CompanyName") or info.get("LegalName") or ""),
        country=str(info.get("Country") or ""),
        currency=str(home),
        undeposited_funds_id=next((str(account["Id"]) for account in undeposited), None),
        payment_methods={str(method["Name"]).casefold(): str(method["Id"]) for method in methods},
    )
