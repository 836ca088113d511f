"""Bank deposits: payments taken from Undeposited Funds to the bank, and frozen until taken back."""

from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.accounts import MONEY_TYPES, account_of_type, undeposited_funds
from sandbox.quickbooks.entities.entity import Operation, Order
from sandbox.quickbooks.entities.links import link_to
from sandbox.quickbooks.entities.transactions import (
    ZERO,
    Transaction,
    transaction_currency,
    transaction_date,
)
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import JsonObject

NO_BANK = "Select a bank account for this deposit."


class Deposit(Transaction):
    """Only payments are deposited here, each whole and once."""

    name: ClassVar[str] = "Deposit"
    operations: ClassVar[frozenset[Operation]] = frozenset({Operation.CREATE, Operation.DELETE})
    read_only: ClassVar[frozenset[str]] = frozenset({"TotalAmt", "HomeTotalAmt", "LinkedTxn"})

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        del order
        lines = _read_lines(work, wanted)
        return wanted | {
            "DepositToAccountRef": _bank(work, wanted),
            "TxnDate": transaction_date(work, wanted, before),
            "CurrencyRef": transaction_currency(work, wanted),
            "Line": lines,
            "TotalAmt": sum((line["Amount"] for line in lines), ZERO),
        }

    def put(self, work: Work, object_id: str, body: JsonObject, before: JsonObject | None) -> None:
        del before
        work.put(self.name, object_id, body)
        total: Decimal = body["TotalAmt"]
        work.post(
            object_id,
            Posting(body["DepositToAccountRef"]["value"], total),
            Posting(undeposited_funds(work) or "", -total),
        )
        if work.rules.shows_deposits:
            for payment in _payments(work, body):
                links = [*payment.get("LinkedTxn", []), link_to(self.name, object_id)]
                work.put("Payment", payment["Id"], payment | {"LinkedTxn": links})

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        work.remove(self.name, object_id)
        work.post(object_id)
        for payment in _payments(work, before):
            bare = {name: value for name, value in payment.items() if name != "LinkedTxn"}
            work.put("Payment", payment["Id"], bare)


def _bank(work: Work, wanted: JsonObject) -> JsonObject:
    account_id = checks.read_reference(wanted, "DepositToAccountRef")
    if account_id is None:
        raise refusals.required("DepositToAccountRef")
    if account_id == undeposited_funds(work):
        raise refusals.business_rule(NO_BANK)
    return account_of_type(work, account_id, MONEY_TYPES, complaint=NO_BANK)


def _read_lines(work: Work, wanted: JsonObject) -> list[JsonObject]:
    lines: dict[str, JsonObject] = {}
    for number, given in enumerate(checks.lines(wanted), start=1):
        payment = _payment_to_deposit(work, given)
        if payment["Id"] in lines:
            raise refusals.already_deposited()
        lines[payment["Id"]] = _line(number, given, payment)
    if not lines:
        raise refusals.required("Line")
    return list(lines.values())


def _payment_to_deposit(work: Work, line: JsonObject) -> JsonObject:
    link = _only_link(line)
    if link.get("TxnType") != "Payment":
        raise refusals.invalid_enumeration(link.get("TxnType"))
    if link.get("TxnLineId") in (None, ""):
        raise refusals.required("Line.LinkedTxn.TxnLineId")
    payment = work.find("Payment", checks.read_id(link.get("TxnId")))
    if payment is None:
        raise refusals.object_not_found(refusals.DELETED_DETAIL)
    if payment["Id"] in work.books.deposited:
        raise refusals.already_deposited()
    stands_on: str = payment["DepositToAccountRef"]["value"]
    if stands_on != undeposited_funds(work) or not payment["TotalAmt"]:
        raise refusals.business_rule("Only money in Undeposited Funds can be deposited.")
    return payment


def _only_link(line: JsonObject) -> JsonObject:
    match line.get("LinkedTxn"):
        case [dict() as link]:
            return link
        case _:
            raise refusals.required("Line.LinkedTxn")


def _line(number: int, given: JsonObject, payment: JsonObject) -> JsonObject:
    total: Decimal = payment["TotalAmt"]
    if checks.read_amount(given, "Amount") not in {None, total}:
        raise refusals.business_rule("A payment is deposited whole.")
    link = link_to("Payment", payment["Id"]) | {"TxnLineId": "0"}
    return {"Id": str(number), "LineNum": number, "Amount": total, "LinkedTxn": [link]}


def _payments(work: Work, deposit: JsonObject) -> list[JsonObject]:
    """The payments on it; they cannot have gone away since."""
    ids = (line["LinkedTxn"][0]["TxnId"] for line in deposit["Line"])
    return [payment for each in ids if (payment := work.find("Payment", each)) is not None]
