"""A bookkeeper with no plan at all, for tests of what must hold whatever is done."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from random import Random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sandbox.quickbooks import Company, FaultError, ManualClock, QuickBooks
from sandbox.quickbooks.wire import JsonObject
from tests.quickbooks_sandbox.posting import (
    CARD,
    CHECKING,
    MISCELLANEOUS,
    RECEIVABLE,
    SAVINGS,
    UNDEPOSITED,
    applied,
    reference,
    sold,
    spent,
)

cents = st.integers(min_value=0, max_value=50_000).map(lambda number: Decimal(number) / 100)
picks = st.integers(min_value=0, max_value=1_000)
FUNDS = st.sampled_from([UNDEPOSITED, CHECKING])
BILL = "3"
ZERO = Decimal(0)


def pick_from(rows: list[JsonObject], pick: int) -> JsonObject | None:
    return rows[pick % len(rows)] if rows else None


def receivable_part(purchase: JsonObject) -> Decimal:
    lines = [(each["AccountBasedExpenseLineDetail"], each["Amount"]) for each in purchase["Line"]]
    return sum((amount for to, amount in lines if to["AccountRef"]["value"] == RECEIVABLE), ZERO)


def is_waiting(payment: JsonObject) -> bool:
    stands_on: str = payment["DepositToAccountRef"]["value"]
    return stands_on == UNDEPOSITED and bool(payment["TotalAmt"])


class Bookkeeper(RuleBasedStateMachine):
    """Enters, corrects, links, deposits and takes back, in any order."""

    company: Company

    @initialize()
    def open_the_books(self) -> None:
        quickbooks = QuickBooks(clock=ManualClock(), chance=Random(1))
        self.company = quickbooks.add_company(name="Larkspur")
        parent = self.company.add_customer("Amy")["Id"]
        self.company.add_customer("Amy's shed", ParentRef={"value": parent}, Job=True)
        self.company.add_customer("Bill")
        self.item = self.company.add("Item", Name="Hours", IncomeAccountRef=reference("79"))["Id"]

    @rule(pick=picks, amount=cents, other=cents)
    def bill(self, pick: int, amount: Decimal, other: Decimal) -> None:
        lines = [sold(amount), sold(other), sold(amount)]
        with self._naming("Customer", customer_id := str(pick % 3 + 1)):
            self.company.add_invoice(customer_id, amount, Line=lines)

    @rule(pick=picks, other=picks, amount=cents, account_id=FUNDS)
    def receive(self, pick: int, other: int, amount: Decimal, account_id: str) -> None:
        account = reference(account_id)
        invoice = pick_from(self.company.invoices(), other)
        customer_id = invoice["CustomerRef"]["value"] if invoice else str(pick % 3 + 1)
        invoice_id = invoice["Id"] if invoice else None
        with self._naming("Customer", customer_id):
            self.company.add_payment(
                customer_id, amount, invoice_id=invoice_id, DepositToAccountRef=account
            )

    @rule(pick=picks, amount=cents, more=cents)
    def receive_for_everything(self, pick: int, amount: Decimal, more: Decimal) -> None:
        """One payment for all invoices of a customer, shared out with no care."""
        customer_id = str(pick % 3 + 1)
        theirs = [
            each for each in self.company.invoices() if each["CustomerRef"]["value"] == customer_id
        ]
        lines = [applied("Invoice", each["Id"], amount) for each in theirs]
        total = amount * len(lines) + more
        with self._naming("Customer", customer_id):
            self.company.add_payment(customer_id, total, Line=lines)

    @rule(pick=picks, amount=cents, account_id=FUNDS)
    def reverse_a_sale(self, pick: int, amount: Decimal, account_id: str) -> None:
        account = reference(account_id)
        with self._naming("Customer", customer_id := str(pick % 3 + 1)):
            self.company.add_refund_receipt(customer_id, amount, DepositToAccountRef=account)

    @rule(pick=picks, amount=cents, other=cents, account_id=FUNDS)
    def give_credit_back(self, pick: int, amount: Decimal, other: Decimal, account_id: str) -> None:
        lines, account = [spent(amount), spent(other, MISCELLANEOUS)], reference(account_id)
        with self._naming("Customer", customer_id := str(pick % 3 + 1)):
            self.company.add_purchase(customer_id, amount, Line=lines, AccountRef=account)

    @rule(amount=cents)
    def charge_a_card(self, amount: Decimal) -> None:
        card = {"PaymentType": "CreditCard", "AccountRef": reference(CARD)}
        line = spent(amount, MISCELLANEOUS)
        self.company.add("Purchase", Line=[line], **card)

    @rule(pick=picks, amount=cents, more=cents)
    def settle_an_expense(self, pick: int, amount: Decimal, more: Decimal) -> None:
        """Named twice on one payment, and perhaps for more than is open."""
        expense = pick_from(self._expenses(), pick)
        if expense is None:
            return
        customer_id = expense["EntityRef"]["value"]
        lines = [applied("Expense", expense["Id"], each) for each in (amount, more)]
        with self._naming("Customer", customer_id):
            self.company.add_payment(customer_id, amount + more, Line=lines)

    @rule(pick=picks, other=picks)
    def link_an_expense(self, pick: int, other: int) -> None:
        """A payment's credit settles an expense of its customer's; what it settled before stays."""
        credits_left = [each for each in self.free() if each["UnappliedAmt"]]
        payment = pick_from(credits_left, pick)
        owner = payment["CustomerRef"]["value"] if payment else None
        theirs = [each for each in self._expenses() if each["EntityRef"]["value"] == owner]
        expense = pick_from(theirs, other)
        if payment and expense:
            line = applied("Expense", expense["Id"], payment["UnappliedAmt"])
            with self._naming("Customer", str(owner)):
                self.company.change("Payment", payment["Id"], Line=[*payment["Line"], line])

    @rule(pick=picks, amount=cents, keeps_lines=st.booleans())
    def correct_a_payment(self, pick: int, amount: Decimal, *, keeps_lines: bool) -> None:
        payment = pick_from([each for each in self.free() if self._is_in_use(each)], pick)
        if payment is None:
            return
        changes: JsonObject = {"TotalAmt": amount} if keeps_lines else {"Line": []}
        if keeps_lines and payment["TotalAmt"] - payment["UnappliedAmt"] > amount:
            with pytest.raises(FaultError, match="6000"):
                self.company.change("Payment", payment["Id"], **changes)
        else:
            self.company.change("Payment", payment["Id"], **changes)

    @rule(pick=picks, amount=cents)
    def correct_a_sale(self, pick: int, amount: Decimal) -> None:
        entity = "Invoice" if pick % 2 else "RefundReceipt"
        if sale := pick_from(self.rows(entity), pick // 2):
            with self._naming("Customer", sale["CustomerRef"]["value"]):
                self.company.change(entity, sale["Id"], Line=[sold(amount)])

    @rule(pick=picks, amount=cents)
    def correct_an_expense(self, pick: int, amount: Decimal) -> None:
        expense = pick_from(self.company.purchases(), pick)
        if expense and self._is_in_use(expense):
            kept = RECEIVABLE if receivable_part(expense) else MISCELLANEOUS
            self.company.change("Purchase", expense["Id"], Line=[spent(amount, kept)])

    @rule(
        picked=st.lists(picks, min_size=1, max_size=3),
        account_id=st.sampled_from([CHECKING, SAVINGS]),
    )
    def go_to_the_bank(self, picked: list[int], account_id: str) -> None:
        waiting = [each["Id"] for each in self.free() if is_waiting(each)]
        if waiting:
            chosen = {waiting[each % len(waiting)] for each in picked}
            with self._naming("Account", account_id):
                self.company.deposit(*sorted(chosen, key=int), account_id=account_id)

    @rule(pick=picks)
    def take_back_a_deposit(self, pick: int) -> None:
        if deposit := pick_from(self.company.deposits(), pick):
            self.company.delete("Deposit", deposit["Id"])

    @rule(
        pick=picks,
        entity=st.sampled_from(["Invoice", "Payment", "RefundReceipt", "Purchase"]),
        voids=st.booleans(),
    )
    def take_back(self, pick: int, entity: str, *, voids: bool) -> None:
        undo = self.company.void if voids else self.company.delete
        row = pick_from(self.rows(entity), pick)
        if row is None:
            return
        if entity == "Payment" and row not in self.free():
            with pytest.raises(FaultError, match="6540"):
                undo(entity, row["Id"])
        else:
            undo(entity, row["Id"])

    @rule(pick=picks, amount=cents, how=st.sampled_from(["void", "delete", "cut"]))
    def take_back_what_was_settled(self, pick: int, amount: Decimal, how: str) -> None:
        """An expense gives the payment that settled it its credit back."""
        settled = [each for each in self.company.purchases() if each["LinkedTxn"]]
        expense = pick_from(settled, pick)
        if expense is None or not self._is_in_use(expense):
            return
        if how == "cut":
            left = spent(min(amount, receivable_part(expense)) / 2)
            self.company.change("Purchase", expense["Id"], Line=[left])
        else:
            undo = self.company.void if how == "void" else self.company.delete
            undo("Purchase", expense["Id"])

    @rule(entity_and_id=st.sampled_from([("Account", SAVINGS), ("Customer", BILL)]))
    def turn_off_or_on(self, entity_and_id: tuple[str, str]) -> None:
        """What is inactive keeps its balance; nothing new can name it."""
        entity, object_id = entity_and_id
        before = self.company.find(entity, object_id) or {}
        self.company.change(entity, object_id, Active=not before["Active"])

    @rule(pick=picks, amount=cents)
    def sell_what_is_no_longer_sold(self, pick: int, amount: Decimal) -> None:
        self.company.change("Item", self.item, Active=True)
        line = sold(amount, ItemRef=reference(self.item))
        self.company.add_invoice(str(pick % 2 + 1), amount, Line=[line])
        self.company.change("Item", self.item, Active=False)
        with pytest.raises(FaultError, match="610"):
            self.company.add_invoice(str(pick % 2 + 1), amount, Line=[line])

    def _naming(self, entity: str, object_id: str) -> AbstractContextManager[object]:
        """What names something inactive is refused and leaves no trace."""
        named = self.company.find(entity, object_id) or {}
        return nullcontext() if named["Active"] else pytest.raises(FaultError, match="610")

    def _is_in_use(self, row: JsonObject) -> bool:
        whose = row.get("CustomerRef") or row.get("EntityRef") or {}
        customer = self.company.find("Customer", whose.get("value", "1")) or {}
        return bool(customer["Active"])

    def rows(self, entity: str) -> list[JsonObject]:
        readers: dict[str, Callable[[], list[JsonObject]]] = {
            "Invoice": self.company.invoices,
            "Payment": self.company.payments,
            "RefundReceipt": self.company.refund_receipts,
            "Purchase": self.company.purchases,
        }
        return readers[entity]()

    def _expenses(self) -> list[JsonObject]:
        """Those that a customer owes, and that a payment can settle."""
        return [each for each in self.company.purchases() if receivable_part(each)]

    def free(self) -> list[JsonObject]:
        """The payments that stand on no deposit."""
        return [each for each in self.company.payments() if not each.get("LinkedTxn")]
