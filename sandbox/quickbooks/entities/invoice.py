"""Invoices: what a customer owes, and what happens to payments when an invoice shrinks."""

from datetime import date, timedelta
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities import sales
from sandbox.quickbooks.entities.accounts import customer
from sandbox.quickbooks.entities.entity import Order
from sandbox.quickbooks.entities.links import INVOICE, fit_payments, linked_ids
from sandbox.quickbooks.entities.transactions import (
    ZERO,
    Transaction,
    receivable_account,
    transaction_currency,
    transaction_date,
    voided_note,
)
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import JsonObject

NET_TERMS = timedelta(days=30)  # The sandbox company's default terms.


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
        lines, tax = sales.read_lines(work, wanted), sales.total_tax(wanted)
        total = sales.total_of(lines, tax)
        txn_date = transaction_date(work, wanted, before)
        paid = before["TotalAmt"] - before["Balance"] if before else ZERO
        return (
            _defaults(work, wanted, txn_date)
            | wanted
            | sales.document_number(work, self.name, wanted, before, order)
            | customer(work, customer_id)
            | {
                "TxnDate": txn_date,
                "CurrencyRef": transaction_currency(work, wanted),
                "LinkedTxn": before["LinkedTxn"] if before else [],
                "Line": sales.written_lines(lines),
                "TxnTaxDetail": {"TotalTax": tax},
                "TotalAmt": total,
                "Balance": max(total - paid, ZERO),
            }
        )

    def put(self, work: Work, object_id: str, body: JsonObject, before: JsonObject | None) -> None:
        del before  # The links it had are in the new body too.
        work.put(self.name, object_id, body)  # First itself, then what gives way to it.
        links, balance = fit_payments(
            work, (INVOICE, object_id), body["LinkedTxn"], body["TotalAmt"]
        )
        work.put(self.name, object_id, body | {"LinkedTxn": links, "Balance": balance})
        owed = Posting(
            body["ARAccountRef"]["value"], body["TotalAmt"], body["CustomerRef"]["value"]
        )
        work.post(object_id, owed, *sales.income_postings(work, body))

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        if linked_ids(before, "Payment") and not work.rules.deletes_paid_invoices:
            raise refusals.still_linked()
        work.remove(self.name, object_id)
        fit_payments(work, (INVOICE, object_id), before["LinkedTxn"], ZERO)
        work.post(object_id)

    def void(self, before: JsonObject, order: Order) -> JsonObject:
        del order
        return before | sales.emptied(before) | {"PrivateNote": voided_note(before)}


def _refuse_other_customer(customer_id: str, before: JsonObject | None) -> None:
    if before and before["LinkedTxn"] and before["CustomerRef"]["value"] != customer_id:
        raise refusals.business_rule("The customer of an invoice with payments cannot be changed.")


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
