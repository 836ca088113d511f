"""What people want of each record, as they themselves remember it."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto

from services.domain.ids import ClientId, InvoiceId, PaymentId, RefundId
from services.domain.ledger import Method, Reason

CENT = Decimal("0.01")


class Kind(Enum):
    """Whom QuickBooks has already under a client's name."""

    NEW = auto()  # Nobody.
    KNOWN = auto()  # The same customer.
    NEAR = auto()  # Somebody whose name differs in case.
    RIVAL = auto()  # Soon the same customer, entered there by hand meanwhile.


class Answer(Enum):
    """What became of a press, as far as the person heard."""

    GRANTED = auto()
    REFUSED = auto()
    UNKNOWN = auto()  # The program died over it, and when asked again it refused.


@dataclass(eq=False)
class Press:
    """Somebody waits for an answer. `rivals`: what others wanted of the same record meanwhile."""

    wants: frozenset[bool]
    rivals: set[bool] = field(default_factory=set)


@dataclass(eq=False, repr=False, kw_only=True)
class Wish:
    """One record. `wanted`: is it to be in QuickBooks? With both, its people cannot tell.

    `last` is what was granted last, while nothing else has been pressed since.
    """

    wanted: set[bool] = field(default_factory=lambda: {False})
    under_way: list[Press] = field(default_factory=list)
    last: str | None = None

    def __repr__(self) -> str:
        return str(self)  # By its name; ids are chance, and would tell one life from the same.

    def begin(self, *wants: bool) -> Press:
        press, self.last = Press(frozenset(wants)), None
        self._cross(press.wants)
        for other in self.under_way:
            press.rivals |= other.wants
        self.under_way.append(press)
        return press

    def end(self, press: Press, answer: Answer, what: str) -> None:
        self.under_way.remove(press)
        wants = press.wants | press.rivals
        if answer is Answer.GRANTED:
            self.wanted = set(wants)
            self.last = None if press.rivals or self.under_way else what
        elif answer is Answer.UNKNOWN:
            self.wanted |= wants

    def drag(self, *wants: bool) -> None:
        """What was pressed elsewhere may have taken this one along."""
        self.wanted |= set(wants)
        self.last = None
        self._cross(frozenset(wants))

    def _cross(self, wants: frozenset[bool]) -> None:
        for other in self.under_way:
            other.rivals |= wants


@dataclass(eq=False, repr=False)
class ClientWish(Wish):
    name: str
    kind: Kind
    id: ClientId | None = None
    names: set[str] = field(default_factory=set)  # That it ever was to have.
    excluded: bool = False  # At any time.

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Part:
    """What of a payment settles an invoice."""

    invoice: "InvoiceWish"
    amount: Decimal
    left_out: bool = False


@dataclass(frozen=True)
class Bill:
    """What an invoice says."""

    price: Decimal
    quantity: Decimal
    invoiced_on: date
    due_on: date

    @property
    def total(self) -> Decimal:
        return (self.price * self.quantity).quantize(CENT, ROUND_HALF_UP)


@dataclass(eq=False, repr=False)
class InvoiceWish(Wish):
    """`bills`: what it may say, the last wish at the end."""

    number: str
    client: ClientWish
    bills: list[Bill]
    id: InvoiceId | None = None
    taken_back: bool = False  # At any time: then what settles it may be credit.

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True)
class Sum:
    """What a payment says."""

    amount: Decimal
    received_on: date
    description: str | None
    parts: tuple[Part, ...] = ()

    def without(self, invoice: InvoiceWish) -> "Sum":
        return replace(self, parts=tuple(each for each in self.parts if each.invoice != invoice))


@dataclass(eq=False, repr=False)
class PaymentWish(Wish):
    """`sums`: what it may say, the last wish at the end.

    `asked` counts the syncs that were granted; `perhaps` those that died with the program.
    """

    reference: str  # Of its own, so that it can be found in the books without our marker.
    client: ClientWish
    currency: str
    method: Method
    sums: list[Sum]
    id: PaymentId | None = None
    asked: int = 0
    perhaps: int = 0
    linked: bool = False  # At any time: then it settles what QuickBooks’ payment does.

    def settles(self, invoice: InvoiceWish) -> bool:
        return any(part.invoice is invoice for each in self.sums for part in each.parts)

    def __str__(self) -> str:
        return self.reference


@dataclass(eq=False, repr=False)
class RefundWish(Wish):
    payment: PaymentWish
    modal: str
    amount: Decimal
    reason: Reason
    account_id: str
    refunded_on: date
    id: RefundId | None = None

    def __str__(self) -> str:
        return self.modal


AnyWish = ClientWish | InvoiceWish | PaymentWish | RefundWish
