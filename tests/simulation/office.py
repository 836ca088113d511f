"""The firms of a life: what their staff want, as they themselves remember it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from random import Random

from sandbox.quickbooks import Company
from services.domain.causes import Cause
from services.domain.ids import ClientId, FirmId, PaymentId, UserId
from services.domain.sync import Status

ANNA = UserId("U0ANNA")
OLIVIA = UserId("U0OLIVIA")  # Who connects QuickBooks.
CLOSED_UNTIL = date(2026, 1, 31)
BEFORE_CLOSING = date(2026, 1, 15)
SINCE_CLOSING = date(2026, 2, 27)
MOST_FIRMS, MOST_CLIENTS, MOST_PAYMENTS = 2, 3, 4  # Enough to meet; each firm costs time.


class Kind(Enum):
    """Whom QuickBooks has already under a client's name."""

    NEW = auto()  # Nobody.
    KNOWN = auto()  # The same customer.
    NEAR = auto()  # Somebody whose name differs in case.
    RIVAL = auto()  # Soon the same customer, entered there by hand meanwhile.


@dataclass
class ClientWish:
    name: str
    kind: Kind
    id: ClientId | None = None
    wanted: bool = False
    mended: bool = False  # The bookkeeper gave both the same name.

    def may_end(self, status: Status, cause: Cause | None) -> bool:
        """Whether this is an end that a person could explain, once all is calm."""
        match status, cause:
            case Status.NOT_SYNCED, None:
                return not self.wanted
            case Status.SYNCED, None:
                return self.wanted and (self.kind is not Kind.NEAR or self.mended)
            case Status.FAILED, Cause.NEAR_MATCH | Cause.NAME_TAKEN:
                return self.wanted and self.kind in {Kind.NEAR, Kind.RIVAL}
            case _:
                return False


@dataclass
class PaymentWish:
    """`asked` counts what was granted; `perhaps` what died with the program before it answered."""

    client: ClientWish
    amount: Decimal
    currency: str
    received_on: date
    reference: str  # Of its own, so that it can be found in the books without our marker.
    id: PaymentId | None = None
    wanted: bool = False
    asked: int = 0
    perhaps: int = 0

    def may_end(self, status: Status, cause: Cause | None, client: Status) -> bool:
        match status, cause:
            case Status.NOT_SYNCED, None:
                return not self.wanted
            case Status.SYNCED, None:
                return self.wanted and self.currency == "USD"
            case Status.SYNCING, None:
                return self.wanted and client is Status.FAILED
            case Status.SKIPPED, Cause.FOREIGN_CURRENCY:
                return self.wanted and self.currency != "USD"
            case Status.FAILED, Cause.CLOSED_PERIOD:
                return self.wanted and self.received_on <= CLOSED_UNTIL
            case _:
                return False


@dataclass
class Firm:
    id: FirmId
    company: Company
    clients: list[ClientWish] = field(default_factory=list)
    payments: list[PaymentWish] = field(default_factory=list)


def found_firm(number: int, company: Company, chance: Random) -> Firm:
    """Draw a firm with its wishes, and what its company holds before it begins."""
    firm = Firm(FirmId(f"T{number}"), company)
    for index in range(chance.randint(1, MOST_CLIENTS)):
        kind = chance.choices(list(Kind), weights=[6, 2, 2, 1])[0]
        firm.clients.append(ClientWish(f"Client {number}.{index} O’Neil & Söhne", kind))
    for index in range(chance.randint(1, MOST_PAYMENTS)):
        firm.payments.append(_draw_payment(f"R{number}{index}", firm, chance))
    for client in firm.clients:
        _prepare_books(client, company)
    if chance.random() < 0.5:
        company.preferences.book_close_date = CLOSED_UNTIL
    return firm


def _draw_payment(reference: str, firm: Firm, chance: Random) -> PaymentWish:
    return PaymentWish(
        client=chance.choice(firm.clients),
        amount=Decimal(chance.randint(1, 1_000_000)) / 100,
        currency=chance.choices(["USD", "EUR"], weights=[12, 1])[0],
        received_on=chance.choices([SINCE_CLOSING, BEFORE_CLOSING], weights=[5, 1])[0],
        reference=reference,
    )


def _prepare_books(client: ClientWish, company: Company) -> None:
    match client.kind:
        case Kind.KNOWN:
            company.add_customer(client.name)
        case Kind.NEAR:
            company.add_customer(client.name.upper())
        case Kind.NEW | Kind.RIVAL:
            pass
