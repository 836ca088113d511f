"""The records that a firm keeps: clients and payments."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.domain.causes import Cause
from services.domain.ids import ClientId, FirmId, PaymentId, UserId, payment_reference
from services.domain.money import Money
from services.domain.sync import Status

MAX_NAME = 100  # QuickBooks takes 500, Slack shows 75 of them in a menu.
MAX_EMAIL = 100  # QuickBooks' limit.
MAX_REFERENCE = 21  # QuickBooks' limit for PaymentRefNum.
MAX_DESCRIPTION = 3000  # Slack's limit; leaves room for our lines in QuickBooks' 4,000.
MAX_AMOUNT_MINOR = 999_999_999_999  # 9,999,999,999.99: beyond any cheque, within QuickBooks.


class Method(StrEnum):
    """How the money came."""

    CHECK = "Check"
    CASH = "Cash"
    BANK_TRANSFER = "Bank transfer"
    CREDIT_CARD = "Credit card"
    OTHER = "Other"


@dataclass(frozen=True)
class SyncFacts:
    """What is known of a record's way to QuickBooks."""

    status: Status
    qbo_id: str | None = None
    linked: bool = False
    cause: Cause | None = None
    detail: str | None = None

    def __post_init__(self) -> None:
        """Keep the pair rules that the tables keep too."""
        if (self.status is Status.SYNCED) != (self.qbo_id is not None):
            raise ValueError(f"{self.status} and QuickBooks id {self.qbo_id!r} contradict")
        if (self.status in {Status.FAILED, Status.SKIPPED}) != (self.cause is not None):
            raise ValueError(f"{self.status} and cause {self.cause!r} contradict")


@dataclass(frozen=True)
class Client:
    id: ClientId
    firm_id: FirmId
    name: str
    email: str | None
    sync: SyncFacts


@dataclass(frozen=True)
class Settings:
    """`version` tells whether somebody else has saved in between."""

    sync_by_default: bool
    currency: str
    version: int


@dataclass(frozen=True)
class NewPayment:
    """A payment as a person typed it."""

    client_id: ClientId
    amount: Money
    received_on: date
    method: Method
    reference: str | None
    description: str | None


@dataclass(frozen=True)
class Payment:
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

    @property
    def name(self) -> str:
        """P-1001."""
        return payment_reference(self.number)


def name_key(name: str) -> str:
    """Two names with the same key are the same to a reader.

    Case, spaces, width and what cannot be seen do not count.
    """
    seen = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).split()).casefold()
