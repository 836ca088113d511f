"""Payments, there and back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.domain.connection import Company
from services.domain.ledger import Allotted, Method, Payment
from services.domain.sync import WireKey
from services.domain.twins import Candidate, keys_in
from services.quickbooks.mapping.wire import (
    INVOICE,
    JsonObject,
    amount,
    is_amount,
    note,
    our_line,
    reference,
    referred,
    reworded,
    to_whole,
)

EXPENSE, DEPOSIT = "Expense", "Deposit"  # TxnTypes: an expense is a Purchase.


def to_payment(
    payment: Payment, company: Company, *, deposit_account: str, key: WireKey
) -> JsonObject:
    """Need a synced client, and synced invoices but for those that are left out."""
    body: JsonObject = {
        "CustomerRef": reference(payment.client.sync.qbo_id),
        "TotalAmt": payment.amount.to_decimal(),
        "TxnDate": payment.received_on.isoformat(),
        "DepositToAccountRef": reference(deposit_account),
        "PrivateNote": note(payment.description, _ours(payment, key)),
    }
    if payment.reference:
        body["PaymentRefNum"] = payment.reference
    if method_id := company.payment_methods.get(payment.method.casefold()):
        body["PaymentMethodRef"] = reference(method_id)
    if lines := [_line(each) for each in _sent(payment.allocations)]:
        body["Line"] = lines
    return body


def _ours(payment: Payment, key: WireKey) -> str:
    """Say in words what QuickBooks may have no field for: not every company knows every method."""
    return f"{payment.name} entered with Counterfoil, {payment.method} {key.marker}"


def _sent(allocations: Iterable[Allotted]) -> Iterator[Allotted]:
    return (each for each in allocations if not each.left_out)


def _line(allotted: Allotted) -> JsonObject:
    return _link(str(allotted.invoice_qbo_id), INVOICE, allotted.amount.to_decimal())


def _link(qbo_id: str, kind: str, part: Decimal) -> JsonObject:
    return {"Amount": part, "LinkedTxn": [{"TxnId": qbo_id, "TxnType": kind}]}


def to_changed_payment(
    wanted: Payment, before: Payment, current: Mapping[str, Any], company: Company
) -> JsonObject:
    """The current object in full, with what the person changed; a part of it is refused.

    Amount, date and reference are as wanted whoever changed them: a person has read that
    QuickBooks differs, and the ledger would say what the books do not.
    """
    changed: JsonObject = {
        "TotalAmt": wanted.amount.to_decimal(),
        "TxnDate": wanted.received_on.isoformat(),
    }
    if str(current.get("PaymentRefNum") or "") != (wanted.reference or ""):
        changed["PaymentRefNum"] = wanted.reference or ""
    if wanted.method != before.method:
        changed["PaymentMethodRef"] = reference(
            company.payment_methods.get(wanted.method.casefold())
        )
    if (wanted.description, wanted.method) != (before.description, before.method):
        changed["PrivateNote"] = _changed_note(wanted, before, current)
    if wanted.allocations != before.allocations:
        changed["Line"] = _changed_lines(wanted, before, current)
    else:
        changed["Line"] = [_bare(line) for line in current.get("Line", [])]
    return _without_nothing(to_whole(current) | changed)


def _changed_note(wanted: Payment, before: Payment, current: Mapping[str, Any]) -> str:
    """What others wrote stays, and our line too, but for the method that it names."""
    text = str(current.get("PrivateNote") or "")
    if wanted.description != before.description:
        text = reworded(text, before.description, wanted.description)
    if ours := our_line(current):
        renamed = ours.replace(f", {before.method} [", f", {wanted.method} [")
        text = text.replace(ours, renamed)
    return text


def _changed_lines(
    wanted: Payment, before: Payment, current: Mapping[str, Any]
) -> list[JsonObject]:
    """Lines that stand on what the person did not touch are kept."""
    touched = {each.invoice_qbo_id for each in (*before.allocations, *wanted.allocations)}
    kept = [
        _link(line.qbo_id, line.kind, line.amount)
        for line in lines_of(current)
        if line.kind != INVOICE or line.qbo_id not in touched
    ]
    return [*(_line(each) for each in _sent(wanted.allocations)), *kept]


def to_applied(current: Mapping[str, Any], expense_id: str, part: Decimal) -> JsonObject:
    """The payment as it is, with the returned credit tied to it."""
    lines = [_bare(line) for line in current.get("Line", [])]
    return to_whole(current) | {"Line": [*lines, _link(expense_id, EXPENSE, part)]}


def to_unapplied(current: Mapping[str, Any], expense_id: str) -> JsonObject:
    lines = [
        _bare(line)
        for line in current.get("Line", [])
        if not any(_is_expense(link, expense_id) for link in line.get("LinkedTxn", []))
    ]
    return to_whole(current) | {"Line": lines}


def _bare(line: Mapping[str, Any]) -> JsonObject:
    """QuickBooks writes more into a line (`LineEx`) than it takes back."""
    return {"Amount": line["Amount"], "LinkedTxn": line.get("LinkedTxn", [])}


def _is_expense(link: Mapping[str, Any], expense_id: str) -> bool:
    return link.get("TxnType") == EXPENSE and str(link.get("TxnId")) == expense_id


def _without_nothing(body: JsonObject) -> JsonObject:
    """A reference to nothing is left out, which blanks it in an update in full."""
    return {
        name: value
        for name, value in body.items()
        if not (isinstance(value, Mapping) and value.get("value", "") is None)
    }


@dataclass(frozen=True)
class Line:
    """What a part of a payment stands on, in QuickBooks."""

    qbo_id: str
    kind: str
    amount: Decimal


def lines_of(current: Mapping[str, Any]) -> list[Line]:
    return [
        Line(str(link.get("TxnId")), str(link.get("TxnType")), amount(line, "Amount"))
        for line in current.get("Line", [])
        for link in line.get("LinkedTxn", [])
    ]


def is_applied(current: Mapping[str, Any], expense_id: str) -> bool:
    return any(line.kind == EXPENSE and line.qbo_id == expense_id for line in lines_of(current))


def is_deposited(current: Mapping[str, Any]) -> bool:
    """As far as QuickBooks says so: it refuses changes of what is, whether it does or not."""
    return any(link.get("TxnType") == DEPOSIT for link in current.get("LinkedTxn", []))


def is_void(current: Mapping[str, Any]) -> bool:
    """Ours are of more than nothing, and a void leaves nothing."""
    return not amount(current, "TotalAmt")


def is_same(payment: Payment, current: Mapping[str, Any]) -> bool:
    """Whether QuickBooks has it as the payment is, in all that we keep of it.

    The description is not held against it: QuickBooks writes into that field too.
    """
    return (
        is_amount(current, "TotalAmt", payment.amount)
        and current.get("TxnDate") == payment.received_on.isoformat()
        and str(current.get("PaymentRefNum") or "") == (payment.reference or "")
        and _settled(payment) == _settled_there(payment, current)
    )


def as_there(payment: Payment, current: Mapping[str, Any], company: Company) -> Payment:
    """The payment with the date, the reference and the method that QuickBooks has.

    A method that QuickBooks does not name, or that we do not know, stays as it is.
    """
    return replace(
        payment,
        received_on=date.fromisoformat(str(current["TxnDate"])),
        reference=str(current.get("PaymentRefNum") or "") or None,
        method=_method_there(current, company) or payment.method,
    )


def _method_there(current: Mapping[str, Any], company: Company) -> Method | None:
    named = referred(current, "PaymentMethodRef")
    ids = {each: company.payment_methods.get(each.casefold()) for each in Method}
    return next((method for method, qbo_id in ids.items() if named and qbo_id == named), None)


def _settled(payment: Payment) -> dict[str, Decimal]:
    return {
        str(each.invoice_qbo_id): each.amount.to_decimal() for each in _sent(payment.allocations)
    }


def _settled_there(payment: Payment, current: Mapping[str, Any]) -> dict[str, Decimal]:
    """Of the invoices that the payment knows, left out or not."""
    known = {each.invoice_qbo_id for each in payment.allocations}
    return {
        line.qbo_id: line.amount
        for line in lines_of(current)
        if line.kind == INVOICE and line.qbo_id in known
    }


def has_change(
    wanted: Payment, before: Payment, current: Mapping[str, Any], company: Company
) -> bool:
    """Whether the change is there already, whoever made it."""
    changed = to_changed_payment(wanted, before, current, company)
    note_is_there = changed.get("PrivateNote") == current.get("PrivateNote")
    methods = (referred(changed, "PaymentMethodRef"), referred(current, "PaymentMethodRef"))
    lines_are_there = set(lines_of(changed)) == set(lines_of(current))
    return (
        is_same(wanted, current)
        and note_is_there
        and methods[0] == methods[1]
        and lines_are_there  # What is settled no more leaves no trace in `wanted`.
    )


def candidate(row: Mapping[str, Any]) -> Candidate:
    return Candidate(
        qbo_id=str(row["Id"]),
        amount=amount(row, "TotalAmt"),
        on=date.fromisoformat(str(row["TxnDate"])),
        reference=str(row.get("PaymentRefNum") or ""),
        keys=keys_in(str(row.get("PrivateNote") or "")),
    )
