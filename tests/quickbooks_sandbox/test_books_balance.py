"""Whatever is done in whatever order, the books balance and every figure follows from them."""

from collections import Counter
from decimal import Decimal

from hypothesis import settings
from hypothesis.stateful import invariant

from sandbox.quickbooks.wire import JsonObject
from tests.quickbooks_sandbox.bookkeeper import ZERO, Bookkeeper, is_waiting, receivable_part
from tests.quickbooks_sandbox.posting import CARD, CHECKING, SAVINGS, UNDEPOSITED


class BooksMachine(Bookkeeper):
    """What must hold after every single step."""

    @invariant()
    def the_trial_balance_is_zero(self) -> None:
        assert sum(self.company.trial_balance().values()) == 0

    @invariant()
    def receivables_are_what_is_open_less_what_is_unapplied(self) -> None:
        standing = self._applied()
        due = sum(invoice["Balance"] for invoice in self.company.invoices())
        for purchase in self.company.purchases():
            settled = sum(standing.get(("Expense", purchase["Id"]), {}).values())
            assert settled <= receivable_part(purchase)
            due += receivable_part(purchase) - settled
        unapplied = sum(payment["UnappliedAmt"] for payment in self.company.payments())
        customers = (self.company.find("Customer", str(number)) or {} for number in (1, 2, 3))
        balances = sum(customer["Balance"] for customer in customers)
        receivable = self.company.account_balance("Accounts Receivable (A/R)")
        assert receivable == due - unapplied == balances
        assert receivable == sum(self.company.receivables().values())

    @invariant()
    def undeposited_funds_are_the_payments_that_wait_less_what_was_paid_from_them(self) -> None:
        waiting = sum(each["TotalAmt"] for each in self.free() if is_waiting(each))
        paid = sum(
            each["TotalAmt"]
            for each in self.company.refund_receipts()
            if each["DepositToAccountRef"]["value"] == UNDEPOSITED
        ) + sum(
            each["TotalAmt"]
            for each in self.company.purchases()
            if each["AccountRef"]["value"] == UNDEPOSITED
        )
        assert self.company.undeposited() == waiting - paid

    @invariant()
    def the_money_is_what_came_less_what_went(self) -> None:
        came = sum(each["TotalAmt"] for each in self.company.payments())
        went = sum(
            each["TotalAmt"] for each in self.company.refund_receipts() + self.company.purchases()
        )
        balance = {each["Id"]: each["CurrentBalance"] for each in self._accounts()}
        money = balance[UNDEPOSITED] + balance[CHECKING] + balance[SAVINGS]
        assert money - balance[CARD] == came - went

    @invariant()
    def income_is_what_was_sold_less_what_was_taken_back(self) -> None:
        sold_for = sum(each["TotalAmt"] for each in self.company.invoices())
        taken_back = sum(each["TotalAmt"] for each in self.company.refund_receipts())
        balance = self.company.trial_balance()
        income = -balance["Services"] - balance["Sales of Product Income"]
        assert income == sold_for - taken_back

    @invariant()
    def every_account_shows_its_balance(self) -> None:
        on_the_credit_side = {"Liability", "Revenue", "Equity"}
        booked = self.company.trial_balance()
        for account in self._accounts():
            sign = -1 if account["Classification"] in on_the_credit_side else 1
            assert account["CurrentBalance"] == sign * booked[account["Name"]]

    @invariant()
    def both_sides_of_a_link_agree(self) -> None:
        standing = self._applied()
        for payment in self.company.payments():
            used = sum(on.get(payment["Id"], ZERO) for on in standing.values())
            assert used == payment["TotalAmt"] - payment["UnappliedAmt"] <= payment["TotalAmt"]
        links = {
            (kind, row["Id"]): sorted(link["TxnId"] for link in row["LinkedTxn"])
            for kind, entity in (("Invoice", "Invoice"), ("Expense", "Purchase"))
            for row in self.rows(entity)
            if row["LinkedTxn"]
        }
        assert links == {target: sorted(on) for target, on in standing.items()}
        for invoice in self.company.invoices():
            paid = sum(standing.get(("Invoice", invoice["Id"]), {}).values())
            assert invoice["Balance"] == invoice["TotalAmt"] - paid

    @invariant()
    def every_deposit_holds_its_payments_and_no_payment_twice(self) -> None:
        held = Counter(
            (link["TxnId"], deposit["Id"], line["Amount"])
            for deposit in self.company.deposits()
            for line in deposit["Line"]
            for link in line["LinkedTxn"]
        )
        told = Counter(
            (payment["Id"], link["TxnId"], payment["TotalAmt"])
            for payment in self.company.payments()
            for link in payment.get("LinkedTxn", [])
        )
        assert held == told
        assert not held or max(held.values()) == 1

    @invariant()
    def a_parent_owes_what_its_jobs_owe(self) -> None:
        owed = {customer["Id"]: customer for customer in self.company.customers()}
        assert owed["1"]["BalanceWithJobs"] == owed["1"]["Balance"] + owed["2"]["Balance"]

    def _applied(self) -> dict[tuple[str, str], dict[str, Decimal]]:
        """How much of which payment stands on each invoice and expense, as the payments tell."""
        standing: dict[tuple[str, str], dict[str, Decimal]] = {}
        for payment in self.company.payments():
            for line in payment["Line"]:
                [link] = line["LinkedTxn"]
                on = standing.setdefault((link["TxnType"], link["TxnId"]), {})
                on[payment["Id"]] = on.get(payment["Id"], ZERO) + line["Amount"]
        return standing

    def _accounts(self) -> list[JsonObject]:
        found = (self.company.find("Account", str(number)) for number in range(1, 100))
        return [each for each in found if each]


BooksMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, derandomize=True
)
TestTheBooks = BooksMachine.TestCase
