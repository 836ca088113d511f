"""Invoices, there and back."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.domain.ledger import Invoice, InvoiceLine, total_of
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
        and read_lines(current, invoice.total.currency) == invoice.lines
    )


def paid(current: Mapping[str, Any]) -> Decimal:
    """What is applied to it, by whomever."""
    return amount(current, "TotalAmt") - amount(current, "Balance")


def as_there(invoice: Invoice, current: Mapping[str, Any]) -> Invoice:
    """The invoice with the dates that QuickBooks has, and with its lines.

    Ours stay where theirs do not make up the total: a discount or a tax is more than we keep.
    """
    lines = read_lines(current, invoice.total.currency)
    is_whole = lines and total_of(lines, invoice.total.currency) == invoice.total
    return replace(
        invoice,
        invoiced_on=date.fromisoformat(str(current["TxnDate"])),
        due_on=date.fromisoformat(str(current.get("DueDate") or invoice.due_on)),
        lines=lines if is_whole else invoice.lines,
    )


def _sum_sold(current: Mapping[str, Any]) -> Decimal:
    lines = current.get("Line", [])
    return sum(
        (amount(line, "Amount") for line in lines if line.get("DetailType") == _SALE), Decimal(0)
    )


def read_item(current: Mapping[str, Any]) -> str | None:
    """What was sold: the item of the first line that names one."""
    for line in current.get("Line", []):
        if found := (line.get(_SALE) or {}).get("ItemRef", {}).get("value"):
            return str(found)
    return None


def read_lines(current: Mapping[str, Any], currency: str) -> tuple[InvoiceLine, ...]:
    """What was sold, in QuickBooks' words."""
    return tuple(
        _read_line(line, currency)
        for line in current.get("Line", [])
        if line.get("DetailType") == _SALE
    )


def _read_line(line: Mapping[str, Any], currency: str) -> InvoiceLine:
    """One of its amount where it has no quantity, no price, or one of more digits than we keep."""
    sold, whole = line[_SALE], amount(line, "Amount")
    described = str(line.get("Description") or (sold.get("ItemRef") or {}).get("name") or "–")
    quantity, price = amount(sold, "Qty"), amount(sold, "UnitPrice")
    if quantity and (price or not whole):
        with suppress(ValueError):
            return InvoiceLine(described, quantity, Money.from_decimal(price, currency))
    return InvoiceLine(described, Decimal(1), Money.from_decimal(whole, currency))


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
