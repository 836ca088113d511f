"""Double entry: every transaction's postings, and the balances that follow from them."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a transaction; a debit is positive, a credit negative."""

    account_id: str
    amount: Decimal
    customer_id: str | None = None  # Only on Accounts Receivable.


class Ledger:
    def __init__(self) -> None:
        self._postings: dict[str, tuple[Posting, ...]] = {}
        self._accounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._customers: defaultdict[str, Decimal] = defaultdict(Decimal)

    def replace(self, transaction_id: str, postings: tuple[Posting, ...]) -> set[Posting]:
        """Put these postings in place of the transaction's old ones; tell which ones moved."""
        if sum((posting.amount for posting in postings), ZERO) != ZERO:
            raise ValueError(f"Transaction {transaction_id} does not balance: {postings}")
        before = self._postings.pop(transaction_id, ())
        self._move(before, sign=-1)
        self._move(postings, sign=+1)
        if postings:
            self._postings[transaction_id] = postings
        return set(before) ^ set(postings)

    def _move(self, postings: tuple[Posting, ...], *, sign: int) -> None:
        for posting in postings:
            self._accounts[posting.account_id] += sign * posting.amount
            if posting.customer_id is not None:
                self._customers[posting.customer_id] += sign * posting.amount

    def account_balance(self, account_id: str) -> Decimal:
        return self._accounts.get(account_id, ZERO)

    def customer_balance(self, customer_id: str) -> Decimal:
        return self._customers.get(customer_id, ZERO)
