"""The two vocabularies of a push: the status people read, the state that drives the machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from services.domain.causes import Cause

# The fault model that exactly-once is promised under.
QUERY_LAG = timedelta(seconds=60)  # A query may not show younger changes.
LATE_ARRIVAL = timedelta(seconds=180)  # A request that lost its sender may arrive this late.
KEY_MEMORY = timedelta(hours=24)  # QuickBooks remembers a requestid at least this long.
SEND_WITHIN = timedelta(seconds=30)  # An entry that waited longer after its claim is not sent.
# So long after a claim nothing can still be unseen: a look-up that finds nothing is the truth.
SETTLED_AFTER = SEND_WITHIN + LATE_ARRIVAL + QUERY_LAG
SAME_ANSWERS = 3  # An answer that came this often under one key may be kept with the key.


class Status(StrEnum):
    """What people are told about a client, an invoice, a payment or a refund."""

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
    LINK = "link"  # To what QuickBooks already holds.
    CANCEL = "cancel"  # Only while it was never sent.
    UNSYNC = "unsync"
    DISMISS = "dismiss"


ACTIONS = MappingProxyType(
    {
        Status.NOT_SYNCED: frozenset({Action.SYNC, Action.LINK}),
        Status.SYNCING: frozenset({Action.CANCEL}),
        Status.SYNCED: frozenset({Action.UNSYNC}),
        Status.FAILED: frozenset({Action.SYNC, Action.LINK, Action.DISMISS}),
        Status.SKIPPED: frozenset({Action.SYNC, Action.LINK}),
    }
)

# What is asked for brings these along. Why something was Skipped must be read before it is sent.
COMES_ALONG = frozenset({Status.NOT_SYNCED, Status.FAILED})


class EntryState(StrEnum):
    """Where an outbox entry is on its way to QuickBooks."""

    PENDING = "pending"
    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    DONE = "done"
    FAILED = "failed"  # A create was refused: the record is not in QuickBooks.
    REFUSED = "refused"  # Anything else was refused: the record is there as it was.
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset({EntryState.PENDING, EntryState.SENDING, EntryState.UNCONFIRMED})


class RecordKind(StrEnum):
    """What can be pushed, in the order that QuickBooks needs it."""

    CLIENT = "client"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"


class Operation(StrEnum):
    """What a push asks of QuickBooks."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    DELETE = "delete"
    APPLY = "apply"  # Tie a returned credit to the payment that it was taken from.
    UNAPPLY = "unapply"
    RELEASE = "release"  # Let go of it once what hangs on it is gone; nothing is written.


REMOVALS = frozenset({Operation.DELETE, Operation.RELEASE, Operation.UNAPPLY})


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
    """It is as it was asked for. `linked` says that it was there before we came.

    `body` is the object as QuickBooks wrote it, as far as it was told: empty after a deletion.
    """

    qbo_id: str
    sync_token: str
    linked: bool = False
    tid: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


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
    """QuickBooks read it and refused; a person is needed. `detail` holds QuickBooks' words.

    `code` is QuickBooks' own, and empty where the refusal is ours.
    """

    cause: Cause
    detail: str
    code: str = ""
    tid: str | None = None


@dataclass(frozen=True)
class Skipped:
    """We chose not to send it. `twin_id` is what QuickBooks already holds in its place."""

    cause: Cause
    detail: str
    twin_id: str | None = None


@dataclass(frozen=True)
class ReplyLost:
    """It may have happened. `answered` says that there was an answer, which nobody understood."""

    reason: str
    answered: bool = False


Outcome = Accepted | NotSent | Stale | Rejected | Skipped | ReplyLost


@dataclass(frozen=True)
class Settlement:
    """What becomes of an entry: its next state, and whether an attempt may still arrive."""

    state: EntryState
    unresolved: bool = False
    new_key: bool = False
    look_again: bool = False  # Look once more when everything sent must have arrived.


_IN_DOUBT = Settlement(EntryState.UNCONFIRMED, unresolved=True)
_SETTLEMENTS: Mapping[type[Outcome], Settlement] = MappingProxyType(
    {
        Accepted: Settlement(EntryState.DONE),
        NotSent: Settlement(EntryState.PENDING),
        Stale: Settlement(EntryState.PENDING, new_key=True),
        Rejected: Settlement(EntryState.REFUSED),
        Skipped: Settlement(EntryState.SKIPPED),
        ReplyLost: _IN_DOUBT,
    }
)


def settle(outcome: Outcome, *, operation: Operation, unresolved_before: bool) -> Settlement:
    """Decide what an attempt's outcome makes of its entry.

    `unresolved_before`: an earlier attempt under this key may still arrive, or has arrived.

    What changes an object carries the object's SyncToken. Once that is spent, no attempt with it
    can be taken any more: so Stale clears the doubt, and whoever reads the object anew sees
    whether an earlier attempt was taken. A create has no such token.
    """
    creates = operation is Operation.CREATE
    if unresolved_before:
        match outcome:
            case Rejected():  # It says nothing about the earlier attempt.
                return Settlement(EntryState.UNCONFIRMED, unresolved=True, look_again=True)
            case NotSent():
                return _IN_DOUBT
            case Stale() if creates:
                return _IN_DOUBT
            case _:
                pass
    if creates and isinstance(outcome, Rejected):
        return Settlement(EntryState.FAILED)
    return _SETTLEMENTS[type(outcome)]


def status_after(operation: Operation, state: EntryState) -> Status:
    """What a record is once an entry of its has ended in `state`, with nothing to follow."""
    match state:
        case EntryState.FAILED:
            return Status.FAILED
        case EntryState.SKIPPED:
            return Status.SKIPPED
        case EntryState.REFUSED:
            return Status.SYNCED
        case EntryState.DONE:
            return Status.NOT_SYNCED if operation in REMOVALS else Status.SYNCED
        case EntryState.CANCELLED:
            return Status.NOT_SYNCED if operation is Operation.CREATE else Status.SYNCED
        case EntryState.PENDING | EntryState.SENDING | EntryState.UNCONFIRMED:
            return Status.SYNCING
