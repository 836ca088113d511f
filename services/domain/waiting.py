"""What a record that is Syncing waits for."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from services.domain.ledger import Client, Payment
from services.domain.sync import Status


class Hurdle(Enum):
    """What keeps the whole firm's queue waiting, if anything."""

    NOT_CONNECTED = auto()
    NOT_CONFIRMED = auto()
    CONNECTION_LOST = auto()
    HELD = auto()  # By an operator, who compares a restored ledger with QuickBooks.


@dataclass(frozen=True)
class Queue:
    """How much of a firm's is on its way, and when what was put off is tried again."""

    waiting: int
    next_retry_at: datetime | None


@dataclass(frozen=True)
class ForConnection:
    hurdle: Hurdle


@dataclass(frozen=True)
class ForClient:
    client: Client


@dataclass(frozen=True)
class ForInvoice:
    """One of the invoices that a payment settles."""

    number: str
    status: Status


@dataclass(frozen=True)
class ForPayment:
    """A refund follows its payment."""

    payment: Payment


@dataclass(frozen=True)
class ForRemoval:
    """What hangs on it goes first: so many records."""

    count: int


@dataclass(frozen=True)
class ForRetry:
    at: datetime
    because: str


@dataclass(frozen=True)
class ForCheck:
    """Nobody knows yet whether it arrived; it is being looked up since `since`."""

    since: datetime


@dataclass(frozen=True)
class ForNothing:
    """It is next."""


Waiting = (
    ForConnection
    | ForClient
    | ForInvoice
    | ForPayment
    | ForRemoval
    | ForRetry
    | ForCheck
    | ForNothing
)
