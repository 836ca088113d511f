"""Invoices, there and back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from services.domain.ledger import Invoice, InvoiceLine
from services.domain.money import Money
from services.domain.sync import WireKey
from services.domain.twins import Candidate, keys_in
from services.quickbooks.mapping.wire import (
    JsonObject,
    amount,
    is_amount,
    note,
    reference,
    to_whole,
)

_SALE = "SalesItemLineDetail"


def to_invoice(invoice: Invoice, item_id: str, key: WireKey) -> JsonObject:
    """Need a synced client."""
    return {
        "CustomerRef": reference(invoice.client.sync.qbo_id),
        "DocNumber": invoice.number,
        "TxnDate": invoice.invoiced_on.isoformat(),
        "DueDate": invoice.due_on.isoformat(),
        "Line": [_line(line, item_id) for line in invoice.lines],
        "PrivateNote": note(None, f"Entered with Counterfoil {key.marker}"),
    }


def to_changed_invoice(
    wanted: Invoice, before: Invoice, current: Mapping[str, Any], item_id: str
) -> JsonObject:
    """The current object in full, with what the person changed.

    Dates and sums are as wanted whoever changed them: a person has read that QuickBooks differs,
    and the ledger would say what the books do not.
    """
    changed: JsonObject = {
        "TxnDate": wanted.invoiced_on.isoformat(),
        "DueDate": wanted.due_on.isoformat(),
    }
    if wanted.lines != before.lines or _sum_sold(current) != wanted.total.to_decimal():
        # Descriptions, discounts and subtotals that are not ours to know stay.
        others = [line for line in current.get("Line", []) if line.get("DetailType") != _SALE]
        ours = [_line(line, item_id) for line in wanted.lines]
        changed["Line"] = [*ours, *others]
    return to_whole(current) | changed


def _line(line: InvoiceLine, item_id: str) -> JsonObject:
    return {
        "Amount": line.amount.to_decimal(),
        "Description": line.description,
        "DetailType": _SALE,
        _SALE: {
            "ItemRef": reference(item_id),
            "Qty": line.quantity,
            "UnitPrice": line.unit_price.to_decimal(),
        },
    }


def is_same(invoice: Invoice, current: Mapping[str, Any]) -> bool:
    """Whether QuickBooks has it as the invoice is, in all that we keep of it."""
    return (
        is_amount(current, "TotalAmt", invoice.total)
        and current.get("TxnDate") == invoice.invoiced_on.isoformat()
        and current.get("DueDate", invoice.due_on.isoformat()) == invoice.due_on.isoformat()
        and _sold(current) == [_sale(line) for line in invoice.lines]
    )


def _sale(line: InvoiceLine) -> tuple[str, Decimal, Decimal]:
    return (line.description, line.quantity, line.unit_price.to_decimal())


def _sold(current: Mapping[str, Any]) -> list[tuple[str, Decimal, Decimal]]:
    return [
        (str(line.get("Description") or ""), amount(line[_SALE], "Qty"), _price(line))
        for line in current.get("Line", [])
        if line.get("DetailType") == _SALE
    ]


def _sum_sold(current: Mapping[str, Any]) -> Decimal:
    lines = current.get("Line", [])
    return sum(
        (amount(line, "Amount") for line in lines if line.get("DetailType") == _SALE), Decimal(0)
    )


def _price(line: Mapping[str, Any]) -> Decimal:
    return amount(line[_SALE], "UnitPrice")


def read_item(current: Mapping[str, Any]) -> str | None:
    """What was sold: the item of the first line that names one."""
    for line in current.get("Line", []):
        if found := (line.get(_SALE) or {}).get("ItemRef", {}).get("value"):
            return str(found)
    return None


def read_lines(current: Mapping[str, Any], currency: str) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice that was made in QuickBooks; what has no quantity is one of it."""
    return tuple(
        InvoiceLine(
            str(line.get("Description") or (line[_SALE].get("ItemRef") or {}).get("name") or "–"),
            amount(line[_SALE], "Qty") or Decimal(1),
            Money.from_decimal(_price(line) or amount(line, "Amount"), currency),
        )
        for line in current.get("Line", [])
        if line.get("DetailType") == _SALE
    )


def is_void(current: Mapping[str, Any]) -> bool:
    voided = str(current.get("PrivateNote", "")).startswith("Voided")
    return voided and not amount(current, "TotalAmt")


def has_payments(current: Mapping[str, Any]) -> bool:
    return any(link.get("TxnType") == "Payment" for link in current.get("LinkedTxn", []))


def candidate(row: Mapping[str, Any]) -> Candidate:
    return Candidate(
        qbo_id=str(row["Id"]),
        amount=amount(row, "TotalAmt"),
        on=date.fromisoformat(str(row["TxnDate"])),
        reference=str(row.get("DocNumber") or ""),
        keys=keys_in(str(row.get("PrivateNote") or "")),
    )
