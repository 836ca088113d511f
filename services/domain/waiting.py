"""What a record that is Syncing waits for."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from services.domain.ledger import Client


class Hurdle(Enum):
    """What keeps the whole firm's queue waiting, if anything."""

    NOT_CONNECTED = auto()
    NOT_CONFIRMED = auto()
    CONNECTION_LOST = auto()


@dataclass(frozen=True)
class ForConnection:
    hurdle: Hurdle


@dataclass(frozen=True)
class ForClient:
    client: Client


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


Waiting = ForConnection | ForClient | ForRetry | ForCheck | ForNothing
