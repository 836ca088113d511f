"""Receive payment: what a customer paid, where the money went, and which invoices it settles."""

from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Books, Work
from sandbox.quickbooks.entities.entity import Order, account_by, reference_to
from sandbox.quickbooks.entities.transactions import (
    ZERO,
    Transaction,
    applications,
    family_of,
    receivable_account,
    transaction_currency,
    transaction_date,
    voided_note,
)
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import NAMESPACE, JsonObject

DEPOSIT_ACCOUNT_TYPES = frozenset({"Bank", "Other Current Asset"})
LINK_TYPES = frozenset({"Invoice", "CreditMemo", "Expense", "Check", "JournalEntry"})
WANTED_IN_FULL = ("CustomerRef", "TotalAmt")


class Payment(Transaction):
    name: ClassVar[str] = "Payment"
    voids_by_name: ClassVar[bool] = False
    read_only: ClassVar[frozenset[str]] = frozenset({"UnappliedAmt", "LinkedTxn", "HomeTotalAmt"})

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        _refuse_parts(order)
        customer_id = checks.read_reference(wanted, "CustomerRef")
        if customer_id is None:
            raise refusals.required("CustomerRef")
        total = checks.read_amount(wanted, "TotalAmt")
        if total is None:
            raise refusals.required("TotalAmt")
        if total < ZERO:
            raise refusals.business_rule("Transaction amount must be 0 or greater.")
        lines = _lines(work, wanted, applications(before), family_of(work, customer_id))
        applied = sum((line["Amount"] for line in lines), ZERO)
        if applied > total:
            raise refusals.business_rule("The amount applied is more than the amount received.")
        return (
            {"ProcessPayment": False}
            | wanted
            | {
                "CustomerRef": reference_to(
                    work, "Customer", "Names", customer_id, label="DisplayName"
                ),
                "TotalAmt": total,
                "UnappliedAmt": total - applied,
                "TxnDate": transaction_date(work, wanted, before),
                "CurrencyRef": transaction_currency(work, wanted),
                "Line": lines,
            }
            | _accounts(work, wanted)
        )

    def put(self, work: Work, object_id: str, body: JsonObject, before: JsonObject | None) -> None:
        work.put(self.name, object_id, body)
        _move_applications(work, object_id, applications(before), applications(body))
        total: Decimal = body["TotalAmt"]
        work.post(
            object_id,
            Posting(body["DepositToAccountRef"]["value"], total),
            Posting(body["ARAccountRef"]["value"], -total, body["CustomerRef"]["value"]),
        )

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        work.remove(self.name, object_id)
        _move_applications(work, object_id, applications(before), {})
        work.post(object_id)

    def void(self, before: JsonObject, order: Order) -> JsonObject:
        _refuse_parts(order)
        nothing = {"TotalAmt": ZERO, "UnappliedAmt": ZERO, "Line": []}
        return before | nothing | {"PrivateNote": voided_note(before)}

    def may_change(self, books: Books, before: JsonObject) -> None:
        super().may_change(books, before)
        if before["Id"] in books.deposited:
            raise refusals.already_deposited()


def _refuse_parts(order: Order) -> None:
    if order.rules.sparse_payments:
        return
    for name in WANTED_IN_FULL:
        if order.given.get(name) in (None, ""):
            raise refusals.required(name)


def _accounts(work: Work, wanted: JsonObject) -> JsonObject:
    deposit_id = checks.read_reference(wanted, "DepositToAccountRef")
    if deposit_id is None:
        deposit_id = account_by(work, AccountSubType="UndepositedFunds")
    if deposit_id is None:
        raise refusals.required("DepositToAccountRef")
    deposit = reference_to(work, "Account", "Accounts", deposit_id)
    account = work.find("Account", deposit_id) or {}
    if account["AccountType"] not in DEPOSIT_ACCOUNT_TYPES:
        raise refusals.business_rule("You need to select an asset account to deposit to.")
    receivable_id = checks.read_reference(wanted, "ARAccountRef") or receivable_account(work)
    accounts = {
        "DepositToAccountRef": deposit,
        "ARAccountRef": reference_to(work, "Account", "Accounts", receivable_id),
    }
    method_id = checks.read_reference(wanted, "PaymentMethodRef")
    if method_id is not None:
        accounts["PaymentMethodRef"] = reference_to(
            work, "PaymentMethod", "PaymentMethods", method_id
        )
    return accounts


def _lines(
    work: Work, wanted: JsonObject, released: dict[str, Decimal], family: set[str]
) -> list[JsonObject]:
    """Read the lines as QuickBooks keeps them: never more on an invoice than is open on it.

    `released` is what this payment held before and may use again.
    """
    room = dict(released)
    lines = []
    for line in checks.lines(wanted):
        invoice = _linked_invoice(work, line, family)
        open_balance = invoice["Balance"] + room.get(invoice["Id"], ZERO)
        amount = checks.read_amount(line, "Amount")
        if amount is None:
            raise refusals.required("Line.Amount")
        if amount < ZERO:
            raise refusals.business_rule("Transaction amount must be 0 or greater.")
        amount = min(amount, open_balance)
        room[invoice["Id"]] = room.get(invoice["Id"], ZERO) - amount
        if amount:
            lines.append(_line(invoice, amount, open_balance))
    return lines


def _linked_invoice(work: Work, line: JsonObject, family: set[str]) -> JsonObject:
    link = _only_link(line)
    kind, object_id = str(link.get("TxnType")), checks.read_id(link.get("TxnId"))
    if kind not in LINK_TYPES:
        raise refusals.invalid_enumeration(kind)
    invoice = work.find("Invoice", object_id) if kind == "Invoice" else None
    if invoice is None:
        raise refusals.object_not_found(refusals.DELETED_DETAIL)
    owners = family_of(work, invoice["CustomerRef"]["value"]) | {invoice["CustomerRef"]["value"]}
    if not owners & family:
        raise refusals.business_rule(
            "When you link transactions, they must all belong to the same customer."
        )
    return invoice


def _only_link(line: JsonObject) -> JsonObject:
    links = line.get("LinkedTxn")
    match links:
        case [dict() as link] | (dict() as link):
            return link
        case _:
            raise refusals.required("Line.LinkedTxn")


def _line(invoice: JsonObject, amount: Decimal, open_balance: Decimal) -> JsonObject:
    extras = {
        "txnId": invoice["Id"],
        "txnOpenBalance": f"{open_balance:.2f}",
        "txnReferenceNumber": invoice.get("DocNumber", ""),
    }
    return {
        "Amount": amount,
        "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}],
        "LineEx": {"any": [_name_value(name, value) for name, value in extras.items()]},
    }


def _name_value(name: str, value: str) -> JsonObject:
    """The service lets its Java serialiser show through here; clients must live with it."""
    return {
        "name": f"{{{NAMESPACE}}}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def _move_applications(
    work: Work, payment_id: str, old: dict[str, Decimal], new: dict[str, Decimal]
) -> None:
    """Every invoice that gains or loses by this becomes another version of itself."""
    for invoice_id in sorted(old.keys() | new.keys()):
        invoice = work.find("Invoice", invoice_id)
        if invoice is None:
            continue  # It is being deleted in this very work.
        gained = new.get(invoice_id, ZERO) - old.get(invoice_id, ZERO)
        links = [link for link in invoice["LinkedTxn"] if link["TxnId"] != payment_id]
        if invoice_id in new:
            link = {"TxnId": payment_id, "TxnType": "Payment"}
            links = invoice["LinkedTxn"] if invoice_id in old else [*links, link]
        changed = {"Balance": invoice["Balance"] - gained, "LinkedTxn": links}
        work.put("Invoice", invoice_id, invoice | changed)
