"""The QuickBooks books, reduced to the figures that a duplicate or a loss would falsify."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.quickbooks import Company

CLIENT = "Acme Bakery"
INVOICED = Decimal("1365.00")  # What the client owes when the day begins.
NOTHING = Decimal(0)
UNDEPOSITED = "Undeposited Funds"
RECEIVABLE = "Accounts Receivable (A/R)"


@dataclass(frozen=True, kw_only=True)
class Books:
    customers: tuple[str, ...]
    payments: tuple[Decimal, ...]  # Smallest first.
    undeposited: Decimal
    receivable: Decimal
    difference: Decimal  # Debits less credits over all accounts.

    def __str__(self) -> str:
        payments = ", ".join(f"{amount:,.2f}" for amount in self.payments) or "none"
        return (
            f"payments {payments}; {UNDEPOSITED} {self.undeposited:,.2f}; "
            f"{RECEIVABLE} {self.receivable:,.2f}; customers {', '.join(self.customers)}; "
            f"trial balance {self.difference:,.2f}"
        )


def read_books(company: Company) -> Books:
    balance = company.trial_balance()
    return Books(
        customers=tuple(sorted(each["DisplayName"] for each in company.customers())),
        payments=tuple(sorted(Decimal(each["TotalAmt"]) for each in company.payments())),
        undeposited=balance[UNDEPOSITED],
        receivable=balance[RECEIVABLE],
        difference=sum(balance.values(), NOTHING),
    )


def books_with(*payments: Decimal) -> Books:
    """What the books must show once exactly these payments have been entered."""
    received = sum(payments, NOTHING)
    return Books(
        customers=(CLIENT,),
        payments=tuple(sorted(payments)),
        undeposited=received,
        receivable=INVOICED - received,
        difference=NOTHING,
    )
