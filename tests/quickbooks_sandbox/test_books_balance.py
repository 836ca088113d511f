"""Whatever is done in whatever order, the books balance and every figure follows from them."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox.quickbooks import Company, FaultError, ManualClock, QuickBooks
from sandbox.quickbooks.wire import JsonObject

RECEIVABLE = "Accounts Receivable (A/R)"
cents = st.integers(min_value=0, max_value=50_000).map(lambda number: Decimal(number) / 100)
picks = st.integers(min_value=0, max_value=1_000)


def item_line(amount: Decimal) -> JsonObject:
    detail = {"ItemRef": {"value": "1"}}
    return {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


class BooksMachine(RuleBasedStateMachine):
    """A bookkeeper with no plan at all."""

    company: Company

    @initialize()
    def open_the_books(self) -> None:
        quickbooks = QuickBooks(clock=ManualClock(), chance=Random(1))
        self.company = quickbooks.add_company(name="Larkspur")
        parent = self.company.add_customer("Amy")["Id"]
        self.company.add_customer("Amy's shed", ParentRef={"value": parent}, Job=True)
        self.company.add_customer("Bill")

    @rule(pick=picks, amount=cents)
    def bill(self, pick: int, amount: Decimal) -> None:
        self.company.add_invoice(str(pick % 3 + 1), amount)

    @rule(pick=picks, other=picks, amount=cents)
    def receive(self, pick: int, other: int, amount: Decimal) -> None:
        invoices = self.company.invoices()
        if not invoices:
            self.company.add_payment(str(pick % 3 + 1), amount)
            return
        invoice = invoices[other % len(invoices)]
        customer_id = invoice["CustomerRef"]["value"]
        self.company.add_payment(customer_id, amount, invoice_id=invoice["Id"])

    @rule(pick=picks, amount=cents, keeps_lines=st.booleans())
    def correct_a_payment(self, pick: int, amount: Decimal, *, keeps_lines: bool) -> None:
        if not (payments := self.company.payments()):
            return
        payment = payments[pick % len(payments)]
        changes: JsonObject = {"TotalAmt": amount} if keeps_lines else {"Line": []}
        applied = payment["TotalAmt"] - payment["UnappliedAmt"]
        if keeps_lines and applied > amount:
            with pytest.raises(FaultError, match="6000"):
                self.company.change("Payment", payment["Id"], **changes)
        else:
            self.company.change("Payment", payment["Id"], **changes)

    @rule(pick=picks, amount=cents)
    def correct_an_invoice(self, pick: int, amount: Decimal) -> None:
        if invoices := self.company.invoices():
            invoice = invoices[pick % len(invoices)]
            self.company.change("Invoice", invoice["Id"], Line=[item_line(amount)])

    @rule(pick=picks, entity=st.sampled_from(["Invoice", "Payment"]), voids=st.booleans())
    def take_back(self, pick: int, entity: str, *, voids: bool) -> None:
        rows = self.company.invoices() if entity == "Invoice" else self.company.payments()
        if rows:
            undo = self.company.void if voids else self.company.delete
            undo(entity, rows[pick % len(rows)]["Id"])

    @invariant()
    def the_trial_balance_is_zero(self) -> None:
        assert sum(self.company.trial_balance().values()) == 0

    @invariant()
    def receivables_are_what_is_open_less_what_is_unapplied(self) -> None:
        due = sum(invoice["Balance"] for invoice in self.company.invoices())
        unapplied = sum(payment["UnappliedAmt"] for payment in self.company.payments())
        balances = sum(customer["Balance"] for customer in self.company.customers())
        assert self.company.account_balance(RECEIVABLE) == due - unapplied == balances

    @invariant()
    def undeposited_funds_are_the_payments(self) -> None:
        received = sum(payment["TotalAmt"] for payment in self.company.payments())
        assert self.company.account_balance("Undeposited Funds") == received

    @invariant()
    def both_sides_of_a_link_agree(self) -> None:
        from_payments: dict[tuple[str, str], Decimal] = {}
        for payment in self.company.payments():
            applied = [(line["LinkedTxn"][0]["TxnId"], line["Amount"]) for line in payment["Line"]]
            assert (
                sum(amount for _, amount in applied)
                == payment["TotalAmt"] - payment["UnappliedAmt"]
            )
            for invoice_id, amount in applied:
                from_payments[invoice_id, payment["Id"]] = amount
        links = {
            (invoice["Id"], link["TxnId"])
            for invoice in self.company.invoices()
            for link in invoice["LinkedTxn"]
        }
        assert links == set(from_payments)
        for invoice in self.company.invoices():
            paid = sum(
                amount for (owner, _), amount in from_payments.items() if owner == invoice["Id"]
            )
            assert invoice["Balance"] == invoice["TotalAmt"] - paid

    @invariant()
    def a_parent_owes_what_its_jobs_owe(self) -> None:
        owed = {customer["Id"]: customer for customer in self.company.customers()}
        assert owed["1"]["BalanceWithJobs"] == owed["1"]["Balance"] + owed["2"]["Balance"]


BooksMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True
)
TestTheBooks = BooksMachine.TestCase
