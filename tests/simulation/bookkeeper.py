"""Somebody who works in QuickBooks itself, and knows nothing of us."""

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.quickbooks import FaultError
from tests.simulation.journal import Journal
from tests.simulation.office import CHECKING, CLOSED_UNTIL, SAVINGS, UNDEPOSITED, Firm
from tests.simulation.wishes import CENT, ClientWish, InvoiceWish, PaymentWish

Body = dict[str, Any]


class Bookkeeper:
    """What is done by hand is remembered in the firm's `hands`."""

    def __init__(self, firm: Firm, journal: Journal, chance: Random) -> None:
        self._firm, self._journal, self._chance = firm, journal, chance
        self._company, self._hands = firm.company, firm.hands

    def work(self) -> None:
        """One thing or the other."""
        deeds: list[tuple[Callable[[], None], int]] = [
            (self.copy_payment, 4),
            (self.copy_invoice, 1),
            (self.pay_invoice, 2),
            (self.deposit, 4),
            (self.undo_deposit, 3),
            (self.close_or_open, 4),
            (self.retire_or_revive, 4),
            (self.edit_payment, 1),
            (self.remove_one, 1),
        ]
        chosen = self._chance.choices([deed for deed, _ in deeds], [odds for _, odds in deeds])[0]
        self.do(chosen)

    def do(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except FaultError as refused:
            self._say(f"could not {deed.__name__}: {refused.detail}")

    # Customers.

    def enter_rival(self, client: ClientWish) -> None:
        """The same customer, if it is not there yet."""
        try:
            self._remember("Customer", self._company.add_customer(client.name))
        except FaultError:
            return
        self._say(f"entered {client.name}")

    def mend_name(self, client: ClientWish) -> None:
        """Give both the same name."""
        for customer in self._company.customers():
            if customer["DisplayName"] == client.name.upper():
                self._company.change("Customer", customer["Id"], DisplayName=client.name)
                self._say(f"renamed {client.name}")

    # What we enter too.

    def copy_payment(self) -> None:
        self.copy_this_payment(self._chance.choice(self._firm.payments))

    def copy_this_payment(self, payment: PaymentWish) -> None:
        customer, wanted = self._customer(payment.client), payment.sums[-1]
        if customer is None or payment.currency != "USD":
            return
        reference = {"PaymentRefNum": payment.reference} if self._chance.random() < 0.3 else {}
        date = wanted.received_on.isoformat()
        made = self._company.add_payment(customer, wanted.amount, TxnDate=date, **reference)
        self._hands.has_copied = True
        self._remember("Payment", made)

    def copy_invoice(self) -> None:
        if self._firm.invoices:
            self.copy_this_invoice(self._chance.choice(self._firm.invoices))

    def copy_this_invoice(self, invoice: InvoiceWish) -> None:
        customer, bill = self._customer(invoice.client), invoice.bills[-1]
        if customer is None:
            return
        date = bill.invoiced_on.isoformat()
        self._hands.has_copied = True
        self._remember("Invoice", self._company.add_invoice(customer, bill.total, TxnDate=date))

    # What is ours.

    def pay_invoice(self) -> None:
        for row in self._ours("Invoice", self._company.invoices()):
            if row["Balance"] > 0:
                customer = row["CustomerRef"]["value"]
                part = (row["Balance"] / 2).quantize(CENT) or row["Balance"]
                made = self._company.add_payment(customer, part, invoice_id=row["Id"])
                self._hands.paid.add(row["Id"])
                self._hands.has_copied = True
                self._remember("Payment", made)
                return

    def deposit(self) -> None:
        self._deposit(self._company.payments())

    def deposit_this(self, payment: PaymentWish) -> None:
        self._deposit(self._named(payment))

    def _deposit(self, rows: list[Body]) -> None:
        for row in rows:
            if row["DepositToAccountRef"]["value"] == UNDEPOSITED and row["TotalAmt"]:
                made = self._company.deposit(row["Id"])
                self._hands.deposits.append(made["Id"])
                self._say(f"deposited payment {row['Id']}")
                return

    def undo_deposit(self) -> None:
        if self._hands.deposits:
            self._company.delete("Deposit", self._hands.deposits.pop())
            self._say("deleted a deposit")

    def edit_payment(self) -> None:
        self._edit(self._ours("Payment", self._company.payments()))

    def edit_this_payment(self, payment: PaymentWish) -> None:
        self._edit(self._named(payment))

    def _edit(self, rows: list[Body]) -> None:
        for row in rows[:1]:
            self._company.change("Payment", row["Id"], TotalAmt=row["TotalAmt"] + 1)
            self._touch("Payment", row, "changed")

    def _named(self, payment: PaymentWish) -> list[Body]:
        rows = self._ours("Payment", self._company.payments())
        return [row for row in rows if row.get("PaymentRefNum") == payment.reference]

    def remove_one(self) -> None:
        """A payment or an invoice; voided, or deleted for good."""
        rows = [
            *(("Payment", row) for row in self._ours("Payment", self._company.payments())),
            *(("Invoice", row) for row in self._ours("Invoice", self._company.invoices())),
        ]
        if not rows:
            return
        entity, row = self._chance.choice(rows)
        if self._chance.random() < 0.5:
            self._company.void(entity, row["Id"])
            self._touch(entity, row, "voided")
        else:
            self._company.delete(entity, row["Id"])
            self._hands.deleted.add((entity, row["Id"]))
            self._touch(entity, row, "deleted")

    # What all depends on.

    def close_or_open(self) -> None:
        preferences = self._company.preferences
        if preferences.book_close_date is None:
            self.close()
        else:
            self.open_books()

    def close(self) -> None:
        self._company.preferences.book_close_date = CLOSED_UNTIL
        self._hands.has_closed = True
        self._say("closed the books")

    def open_books(self) -> None:
        self._company.preferences.book_close_date = None
        self._say("opened the books")

    def retire_or_revive(self) -> None:
        account = self._chance.choice([CHECKING, SAVINGS, UNDEPOSITED])
        body = self._company.find("Account", account) or {}
        self._company.change("Account", account, Active=not body["Active"])
        self._hands.has_retired = True
        self._say(f"made account {account} {'inactive' if body['Active'] else 'active'}")

    def revive_all(self) -> None:
        for account in (CHECKING, SAVINGS, UNDEPOSITED):
            self._company.change("Account", account, Active=True)
        self._say("made all accounts active")

    def _customer(self, client: ClientWish) -> str | None:
        rows = self._company.customers()
        return next((row["Id"] for row in rows if row["DisplayName"] in client.names), None)

    def _ours(self, entity: str, rows: list[Body]) -> list[Body]:
        ours = [row for row in rows if (entity, row["Id"]) not in self._hands.made]
        self._chance.shuffle(ours)
        return ours

    def _remember(self, entity: str, made: Body) -> None:
        self._hands.made.add((entity, made["Id"]))
        self._journal.saw(f"by hand: {entity}")
        self._say(f"entered {entity} {made['Id']}")

    def _touch(self, entity: str, row: Body, what: str) -> None:
        self._hands.touched.add((entity, row["Id"]))
        self._journal.saw(f"by hand: {what}")
        self._say(f"{what} {entity} {row['Id']}")

    def _say(self, what: str) -> None:
        self._journal.note(f"bookkeeper of {self._firm.id}", what)
