"""A person's wish about a record and QuickBooks, written into the caller's transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox
from services.domain.blame import blame
from services.domain.causes import Cause
from services.domain.changes import keep_record
from services.domain.ids import PaymentId, UserId
from services.domain.ledger import (
    Client,
    Invoice,
    Payment,
    Reason,
    Record,
    Refund,
    SyncFacts,
    kind_of,
)
from services.domain.sync import (
    ACTIONS,
    COMES_ALONG,
    REMOVALS,
    Action,
    EntryState,
    Operation,
    RecordKind,
    Status,
    status_after,
)
from services.domain.wishes import Wish
from services.errors import Refused


def check(record: Record, action: Action) -> None:
    """Refused where the record's status does not offer the action."""
    if action not in ACTIONS[record.sync.status]:
        raise Refused(f"{record.name} is {record.sync.status.label}: that cannot be done now.")


async def ask_to_sync(
    db: AsyncConnection, record: Record, *, by: UserId, at: datetime, anyway: bool = False
) -> None:
    """Begin a new intention; Refused where the record's status does not allow it.

    Whoever syncs what was Skipped has read why, and wants it all the same; `anyway` says so of
    a Failed one too.
    """
    if Action.SYNC not in ACTIONS[record.sync.status]:
        raise Refused(f"{record.name} is already {record.sync.status.label}.")
    facts = record.sync
    wish = await _after_earlier_tries(db, record)
    if facts.status is Status.SKIPPED or anyway:
        wish = replace(wish, override=facts.cause, override_twin=facts.twin_id)
    await _ask(db, record, Operation.CREATE, wish, SyncFacts(Status.SYNCING), by=by, at=at)


async def _after_earlier_tries(db: AsyncConnection, record: Record) -> Wish:
    wish = Wish(then=_what_follows(record))
    if record.sync.status is Status.NOT_SYNCED:
        return wish  # What was unsynced, or called back, is looked at as if for the first time.
    earlier = await outbox.find_last(db, record.id)
    return wish.after(earlier.wish) if earlier else wish


def _what_follows(record: Record) -> Operation | None:
    """A returned credit is tied to its payment once it is there."""
    is_returned = isinstance(record, Refund) and record.reason is Reason.CREDIT_RETURNED
    return Operation.APPLY if is_returned else None


async def ask_to_change(
    db: AsyncConnection, record: Record, details: dict[str, Any], *, by: UserId, at: datetime
) -> None:
    """Bring a change of what is Synced to QuickBooks.

    Who asks for the same again after QuickBooks was found to have changed, has seen that.
    """
    note = record.sync.note
    override = note.cause if note and note.cause is Cause.CHANGED_IN_QUICKBOOKS else None
    wish = Wish(details=details, override=override)
    await _ask(db, record, Operation.UPDATE, wish, _under_way(record), by=by, at=at)


async def ask_to_remove(
    db: AsyncConnection,
    record: Record,
    operation: Operation,
    *,
    by: UserId,
    at: datetime,
    wish: Wish | None = None,
) -> None:
    """Take it out of QuickBooks, void it there, or let go of it; Refused unless it is Synced."""
    check(record, Action.UNSYNC)
    await _ask(db, record, operation, wish or Wish(), _under_way(record), by=by, at=at)


def _under_way(record: Record) -> SyncFacts:
    """It stays in QuickBooks until QuickBooks has said otherwise."""
    return SyncFacts(Status.SYNCING, qbo_id=record.sync.qbo_id, linked=record.sync.linked)


async def _ask(
    db: AsyncConnection,
    record: Record,
    operation: Operation,
    wish: Wish,
    facts: SyncFacts,
    *,
    by: UserId,
    at: datetime,
) -> None:
    kind = kind_of(record)
    generation = await ledger.begin_generation(db, kind, record.id)
    await ledger.mark(db, kind, record.id, facts)
    await outbox.ask_for(
        db,
        firm=record.firm_id,
        record_kind=kind,
        record=record.id,
        operation=operation,
        generation=generation,
        by=by,
        at=at,
        wish=wish,
    )
    asked = "sync" if operation is Operation.CREATE else operation
    change: dict[str, Any] = {"status": [record.sync.status, facts.status]}
    change["generation"] = generation
    if operation is Operation.UPDATE:
        change |= {"before": keep_record(record), "wanted": dict(wish.details)}
    await write_audit(db, record, f"{asked} asked for", change, by=by, at=at)


async def ask_for_client(db: AsyncConnection, client: Client, *, by: UserId, at: datetime) -> None:
    """Send the client along, unless it is there, on its way, or was left out on purpose."""
    if client.sync.status in COMES_ALONG:
        await ask_to_sync(db, client, by=by, at=at)


async def cancel(db: AsyncConnection, record: Record, *, by: UserId, at: datetime) -> None:
    """Call back what was asked for, in either direction, and what waits for this one to leave.

    Refused where it was sent, may have been, or was never asked for.
    """
    if Action.CANCEL not in ACTIONS[record.sync.status]:
        raise Refused(f"{record.name} is {record.sync.status.label}: there is nothing to cancel.")
    entry = await outbox.find_open(db, record.id)
    if entry is None or not await outbox.cancel(db, entry, at=at):
        raise Refused(f"{record.name} is already on its way to QuickBooks: too late to cancel.")
    status = status_after(entry.operation, EntryState.CANCELLED)
    stays = status is Status.SYNCED
    facts = replace(_under_way(record), status=status) if stays else SyncFacts(status)
    kind = kind_of(record)
    await ledger.mark(db, kind, record.id, facts)
    if kind is RecordKind.PAYMENT and entry.operation is Operation.UPDATE:
        await ledger.unreserve(db, PaymentId(record.id))
    change = {"status": [record.sync.status, status]}
    await write_audit(db, record, "sync cancelled", change, by=by, at=at)
    if entry.operation in REMOVALS:
        await _call_back_those_who_wait(db, record, by=by, at=at)


async def _call_back_those_who_wait(
    db: AsyncConnection, record: Record, *, by: UserId, at: datetime
) -> None:
    """What was to leave after this one cannot leave before it: it stays too."""
    for parent in await _parents(db, record):
        entry = await outbox.find_open(db, parent.id)
        leaves = entry is not None and entry.operation in {Operation.DELETE, Operation.RELEASE}
        if entry is not None and leaves and entry.may_be_cancelled:
            await cancel(db, parent, by=by, at=at)


async def _parents(db: AsyncConnection, record: Record) -> list[Record]:
    match record:
        case Refund():
            return [record.payment]
        case Payment():
            settled = [
                await ledger.find_invoice(db, record.firm_id, each.invoice_id)
                for each in record.allocations
            ]
            return [*(each for each in settled if each is not None), record.client]
        case Invoice():
            return [record.client]
        case Client():
            return []


async def dismiss(
    db: AsyncConnection, record: Record, why: str, *, by: UserId, at: datetime
) -> None:
    """A Failed record is left out for good; Refused for any other."""
    check(record, Action.DISMISS)
    cause = Cause.DISMISSED
    facts = SyncFacts(Status.SKIPPED, cause=cause, detail=why, blame=blame(record, cause))
    await ledger.mark(db, kind_of(record), record.id, facts)
    change = {"status": [record.sync.status, Status.SKIPPED], "why": why}
    await write_audit(db, record, "dismissed", change, by=by, at=at)
    match record:
        case Payment():
            await call_back_refunds(db, record, by=by, at=at)
        case Refund():
            await ledger.touch(db, RecordKind.PAYMENT, record.payment.id)
        case Invoice() | Client():
            client = record if isinstance(record, Client) else record.client
            await ledger.touch_waiting(db, record.firm_id, client=client.id)


async def call_back_refunds(
    db: AsyncConnection, payment: Payment, *, by: UserId, at: datetime
) -> None:
    """They follow their payment; what was sent already goes its way."""
    for refund in await ledger.refunds_of(db, payment):
        entry = await outbox.find_open(db, refund.id)
        if entry is not None and entry.may_be_cancelled:
            await cancel(db, refund, by=by, at=at)


async def set_aside(
    db: AsyncConnection, record: Record, why: str, *, by: UserId, at: datetime
) -> None:
    """It stays in QuickBooks as it is, and what was not accepted of a change is not wanted more.

    Refused for a record of which everything was accepted.
    """
    note = record.sync.note
    if note is None:
        raise Refused(f"{record.name} has no change that was not accepted.")
    await ledger.mark(db, kind_of(record), record.id, replace(record.sync, note=None))
    change = {"refused": [note.operation, note.cause], "why": why}
    await write_audit(db, record, "change set aside", change, by=by, at=at)


async def tie(
    db: AsyncConnection, record: Record, qbo_id: str, *, by: UserId, at: datetime
) -> None:
    """The record is what QuickBooks holds already; Refused where that is another's."""
    check(record, Action.LINK)
    kind = kind_of(record)
    taken = await ledger.tied(db, record.firm_id, kind, [qbo_id])
    if taken:
        raise Refused("Another of your records is linked to that one already.")
    await ledger.mark(db, kind, record.id, SyncFacts(Status.SYNCED, qbo_id=qbo_id, linked=True))
    change = {"status": [record.sync.status, Status.SYNCED]}
    await write_audit(db, record, "linked", change, by=by, at=at, qbo_id=qbo_id)


async def untie(db: AsyncConnection, record: Record, *, by: UserId, at: datetime) -> None:
    """Let go of it at once: QuickBooks keeps it, and nothing is written."""
    check(record, Action.UNSYNC)
    await ledger.mark(db, kind_of(record), record.id, SyncFacts(Status.NOT_SYNCED))
    change = {"status": [record.sync.status, Status.NOT_SYNCED]}
    await write_audit(db, record, "unlinked", change, by=by, at=at)


async def write_audit(
    db: AsyncConnection,
    record: Record,
    action: str,
    change: dict[str, Any],
    *,
    by: str,
    at: datetime,
    qbo_id: str | None = None,
) -> None:
    """`qbo_id` where it is another than the record has."""
    await ledger.write_audit(
        db,
        firm=record.firm_id,
        at=at,
        actor=by,
        action=action,
        record_kind=kind_of(record),
        record_id=str(record.id),
        change=change,
        qbo_id=qbo_id or record.sync.qbo_id,
    )
