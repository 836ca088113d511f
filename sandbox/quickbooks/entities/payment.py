"""Receive payment: what a customer paid, where the money went, and what it settles."""

from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Books, Work
from sandbox.quickbooks.entities.accounts import (
    MONEY_TYPES,
    account_of_type,
    customer,
    payment_method,
    undeposited_funds,
)
from sandbox.quickbooks.entities.entity import Order, reference_to
from sandbox.quickbooks.entities.links import (
    EXPENSE,
    INVOICE,
    Target,
    applications,
    find_target,
    link_to,
    move_applications,
    open_amount,
    receivable_amount,
)
from sandbox.quickbooks.entities.transactions import (
    ZERO,
    Transaction,
    family_of,
    receivable_account,
    transaction_currency,
    transaction_date,
    voided_note,
)
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import NAMESPACE, JsonObject

LINK_TYPES = frozenset({INVOICE, EXPENSE, "CreditMemo", "Check", "JournalEntry"})
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
            | customer(work, customer_id)
            | {
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
        move_applications(work, object_id, applications(before), applications(body))
        total: Decimal = body["TotalAmt"]
        work.post(
            object_id,
            Posting(body["DepositToAccountRef"]["value"], total),
            Posting(body["ARAccountRef"]["value"], -total, body["CustomerRef"]["value"]),
        )

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        work.remove(self.name, object_id)
        move_applications(work, object_id, applications(before), {})
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
    deposit_id = checks.read_reference(wanted, "DepositToAccountRef") or undeposited_funds(work)
    if deposit_id is None:
        raise refusals.required("DepositToAccountRef")
    complaint = "You need to select an asset account to deposit to."
    receivable_id = checks.read_reference(wanted, "ARAccountRef") or receivable_account(work)
    return {
        "DepositToAccountRef": account_of_type(work, deposit_id, MONEY_TYPES, complaint=complaint),
        "ARAccountRef": reference_to(work, "Account", "Accounts", receivable_id),
    } | payment_method(work, wanted)


def _lines(
    work: Work, wanted: JsonObject, released: dict[Target, Decimal], family: set[str]
) -> list[JsonObject]:
    """Read the lines as QuickBooks keeps them: never more on a target than is open on it.

    `released` is what this payment held before and may use again.
    """
    room = dict(released)
    lines = []
    for line in checks.lines(wanted):
        target, body = _linked(work, line, family)
        still_open = open_amount(work, target, body) + room.get(target, ZERO)
        amount = _applied_amount(work, line, still_open)
        room[target] = room.get(target, ZERO) - amount
        if amount:
            lines.append(_line(target, body.get("DocNumber", ""), amount, still_open))
    return lines


def _applied_amount(work: Work, line: JsonObject, still_open: Decimal) -> Decimal:
    amount = checks.read_amount(line, "Amount")
    if amount is None:
        raise refusals.required("Line.Amount")
    if amount < ZERO:
        raise refusals.business_rule("Transaction amount must be 0 or greater.")
    if amount > still_open and not work.rules.clamps_applied_amounts:
        raise refusals.business_rule("The amount applied is more than what is open.")
    return min(amount, still_open)


def _linked(work: Work, line: JsonObject, family: set[str]) -> tuple[Target, JsonObject]:
    link = _only_link(line)
    target = str(link.get("TxnType")), checks.read_id(link.get("TxnId"))
    if target[0] not in LINK_TYPES:
        raise refusals.invalid_enumeration(target[0])
    body = find_target(work, target)
    if body is None:
        raise refusals.object_not_found(refusals.DELETED_DETAIL)
    owner_id = _owner(work, target, body)
    if not family_of(work, owner_id) & family:
        raise refusals.business_rule(
            "When you link transactions, they must all belong to the same customer."
        )
    return target, body


def _owner(work: Work, target: Target, body: JsonObject) -> str:
    if target[0] == INVOICE:
        owner_id: str = body["CustomerRef"]["value"]
        return owner_id
    if not receivable_amount(work, body):
        raise refusals.business_rule("Only an expense to Accounts Receivable can be linked.")
    payee_id: str = body["EntityRef"]["value"]
    return payee_id


def _only_link(line: JsonObject) -> JsonObject:
    links = line.get("LinkedTxn")
    match links:
        case [dict() as link] | (dict() as link):
            return link
        case _:
            raise refusals.required("Line.LinkedTxn")


def _line(target: Target, number: str, amount: Decimal, still_open: Decimal) -> JsonObject:
    extras = {
        "txnId": target[1],
        "txnOpenBalance": f"{still_open:.2f}",
        "txnReferenceNumber": number,
    }
    return {
        "Amount": amount,
        "LinkedTxn": [link_to(*target)],
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
