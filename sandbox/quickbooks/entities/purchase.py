"""Expenses, checks and card charges; one to Accounts Receivable gives a customer money back."""

from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.accounts import (
    CARD_TYPES,
    MONEY_TYPES,
    account_of_type,
    customer,
    payment_method,
)
from sandbox.quickbooks.entities.entity import Order, reference_to
from sandbox.quickbooks.entities.links import (
    EXPENSE,
    fit_payments,
    is_receivable,
    linked_ids,
    receivable_amount,
    settled_amount,
)
from sandbox.quickbooks.entities.transactions import (
    ZERO,
    Transaction,
    transaction_currency,
    transaction_date,
    voided_note,
)
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import JsonObject

PAID_FROM = {"Cash": MONEY_TYPES, "Check": MONEY_TYPES, "CreditCard": CARD_TYPES}
PAYEES = ("Vendor", "Customer", "Employee")
LINE_DETAIL = "AccountBasedExpenseLineDetail"
LINE_DEFAULTS: JsonObject = {"BillableStatus": "NotBillable", "TaxCodeRef": {"value": "NON"}}


class Purchase(Transaction):
    name: ClassVar[str] = "Purchase"
    read_only: ClassVar[frozenset[str]] = frozenset(
        {"TotalAmt", "HomeTotalAmt", "LinkedTxn", "PurchaseEx"}
    )

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        if order.given.get("PaymentType") in (None, ""):
            raise refusals.required("PaymentType")  # A sparse update has to name it too.
        lines = _read_lines(work, wanted)
        payee = _payee(work, wanted)
        _refuse_nobodys_debt(work, lines, payee)
        _refuse_other_payee(payee, before)
        return (
            {"PrintStatus": "NotSet"}
            | wanted
            | ({"EntityRef": payee} if payee else {})
            | payment_method(work, wanted)
            | {
                "AccountRef": _paid_from(work, wanted),
                "Credit": _credit(wanted),
                "TxnDate": transaction_date(work, wanted, before),
                "CurrencyRef": transaction_currency(work, wanted),
                "LinkedTxn": before["LinkedTxn"] if before else [],
                "Line": lines,
                "TotalAmt": sum((line["Amount"] for line in lines), ZERO),
            }
        )

    def put(self, work: Work, object_id: str, body: JsonObject, before: JsonObject | None) -> None:
        del before  # The links it had are in the new body too.
        target, room = (EXPENSE, object_id), receivable_amount(work, body)
        if settled_amount(work, target, body) > room and not work.rules.frees_linked_purchases:
            raise refusals.still_linked()
        work.put(self.name, object_id, body)  # First itself, then what gives way to it.
        links, _ = fit_payments(work, target, body["LinkedTxn"], room)
        work.put(self.name, object_id, body | {"LinkedTxn": links})
        paid = Posting(body["AccountRef"]["value"], -body["TotalAmt"])
        work.post(object_id, paid, *(_posting(work, body, line) for line in body["Line"]))

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        if linked_ids(before, "Payment") and not work.rules.frees_linked_purchases:
            raise refusals.still_linked()
        work.remove(self.name, object_id)
        fit_payments(work, (EXPENSE, object_id), before["LinkedTxn"], ZERO)
        work.post(object_id)

    def void(self, before: JsonObject, order: Order) -> JsonObject:
        del order
        lines = [line | {"Amount": ZERO} for line in before["Line"]]
        return before | {"Line": lines, "TotalAmt": ZERO, "PrivateNote": voided_note(before)}


def _read_lines(work: Work, wanted: JsonObject) -> list[JsonObject]:
    given = checks.lines(wanted)
    if not given:
        raise refusals.required("Line")
    return [
        {"Id": str(number)} | _read_line(work, checks.without_blanks(line))
        for number, line in enumerate(given, start=1)
    ]


def _read_line(work: Work, line: JsonObject) -> JsonObject:
    kind = line.get("DetailType")
    if kind is None:
        raise refusals.required("Line.DetailType")
    if kind != LINE_DETAIL:
        raise refusals.invalid_enumeration(kind)
    amount = checks.read_amount(line, "Amount")
    if amount is None:
        raise refusals.required("Line.Amount")
    if amount < ZERO:
        raise refusals.business_rule("Transaction amount must be 0 or greater.")
    return line | {"Amount": amount, LINE_DETAIL: _read_detail(work, line)}


def _read_detail(work: Work, line: JsonObject) -> JsonObject:
    detail = checks.without_blanks(line.get(LINE_DETAIL) or {})
    account_id = checks.read_reference(detail, "AccountRef")
    if account_id is None:
        raise refusals.required(f"Line.{LINE_DETAIL}.AccountRef")
    customer_id = checks.read_reference(detail, "CustomerRef")
    return (
        LINE_DEFAULTS
        | detail
        | {"AccountRef": reference_to(work, "Account", "Accounts", account_id)}
        | (customer(work, customer_id) if customer_id else {})
    )


def _payee(work: Work, wanted: JsonObject) -> JsonObject | None:
    """Who got the money; its type is found where it is not named, since the ids are one row."""
    payee_id = checks.read_reference(wanted, "EntityRef")
    if payee_id is None:
        return None
    given = wanted["EntityRef"].get("type") if isinstance(wanted["EntityRef"], dict) else None
    kind = given or next((each for each in PAYEES if work.find(each, payee_id)), PAYEES[0])
    if kind not in PAYEES:
        raise refusals.invalid_enumeration(kind)
    return reference_to(work, kind, "Names", payee_id, label="DisplayName") | {"type": kind}


def _refuse_nobodys_debt(work: Work, lines: list[JsonObject], payee: JsonObject | None) -> None:
    has_customer = payee is not None and payee["type"] == "Customer"
    if not has_customer and any(is_receivable(work, line) for line in lines):
        raise refusals.business_rule(
            "When you use Accounts Receivable, you must choose a customer in the Name field."
        )


def _refuse_other_payee(payee: JsonObject | None, before: JsonObject | None) -> None:
    if (
        before
        and before["LinkedTxn"]
        and (payee or {}).get("value") != before["EntityRef"]["value"]
    ):
        raise refusals.business_rule("The payee of a linked expense cannot be changed.")


def _paid_from(work: Work, wanted: JsonObject) -> JsonObject:
    kind = wanted["PaymentType"]
    if kind not in PAID_FROM:
        raise refusals.invalid_enumeration(kind)
    account_id = checks.read_reference(wanted, "AccountRef")
    if account_id is None:
        raise refusals.required("AccountRef")
    complaint = "The account you selected cannot be used with this type of payment."
    return account_of_type(work, account_id, PAID_FROM[kind], complaint=complaint)


def _credit(wanted: JsonObject) -> bool:
    """A credit counts only on a card; QuickBooks drops the word elsewhere."""
    if checks.read_flag(wanted, "Credit", default=False) and wanted["PaymentType"] == "CreditCard":
        raise refusals.business_rule("Credits on a card are not simulated here.")
    return False


def _posting(work: Work, body: JsonObject, line: JsonObject) -> Posting:
    amount: Decimal = line["Amount"]
    account_id: str = line[LINE_DETAIL]["AccountRef"]["value"]
    owner = body["EntityRef"]["value"] if is_receivable(work, line) else None
    return Posting(account_id, amount, owner)
