"""The records that a firm keeps: clients, invoices, payments and refunds."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from services.domain.causes import Cause
from services.domain.ids import (
    ClientId,
    FirmId,
    InvoiceId,
    PaymentId,
    RefundId,
    UserId,
    payment_reference,
    refund_reference,
)
from services.domain.money import Money, minor_digits
from services.domain.postings import Posting
from services.domain.settings import Alerting, Rights
from services.domain.sync import Operation, RecordKind, Status

MAX_NAME = 100  # QuickBooks takes 500, Slack shows 75 of them in a menu.
MAX_EMAIL = 100  # QuickBooks' limit.
MAX_REFERENCE = 21  # QuickBooks' limit for PaymentRefNum, and for an invoice's DocNumber.
MAX_DESCRIPTION = 3000  # Slack's limit; leaves room for our lines in QuickBooks' 4,000.
MAX_AMOUNT_MINOR = 999_999_999_999  # 9,999,999,999.99: beyond any cheque, within QuickBooks.
MAX_ALLOCATIONS = 100  # Invoices that one payment settles; as many as fit into a form.
MAX_LINES = 50  # Of an invoice that is typed by hand.
MAX_QUANTITY = Decimal(1_000_000)
QUANTITY_DIGITS = 5  # Behind the point, as QuickBooks keeps them.


class Method(StrEnum):
    """How the money came."""

    CHECK = "Check"
    CASH = "Cash"
    BANK_TRANSFER = "Bank transfer"
    CREDIT_CARD = "Credit card"
    OTHER = "Other"


class Reason(StrEnum):
    """Why money goes back."""

    SALE_REVERSED = "sale_reversed"  # The sale is undone; the invoice stays paid.
    CREDIT_RETURNED = "credit_returned"  # What was paid too much is given back.

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Note:
    """QuickBooks did not accept a change of what it holds: which, and why.

    `blame` is the key of what is at the root of it; `tid` names QuickBooks' answer to its support.
    """

    operation: Operation
    cause: Cause
    detail: str
    blame: str
    tid: str | None = None


@dataclass(frozen=True)
class SyncFacts:
    """What is known of a record's way to QuickBooks.

    While it is Syncing, `qbo_id` says that it is there already, and changing or on its way out.
    `twin_id` is what QuickBooks holds in place of a record that was Skipped as a possible twin.
    A cause has its `blame`, the key of what is at the root of it, and mostly QuickBooks' `tid`.
    """

    status: Status
    qbo_id: str | None = None
    linked: bool = False
    cause: Cause | None = None
    detail: str | None = None
    twin_id: str | None = None
    blame: str | None = None
    tid: str | None = None
    note: Note | None = None

    def __post_init__(self) -> None:
        """Keep the pair rules that the tables keep too."""
        needs_id = self.status is Status.SYNCED
        if self.status is not Status.SYNCING and needs_id != (self.qbo_id is not None):
            raise ValueError(f"{self.status} and QuickBooks id {self.qbo_id!r} contradict")
        if (self.status in {Status.FAILED, Status.SKIPPED}) != (self.cause is not None):
            raise ValueError(f"{self.status} and cause {self.cause!r} contradict")
        if (self.cause is None) != (self.blame is None):
            raise ValueError(f"cause {self.cause!r} and blame {self.blame!r} contradict")
        if self.linked and self.qbo_id is None:
            raise ValueError("linked to nothing")
        if self.note is not None and self.status is not Status.SYNCED:
            raise ValueError(f"{self.status} and a note contradict")
        if (self.cause is Cause.POSSIBLE_TWIN) != (self.twin_id is not None):
            raise ValueError(f"{self.cause} and twin {self.twin_id!r} contradict")

    @property
    def is_in_quickbooks(self) -> bool:
        return self.qbo_id is not None


@dataclass(frozen=True)
class Client:
    id: ClientId
    firm_id: FirmId
    name: str
    email: str | None
    sync: SyncFacts
    excluded: bool = False  # Nothing of this client's goes to QuickBooks.


@dataclass(frozen=True)
class InvoiceLine:
    """What was sold: `quantity` of it at `unit_price` each."""

    description: str
    quantity: Decimal
    unit_price: Money

    @property
    def amount(self) -> Money:
        """Rounded half up to the currency's smallest unit, as QuickBooks does."""
        price = self.unit_price
        unit = Decimal(1).scaleb(-minor_digits(price.currency))
        amount = (self.quantity * price.to_decimal()).quantize(unit, ROUND_HALF_UP)
        return Money.from_decimal(amount, price.currency)


@dataclass(frozen=True)
class NewInvoice:
    """An invoice as a person typed it; without a number it gets the firm's next one."""

    client_id: ClientId
    lines: tuple[InvoiceLine, ...]
    invoiced_on: date
    due_on: date
    number: str | None = None


@dataclass(frozen=True)
class Invoice:
    """`applied` is what payments of this ledger settle of it."""

    id: InvoiceId
    firm_id: FirmId
    number: str
    client: Client
    lines: tuple[InvoiceLine, ...]
    total: Money
    applied: Money
    invoiced_on: date
    due_on: date
    recorded_by: UserId
    sync: SyncFacts
    voided: bool = False
    item_id: str | None = None  # What QuickBooks says was sold, once it is there.

    @property
    def name(self) -> str:
        return self.number

    @property
    def balance_due(self) -> Money:
        """Nothing where QuickBooks has more applied to it than the ledger knew of."""
        due = 0 if self.voided else self.total.minor - self.applied.minor
        return Money(max(due, 0), self.total.currency)


@dataclass(frozen=True)
class Allocation:
    """The part of a payment that settles one invoice.

    `left_out`: the firm's books have it and QuickBooks has not: there it is the client's credit.
    """

    invoice_id: InvoiceId
    amount: Money
    left_out: bool = False


@dataclass(frozen=True)
class Allotted(Allocation):
    """An allocation, and what is worth knowing of its invoice."""

    number: str = ""
    invoice_qbo_id: str | None = None
    invoice_status: Status = Status.NOT_SYNCED


@dataclass(frozen=True)
class NewPayment:
    """A payment as a person typed it."""

    client_id: ClientId
    amount: Money
    received_on: date
    method: Method
    reference: str | None
    description: str | None
    allocations: tuple[Allocation, ...] = ()


@dataclass(frozen=True)
class Payment:
    """`credit_returned` and `refunded` went back to the client, in minor units.

    `applied_elsewhere` settles what only QuickBooks knows of. `deposit_account_id` is where
    QuickBooks put the money, once it is there.
    """

    id: PaymentId
    firm_id: FirmId
    number: int
    client: Client
    amount: Money
    received_on: date
    method: Method
    reference: str | None
    description: str | None
    recorded_by: UserId
    sync: SyncFacts
    allocations: tuple[Allotted, ...] = ()
    refunded: int = 0  # For whatever reason, returned credit included.
    credit_returned: int = 0
    applied_elsewhere: int = 0
    deposit_account_id: str | None = None
    voided: bool = False
    posting: Posting | None = None  # Beside the message to whoever recorded it.

    @property
    def name(self) -> str:
        """P-1001."""
        return payment_reference(self.number)

    @property
    def unapplied(self) -> Money:
        """The client's credit: what settles no invoice and was not given back."""
        used = sum(each.amount.minor for each in self.allocations)
        rest = self.amount.minor - used - self.applied_elsewhere - self.credit_returned
        return Money(rest, self.amount.currency)

    @property
    def refundable(self) -> Money:
        return Money(self.amount.minor - self.refunded, self.amount.currency)


@dataclass(frozen=True)
class NewRefund:
    """A refund as a person typed it; `account_id` is QuickBooks' account that it goes out of."""

    amount: Money
    reason: Reason
    account_id: str
    refunded_on: date


@dataclass(frozen=True)
class Refund:
    """`item_id` is what was sold on the first invoice that its payment settles, if any is known."""

    id: RefundId
    firm_id: FirmId
    number: int
    payment: Payment
    amount: Money
    reason: Reason
    account_id: str
    refunded_on: date
    recorded_by: UserId
    sync: SyncFacts
    applied: bool = False  # QuickBooks has it tied to its payment.
    item_id: str | None = None
    voided: bool = False

    @property
    def name(self) -> str:
        """R-1001."""
        return refund_reference(self.number)

    @property
    def client(self) -> Client:
        return self.payment.client


Record = Client | Invoice | Payment | Refund


def kind_of(record: Record) -> RecordKind:
    match record:
        case Client():
            return RecordKind.CLIENT
        case Invoice():
            return RecordKind.INVOICE
        case Payment():
            return RecordKind.PAYMENT
        case Refund():
            return RecordKind.REFUND


@dataclass(frozen=True)
class Settings:
    """What the firm chose. `version` tells whether somebody else has saved in between.

    `deposit_account_id`: None is Undeposited Funds. `method_accounts` have precedence over it.
    """

    sync_by_default: bool
    currency: str
    version: int
    deposit_account_id: str | None = None
    method_accounts: Mapping[str, str] = field(default_factory=dict)
    service_item_id: str | None = None
    start_on: date | None = None
    twin_window_days: int = 5
    rights: Rights = field(default_factory=Rights)
    alerting: Alerting = field(default_factory=Alerting)
    posting_channels: frozenset[str] = frozenset()  # Where payments may be posted.

    def deposit_account_for(self, method: Method) -> str | None:
        return self.method_accounts.get(method, self.deposit_account_id)


def total_of(lines: Iterable[InvoiceLine], currency: str) -> Money:
    return Money(sum(line.amount.minor for line in lines), currency)


def name_key(name: str) -> str:
    """Two names with the same key are the same to a reader.

    Case, spaces, width and what cannot be seen do not count.
    """
    seen = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).split()).casefold()
