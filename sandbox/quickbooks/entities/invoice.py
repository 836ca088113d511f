"""Invoices: lines, totals, numbers, and what happens to payments when an invoice shrinks."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.entity import Order, account_by, reference_to
from sandbox.quickbooks.entities.transactions import (
    ZERO,
    Transaction,
    linked_ids,
    receivable_account,
    transaction_currency,
    transaction_date,
    voided_note,
)
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import JsonObject

NET_TERMS = timedelta(days=30)  # The sandbox company's default terms.
FIRST_NUMBER = 1001
DEFAULT_ITEM = "1"  # A line without an item is sold as "Services".
PERCENT = Decimal("0.01")


class Invoice(Transaction):
    name: ClassVar[str] = "Invoice"
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"Balance", "TotalAmt", "LinkedTxn", "HomeTotalAmt", "HomeBalance", "InvoiceLink"}
    )

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        customer_id = checks.read_reference(wanted, "CustomerRef")
        if customer_id is None:
            raise refusals.required("CustomerRef")
        _refuse_other_customer(customer_id, before)
        lines = _read_lines(work, wanted)
        tax = checks.read_amount(wanted.get("TxnTaxDetail") or {}, "TotalTax") or ZERO
        total = _subtotal(lines) - _discount(lines) + tax
        if total < ZERO:
            raise refusals.business_rule("Transaction amount must be 0 or greater.")
        txn_date = transaction_date(work, wanted, before)
        paid = before["TotalAmt"] - before["Balance"] if before else ZERO
        return (
            _defaults(work, wanted, txn_date)
            | wanted
            | _number(work, wanted, before, order)
            | {
                "CustomerRef": reference_to(
                    work, "Customer", "Names", customer_id, label="DisplayName"
                ),
                "TxnDate": txn_date,
                "CurrencyRef": transaction_currency(work, wanted),
                "LinkedTxn": before["LinkedTxn"] if before else [],
                "Line": _written_lines(lines),
                "TxnTaxDetail": {"TotalTax": tax},
                "TotalAmt": total,
                "Balance": max(total - paid, ZERO),
            }
        )

    def put(self, work: Work, object_id: str, body: JsonObject, before: JsonObject | None) -> None:
        del before  # The links it had are in the new body too.
        work.put(self.name, object_id, body)
        _fit_payments(work, object_id, body)
        work.post(object_id, *_postings(work, body))

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        work.remove(self.name, object_id)
        for payment_id in linked_ids(before, "Payment"):
            _shrink(work, payment_id, object_id, ZERO)
        work.post(object_id)

    def void(self, before: JsonObject, order: Order) -> JsonObject:
        del order
        return before | {
            "Line": [_emptied(line) for line in before["Line"]],
            "TxnTaxDetail": {"TotalTax": ZERO},
            "TotalAmt": ZERO,
            "Balance": ZERO,
            "PrivateNote": voided_note(before),
        }


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as read; `amount` counts against the total only for items and discounts."""

    kind: str
    amount: Decimal
    body: JsonObject


def _refuse_other_customer(customer_id: str, before: JsonObject | None) -> None:
    if before and before["LinkedTxn"] and before["CustomerRef"]["value"] != customer_id:
        raise refusals.business_rule("The customer of an invoice with payments cannot be changed.")


def _read_lines(work: Work, wanted: JsonObject) -> list[_Line]:
    given = checks.lines(wanted)
    if not given:
        raise refusals.required("Line")
    lines = (_read_line(work, checks.without_blanks(line)) for line in given)
    return [line for line in lines if line.kind != "SubTotalLineDetail"]


def _read_line(work: Work, line: JsonObject) -> _Line:
    match line.get("DetailType"):
        case None:
            raise refusals.required("Line.DetailType")
        case "SalesItemLineDetail":
            return _read_item_line(work, line)
        case "DiscountLineDetail":
            return _Line("DiscountLineDetail", checks.read_amount(line, "Amount") or ZERO, line)
        case "DescriptionOnly" | "SubTotalLineDetail" as kind:
            return _Line(kind, ZERO, line)
        case unknown:
            raise refusals.invalid_enumeration(unknown)


def _read_item_line(work: Work, line: JsonObject) -> _Line:
    detail = checks.without_blanks(line.get("SalesItemLineDetail") or {})
    price, quantity = (
        checks.read_number(detail[name]) if name in detail else None
        for name in ("UnitPrice", "Qty")
    )
    amount = checks.read_amount(line, "Amount")
    reckoned = None
    if price is not None and quantity is not None:
        reckoned = checks.read_amount({"Amount": price * quantity}, "Amount")
    if amount is None:
        amount = reckoned
    if amount is None:
        raise refusals.required("Line.Amount")
    if reckoned and amount != reckoned:
        raise refusals.amount_mismatch()
    item_id = checks.read_reference(detail, "ItemRef") or DEFAULT_ITEM
    item = reference_to(work, "Item", "Items", item_id)
    sold = {"ItemRef": item, "TaxCodeRef": detail.get("TaxCodeRef", {"value": "NON"})}
    return _Line(
        "SalesItemLineDetail",
        amount,
        line | {"Amount": amount, "SalesItemLineDetail": detail | sold},
    )


def _subtotal(lines: list[_Line]) -> Decimal:
    return sum((line.amount for line in lines if line.kind == "SalesItemLineDetail"), ZERO)


def _discount(lines: list[_Line]) -> Decimal:
    return sum((_off(line, lines) for line in lines if line.kind == "DiscountLineDetail"), ZERO)


def _off(line: _Line, lines: list[_Line]) -> Decimal:
    detail = line.body.get("DiscountLineDetail") or {}
    if not detail.get("PercentBased"):
        return line.amount
    share = checks.read_number(detail.get("DiscountPercent", 0)) * PERCENT
    return (_subtotal(lines) * share).quantize(checks.CENT)


def _written_lines(lines: list[_Line]) -> list[JsonObject]:
    """QuickBooks numbers the lines and adds a subtotal of its own."""
    written = []
    for number, line in enumerate(lines, start=1):
        amount = _off(line, lines) if line.kind == "DiscountLineDetail" else line.amount
        written.append(
            {"Id": str(number), "LineNum": number}
            | line.body
            | {"Amount": amount, "DetailType": line.kind}
        )
    subtotal = {"Amount": _subtotal(lines), "DetailType": "SubTotalLineDetail"}
    return [*written, subtotal | {"SubTotalLineDetail": {}}]


def _emptied(line: JsonObject) -> JsonObject:
    detail = line.get("SalesItemLineDetail")
    if detail is None:
        return line | {"Amount": ZERO}
    sold = detail | {"UnitPrice": ZERO, "Qty": ZERO}
    return line | {"Amount": ZERO, "SalesItemLineDetail": sold}


def _defaults(work: Work, wanted: JsonObject, txn_date: str) -> JsonObject:
    due_on = checks.read_date(wanted, "DueDate")
    return {
        "CustomField": [],
        "DueDate": due_on or (date.fromisoformat(txn_date) + NET_TERMS).isoformat(),
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NotSet",
        "EmailStatus": "NotSet",
        "AllowIPNPayment": False,
        "AllowOnlinePayment": False,
        "AllowOnlineCreditCardPayment": False,
        "AllowOnlineACHPayment": False,
        "ARAccountRef": {"value": receivable_account(work)},
    }


def _number(work: Work, wanted: JsonObject, before: JsonObject | None, order: Order) -> JsonObject:
    preferences = work.find("Preferences", "1") or {}
    own_numbers = preferences["SalesFormsPrefs"]["CustomTxnNumbers"]
    number = wanted.get("DocNumber")
    if number is not None:
        if own_numbers and "allowduplicatedocnum" not in order.includes:
            _refuse_duplicate(work, str(number), before)
        return {"DocNumber": str(number)}
    if own_numbers or before is not None:
        return {}
    return {"DocNumber": str(_next_number(work))}


def _refuse_duplicate(work: Work, number: str, before: JsonObject | None) -> None:
    own_id = before["Id"] if before else None
    for invoice in work.books.live("Invoice"):
        if invoice.get("DocNumber") == number and invoice["Id"] != own_id:
            raise refusals.duplicate_document_number(number, entity="Invoice", holder=invoice["Id"])


def _next_number(work: Work) -> int:
    """One more than the number of the invoice made last, as long as that is a number."""
    for record in reversed(work.books.records["Invoice"].values()):
        number = str((record.current.body or {}).get("DocNumber", ""))
        if number.isdecimal():
            return int(number) + 1
    return FIRST_NUMBER


def _postings(work: Work, body: JsonObject) -> list[Posting]:
    total: Decimal = body["TotalAmt"]
    postings = [Posting(body["ARAccountRef"]["value"], total, body["CustomerRef"]["value"])]
    for line in body["Line"]:
        match line["DetailType"]:
            case "SalesItemLineDetail":
                item = work.find("Item", line["SalesItemLineDetail"]["ItemRef"]["value"]) or {}
                postings.append(Posting(item["IncomeAccountRef"]["value"], -line["Amount"]))
            case "DiscountLineDetail":
                account_id = account_by(work, AccountSubType="DiscountsRefundsGiven")
                postings.append(Posting(account_id or "86", line["Amount"]))
            case _:
                pass  # Descriptions and subtotals move no money.
    tax: Decimal = body["TxnTaxDetail"]["TotalTax"]
    payable_id = account_by(work, AccountSubType="SalesTaxPayable") if tax else None
    return [*postings, Posting(payable_id or "", -tax)]


def _fit_payments(work: Work, invoice_id: str, body: JsonObject) -> None:
    """An invoice that falls below what was paid on it gives the rest back to its payments."""
    room: Decimal = body["TotalAmt"]
    kept = []
    for link in body["LinkedTxn"]:
        standing = _shrink(work, link["TxnId"], invoice_id, room)
        room -= standing
        if standing:
            kept.append(link)
    work.put("Invoice", invoice_id, body | {"LinkedTxn": kept, "Balance": room})


def _shrink(work: Work, payment_id: str, invoice_id: str, most: Decimal) -> Decimal:
    """Leave at most this much of the payment on the invoice; tell how much stands there now."""
    payment = work.find("Payment", payment_id)
    if payment is None:
        return ZERO
    lines, standing = [], ZERO
    for line in payment["Line"]:
        if line["LinkedTxn"][0]["TxnId"] != invoice_id:
            lines.append(line)
        elif amount := min(line["Amount"], most - standing):
            lines.append(line | {"Amount": amount})
            standing += amount
    applied = sum((line["Amount"] for line in lines), ZERO)
    changed = {"Line": lines, "UnappliedAmt": payment["TotalAmt"] - applied}
    work.put("Payment", payment_id, payment | changed)
    return standing
