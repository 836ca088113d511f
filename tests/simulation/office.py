"""The firms of a life: what their staff want, and what was done to their books by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from sandbox.quickbooks import Company
from services.domain.ids import FirmId, UserId
from services.domain.ledger import Method
from tests.simulation.wishes import (
    CENT,
    AnyWish,
    Bill,
    ClientWish,
    InvoiceWish,
    Kind,
    PaymentWish,
    RefundWish,
    Sum,
)

ANNA = UserId("U0ANNA")
OLIVIA = UserId("U0OLIVIA")  # Who connects QuickBooks.
CLOSED_UNTIL = date(2026, 1, 31)
BEFORE_CLOSING = date(2026, 1, 15)
SINCE_CLOSING = date(2026, 2, 27)
LATER = date(2026, 3, 1)
UNDEPOSITED, CHECKING, SAVINGS = "4", "35", "36"  # Accounts of every simulated company.
MOST_CLIENTS, MOST_INVOICES, MOST_PAYMENTS = 2, 1, 2  # Enough to meet.

Key = tuple[str, str]  # What QuickBooks calls it, and its id.


@dataclass
class Hands:
    """What was done in QuickBooks by hand, as the bookkeeper remembers it.

    `touched` are objects of ours that are no longer as we wrote them; `paid` are invoices of ours.
    """

    made: set[Key] = field(default_factory=set)
    touched: set[Key] = field(default_factory=set)
    deleted: set[Key] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)
    deposits: list[str] = field(default_factory=list)
    has_closed: bool = False  # The books, at any time…
    has_retired: bool = False  # …an account, or…
    has_copied: bool = False  # …entered what we enter too.

    def has_paid(self, invoice: str) -> bool:
        """Whether the books may know better what is paid on it."""
        return invoice in self.paid or ("Invoice", invoice) in self.touched


@dataclass
class Firm:
    """`accounts` and `start_dates` are all that were ever chosen."""

    id: FirmId
    company: Company
    hands: Hands = field(default_factory=Hands)
    clients: list[ClientWish] = field(default_factory=list)
    invoices: list[InvoiceWish] = field(default_factory=list)
    payments: list[PaymentWish] = field(default_factory=list)
    refunds: list[RefundWish] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)
    start_dates: set[date] = field(default_factory=set)

    def wishes(self) -> Iterator[AnyWish]:
        yield from self.clients
        yield from self.invoices
        yield from self.payments
        yield from self.refunds

    def invoices_of(self, client: ClientWish) -> list[InvoiceWish]:
        return [each for each in self.invoices if each.client is client and each.id]

    def refunds_of(self, payment: PaymentWish) -> list[RefundWish]:
        return [each for each in self.refunds if each.payment is payment]


def found_firm(number: int, company: Company, chance: Random) -> Firm:
    """Draw a firm with its wishes, and what its company holds before it begins."""
    firm = Firm(FirmId(f"T{number}"), company)
    for index in range(chance.randint(1, MOST_CLIENTS)):
        kind = chance.choices(list(Kind), weights=[12, 2, 1, 1])[0]
        name = f"Client {number}.{index} O’Neil & Söhne"
        firm.clients.append(ClientWish(name, kind, names={name}))
    for index in range(chance.randint(0, MOST_INVOICES)):
        firm.invoices.append(_draw_invoice(f"N{number}{index}", firm, chance))
    for index in range(chance.randint(1, MOST_PAYMENTS)):
        firm.payments.append(_draw_payment(f"R{number}{index}", firm, chance))
    for client in firm.clients:
        _prepare_books(client, firm)
    if chance.random() < 0.3:
        company.preferences.book_close_date = CLOSED_UNTIL
        firm.hands.has_closed = True
    company.preferences.custom_txn_numbers = chance.random() < 0.5
    return firm


def draw_date(chance: Random) -> date:
    return chance.choices([SINCE_CLOSING, LATER, BEFORE_CLOSING], weights=[4, 1, 1])[0]


def draw_amount(chance: Random) -> Decimal:
    return Decimal(chance.randint(1, 1_000_000)) / 100


def draw_bill(chance: Random) -> Bill:
    quantity = chance.choice([Decimal(1), Decimal("1.5"), Decimal(3)])
    price = max(Decimal(1), (draw_amount(chance) / 3).quantize(CENT))
    return Bill(price, quantity, draw_date(chance), due_on=date(2026, 3, 31))


def _draw_invoice(number: str, firm: Firm, chance: Random) -> InvoiceWish:
    return InvoiceWish(number, chance.choice(firm.clients), [draw_bill(chance)])


def _draw_payment(reference: str, firm: Firm, chance: Random) -> PaymentWish:
    amount = draw_amount(chance)
    if firm.payments and chance.random() < 0.2:  # The same again, and both are real.
        amount = firm.payments[0].sums[0].amount
    return PaymentWish(
        reference=reference,
        client=chance.choice(firm.clients),
        currency=chance.choices(["USD", "EUR"], weights=[14, 1])[0],
        method=chance.choice(list(Method)),
        sums=[Sum(amount, draw_date(chance), chance.choice([None, "for March"]))],
    )


def _prepare_books(client: ClientWish, firm: Firm) -> None:
    match client.kind:
        case Kind.KNOWN:
            enter_customer(firm, client.name)
        case Kind.NEAR:
            enter_customer(firm, client.name.upper())
        case Kind.NEW | Kind.RIVAL:
            pass


def enter_customer(firm: Firm, name: str) -> None:
    firm.hands.made.add(("Customer", firm.company.add_customer(name)["Id"]))
