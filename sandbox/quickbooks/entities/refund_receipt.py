"""Refund receipts: a sale taken back, its income reversed and the money paid out."""

from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities import sales
from sandbox.quickbooks.entities.accounts import (
    MONEY_TYPES,
    account_of_type,
    customer,
    payment_method,
)
from sandbox.quickbooks.entities.entity import Order
from sandbox.quickbooks.entities.transactions import (
    ZERO,
    Transaction,
    transaction_currency,
    transaction_date,
    voided_note,
)
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import JsonObject

DEFAULTS: JsonObject = {
    "CustomField": [],
    "ApplyTaxAfterDiscount": False,
    "PrintStatus": "NotSet",
    "EmailStatus": "NotSet",
}


class RefundReceipt(Transaction):
    """It links to nothing: the invoice and the payment it takes back stay as they are."""

    name: ClassVar[str] = "RefundReceipt"
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"Balance", "TotalAmt", "LinkedTxn", "HomeTotalAmt", "HomeBalance", "RemainingCredit"}
    )

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        lines, tax = _read_lines(work, wanted), sales.total_tax(wanted)
        customer_id = checks.read_reference(wanted, "CustomerRef")
        return (
            DEFAULTS
            | wanted
            | sales.document_number(work, self.name, wanted, before, order)
            | (customer(work, customer_id) if customer_id else {})
            | payment_method(work, wanted)
            | {
                "DepositToAccountRef": _paid_from(work, wanted),
                "TxnDate": transaction_date(work, wanted, before),
                "CurrencyRef": transaction_currency(work, wanted),
                "Line": sales.written_lines(lines),
                "TxnTaxDetail": {"TotalTax": tax},
                "TotalAmt": sales.total_of(lines, tax),
                "Balance": ZERO,
            }
        )

    def put(self, work: Work, object_id: str, body: JsonObject, before: JsonObject | None) -> None:
        del before
        work.put(self.name, object_id, body)
        paid = Posting(body["DepositToAccountRef"]["value"], -body["TotalAmt"])
        taken_back = (
            Posting(each.account_id, -each.amount) for each in sales.income_postings(work, body)
        )
        work.post(object_id, paid, *taken_back)

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        del before
        work.remove(self.name, object_id)
        work.post(object_id)

    def void(self, before: JsonObject, order: Order) -> JsonObject:
        if not order.rules.voids_refund_receipts:
            raise refusals.unsupported_operation(order.operation.value)
        return before | sales.emptied(before) | {"PrivateNote": voided_note(before)}


def _read_lines(work: Work, wanted: JsonObject) -> list[sales.SaleLine]:
    lines = sales.read_lines(work, wanted)
    if not any(line.kind == sales.ITEM_LINE for line in lines):
        raise refusals.required(f"Line.{sales.ITEM_LINE}")
    return lines


def _paid_from(work: Work, wanted: JsonObject) -> JsonObject:
    account_id = checks.read_reference(wanted, "DepositToAccountRef")
    if account_id is None:
        raise refusals.required("DepositToAccountRef")
    complaint = "You need to select an asset account to refund from."
    return account_of_type(work, account_id, MONEY_TYPES, complaint=complaint)
