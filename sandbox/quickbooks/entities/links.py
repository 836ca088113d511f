"""Payments and what they settle: whatever changes one side of a link changes the other."""

from decimal import Decimal
from typing import TypeAlias

from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.transactions import ZERO
from sandbox.quickbooks.wire import JsonObject

Target: TypeAlias = tuple[str, str]  # What a payment's link names: TxnType and TxnId.
INVOICE, EXPENSE = "Invoice", "Expense"
LINKED_ENTITIES = {INVOICE: "Invoice", EXPENSE: "Purchase"}


def linked_ids(body: JsonObject, kind: str) -> list[str]:
    links = body.get("LinkedTxn", [])
    return [str(link["TxnId"]) for link in links if link["TxnType"] == kind]


def applications(payment: JsonObject | None) -> dict[Target, Decimal]:
    """How much of a payment stands on each invoice and expense."""
    applied: dict[Target, Decimal] = {}
    for line in (payment or {}).get("Line", []):
        for link in line["LinkedTxn"]:
            target = link["TxnType"], link["TxnId"]
            applied[target] = applied.get(target, ZERO) + line["Amount"]
    return applied


def find_target(work: Work, target: Target) -> JsonObject | None:
    kind, object_id = target
    entity = LINKED_ENTITIES.get(kind)
    return work.find(entity, object_id) if entity else None


def open_amount(work: Work, target: Target, body: JsonObject) -> Decimal:
    """What of an invoice or an expense no payment settles yet."""
    if target[0] == INVOICE:
        balance: Decimal = body["Balance"]
        return balance
    return receivable_amount(work, body) - settled_amount(work, target, body)


def receivable_amount(work: Work, purchase: JsonObject) -> Decimal:
    """What of an expense the customer owes: its lines to Accounts Receivable."""
    return sum((line["Amount"] for line in purchase["Line"] if is_receivable(work, line)), ZERO)


def is_receivable(work: Work, line: JsonObject) -> bool:
    account_id = line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]
    account = work.find("Account", account_id) or {}
    return bool(account.get("AccountType") == "Accounts Receivable")


def settled_amount(work: Work, target: Target, body: JsonObject) -> Decimal:
    payments = (work.find("Payment", each) for each in linked_ids(body, "Payment"))
    return sum((applications(payment).get(target, ZERO) for payment in payments), ZERO)


def move_applications(
    work: Work, payment_id: str, old: dict[Target, Decimal], new: dict[Target, Decimal]
) -> None:
    """Everything that gains or loses by this becomes another version of itself."""
    for target in sorted(old.keys() | new.keys()):
        body = find_target(work, target)
        if body is None:
            continue  # It is being deleted in this very work.
        changed: JsonObject = {"LinkedTxn": _relinked(body, payment_id, linked=target in new)}
        if target[0] == INVOICE:
            gained = new.get(target, ZERO) - old.get(target, ZERO)
            changed["Balance"] = body["Balance"] - gained
        work.put(LINKED_ENTITIES[target[0]], target[1], body | changed)


def _relinked(body: JsonObject, payment_id: str, *, linked: bool) -> list[JsonObject]:
    links: list[JsonObject] = body["LinkedTxn"]
    others = [link for link in links if link["TxnId"] != payment_id]
    if not linked:
        return others
    return links if len(others) < len(links) else [*links, link_to("Payment", payment_id)]


def link_to(kind: str, object_id: str) -> JsonObject:
    return {"TxnId": object_id, "TxnType": kind}


def fit_payments(
    work: Work, target: Target, links: list[JsonObject], room: Decimal
) -> tuple[list[JsonObject], Decimal]:
    """Take the newest payments off what can no longer hold them all.

    Tells which links stay, and how much room is left beside them.
    """
    kept = []
    for link in links:
        standing = _shrink(work, link["TxnId"], target, room)
        room -= standing
        if standing:
            kept.append(link)
    return kept, room


def _shrink(work: Work, payment_id: str, target: Target, most: Decimal) -> Decimal:
    """Leave at most this much of the payment on the target; tell how much stands there now."""
    payment = work.find("Payment", payment_id)
    if payment is None:
        return ZERO
    lines, standing = [], ZERO
    for line in payment["Line"]:
        [link] = line["LinkedTxn"]
        if (link["TxnType"], link["TxnId"]) != target:
            lines.append(line)
        elif amount := min(line["Amount"], most - standing):
            lines.append(line | {"Amount": amount})
            standing += amount
    applied = sum((line["Amount"] for line in lines), ZERO)
    changed = {"Line": lines, "UnappliedAmt": payment["TotalAmt"] - applied}
    work.put("Payment", payment_id, payment | changed)
    return standing
