"""The two vocabularies of a push: the status people read, the state that drives the machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID, uuid5

from services.domain.causes import Cause

# The fault model that exactly-once is promised under.
QUERY_LAG = timedelta(seconds=60)  # A query may not show younger changes.
LATE_ARRIVAL = timedelta(seconds=180)  # A request that lost its sender may arrive this late.
KEY_MEMORY = timedelta(hours=24)  # QuickBooks remembers a requestid at least this long.
SEND_WITHIN = timedelta(seconds=30)  # An entry that waited longer after its claim is not sent.
# So long after a claim nothing can still be unseen: a look-up that finds nothing is the truth.
SETTLED_AFTER = SEND_WITHIN + LATE_ARRIVAL + QUERY_LAG


class Status(StrEnum):
    """What people are told about a client or a payment."""

    NOT_SYNCED = "not_synced"
    SYNCING = "syncing"
    SYNCED = "synced"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Action(StrEnum):
    """What a person may do about a status."""

    SYNC = "sync"
    CANCEL = "cancel"  # Only while it was never sent.


ACTIONS = MappingProxyType(
    {
        Status.NOT_SYNCED: frozenset({Action.SYNC}),
        Status.SYNCING: frozenset({Action.CANCEL}),
        Status.SYNCED: frozenset[Action](),
        Status.FAILED: frozenset({Action.SYNC}),
        Status.SKIPPED: frozenset({Action.SYNC}),
    }
)


class EntryState(StrEnum):
    """Where an outbox entry is on its way to QuickBooks."""

    PENDING = "pending"
    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset({EntryState.PENDING, EntryState.SENDING, EntryState.UNCONFIRMED})


class RecordKind(StrEnum):
    """What can be pushed, in the order that QuickBooks needs it."""

    CLIENT = "client"
    PAYMENT = "payment"


class Operation(StrEnum):
    """What a push asks of QuickBooks."""

    CREATE = "create"


@dataclass(frozen=True)
class WireKey:
    """What makes a push recognisable to QuickBooks and to us."""

    request_id: str  # 32 characters; QuickBooks takes 50, and 36 for a batch.

    @property
    def marker(self) -> str:
        """What we write into a note, to find the object again."""
        return f"[counterfoil:{self.request_id}]"


def wire_key(record: UUID, operation: Operation, generation: int) -> WireKey:
    """Derive the key; the same intention always has the same key, a new generation a new one.

    It comes from the record's random UUID, never from a small number: QuickBooks replays old
    answers even after a deletion, so a reset ledger would be given foreign ids.
    """
    return WireKey(uuid5(record, f"{operation}:{generation}").hex)


@dataclass(frozen=True)
class Accepted:
    """It is in QuickBooks. `linked` says that it was there before we came."""

    qbo_id: str
    sync_token: str
    linked: bool = False
    tid: str | None = None


@dataclass(frozen=True)
class NotSent:
    """It certainly did not happen, and time can heal it."""

    reason: str
    retry_after: timedelta | None = None
    pauses_realm: bool = False


@dataclass(frozen=True)
class Stale:
    """QuickBooks asks for the same intention anew, as another request."""

    reason: str


@dataclass(frozen=True)
class Rejected:
    """QuickBooks read it and refused; a person is needed. `detail` holds QuickBooks' words."""

    cause: Cause
    detail: str
    tid: str | None = None


@dataclass(frozen=True)
class Skipped:
    """We chose not to send it."""

    cause: Cause
    detail: str


@dataclass(frozen=True)
class ReplyLost:
    """It may have happened."""

    reason: str


Outcome = Accepted | NotSent | Stale | Rejected | Skipped | ReplyLost


@dataclass(frozen=True)
class Settlement:
    """What becomes of an entry: its next state, and whether an attempt may still arrive."""

    state: EntryState
    unresolved: bool = False
    new_key: bool = False
    look_again: bool = False  # Look once more when everything sent must have arrived.


_SETTLEMENTS: Mapping[type[Outcome], Settlement] = MappingProxyType(
    {
        Accepted: Settlement(EntryState.DONE),
        NotSent: Settlement(EntryState.PENDING),
        Stale: Settlement(EntryState.PENDING, new_key=True),
        Rejected: Settlement(EntryState.FAILED),
        Skipped: Settlement(EntryState.SKIPPED),
        ReplyLost: Settlement(EntryState.UNCONFIRMED, unresolved=True),
    }
)


def settle(outcome: Outcome, *, unresolved_before: bool) -> Settlement:
    """Decide what an attempt's outcome makes of an entry in state `sending`.

    `unresolved_before`: an earlier attempt under this key may still arrive, or has arrived.
    """
    if unresolved_before and isinstance(outcome, NotSent | Stale | Rejected):
        # It says nothing about the earlier attempt.
        refused = isinstance(outcome, Rejected)
        return Settlement(EntryState.UNCONFIRMED, unresolved=True, look_again=refused)
    return _SETTLEMENTS[type(outcome)]
