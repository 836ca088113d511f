"""What the outcome of a push makes of its record, of what follows, and of what waited for it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox
from services.db.entries import Entry
from services.domain.blame import blame
from services.domain.causes import Cause
from services.domain.changes import Details, difference
from services.domain.ids import QUICKBOOKS
from services.domain.ledger import Client, Invoice, Note, Payment, Record, Refund, SyncFacts
from services.domain.sync import (
    REMOVALS,
    Accepted,
    EntryState,
    Operation,
    Outcome,
    RecordKind,
    Rejected,
    Settlement,
    Skipped,
    Status,
    status_after,
)
from services.pushes import push_of
from services.pushes.push import AnyCase
from services.quickbooks.mapping.named import named_in


async def settle_record(
    db: AsyncConnection, case: AnyCase, outcome: Outcome, settlement: Settlement, now: datetime
) -> None:
    """In the transaction that settles the entry."""
    entry = case.entry
    if status_after(entry.operation, settlement.state) is Status.SYNCING:
        await ledger.touch(db, entry.record_kind, entry.record_id)
        return
    note = await _write_down(db, case, outcome)
    facts = facts_after(case, outcome, settlement.state, note)
    if entry.wish.then is not None and settlement.state is EntryState.DONE:
        await _go_on(db, entry, entry.wish.then, now)
        facts = replace(facts, status=Status.SYNCING, note=None)
    await ledger.mark(db, entry.record_kind, entry.record_id, facts)
    done = await _what_was_done(db, case, settlement.state)
    tid = getattr(outcome, "tid", None)
    await _audit(db, entry, case.record.sync, facts, now, tid=tid, done=done)
    if settlement.state is EntryState.DONE and entry.wish.voids_record:
        await _void_what_is_its(db, case.record, entry, now)
    await _tell_those_who_wait(db, case.record)
    if settlement.state is EntryState.REFUSED and entry.operation in REMOVALS:
        await _refuse_those_who_wait(db, case.record, facts, now)


async def _what_was_done(db: AsyncConnection, case: AnyCase, state: EntryState) -> Details:
    """What the ledger now says otherwise of it, beside the status."""
    entry, before = case.entry, case.record
    if state is not EntryState.DONE or entry.operation is Operation.CREATE:
        return {}
    after = await ledger.find_record(db, entry.firm_id, entry.record_kind, entry.record_id)
    return difference(before, after) if after is not None else {}


async def _write_down(db: AsyncConnection, case: AnyCase, outcome: Outcome) -> Note | None:
    push = push_of(case.entry)
    if isinstance(outcome, Accepted):
        return await push.absorb(db, case, outcome)
    await push.undo(db, case)
    return None


def facts_after(case: AnyCase, outcome: Outcome, state: EntryState, note: Note | None) -> SyncFacts:
    """What the record now is, with nothing to follow."""
    operation, before = case.entry.operation, case.record.sync
    status = status_after(operation, state)
    match outcome:
        case Accepted() if operation is Operation.CREATE:
            return SyncFacts(status, qbo_id=outcome.qbo_id, linked=outcome.linked, note=note)
        case Accepted() if status is Status.NOT_SYNCED and case.entry.wish.then is None:
            return SyncFacts(status)
        case Accepted():
            return SyncFacts(Status.SYNCED, qbo_id=before.qbo_id, linked=before.linked, note=note)
        case Rejected() if status is Status.SYNCED:
            refusal = Note(
                operation, outcome.cause, outcome.detail, _blame(case, outcome), outcome.tid
            )
            return SyncFacts(status, qbo_id=before.qbo_id, linked=before.linked, note=refusal)
        case Rejected():
            return SyncFacts(
                status,
                cause=outcome.cause,
                detail=outcome.detail,
                blame=_blame(case, outcome),
                tid=outcome.tid,
            )
        case Skipped():
            return SyncFacts(
                status,
                cause=outcome.cause,
                detail=outcome.detail,
                blame=blame(case.record, outcome.cause),
                twin_id=outcome.twin_id,
            )
        case _:
            raise LookupError(f"entry {case.entry.id} ended with {outcome}")


def _blame(case: AnyCase, refusal: Rejected) -> str:
    """By what was sent, since settings may be others by now."""
    return blame(
        case.record,
        refusal.cause,
        named=named_in(case.entry.body),
        code=refusal.code,
        words=refusal.detail,
    )


async def _go_on(db: AsyncConnection, entry: Entry, then: Operation, now: datetime) -> None:
    """The next step of the same intention."""
    await outbox.ask_for(
        db,
        firm=entry.firm_id,
        record_kind=entry.record_kind,
        record=entry.record_id,
        operation=then,
        generation=await ledger.begin_generation(db, entry.record_kind, entry.record_id),
        by=entry.requested_by,
        at=now,
        wish=replace(entry.wish, then=None, follows=True),
    )


async def _void_what_is_its(
    db: AsyncConnection, record: Record, entry: Entry, now: datetime
) -> None:
    """The refunds of a void payment are void too."""
    if isinstance(record, Payment):
        by = entry.requested_by
        await ledger.void_refunds(db, record.firm_id, record.id, by=by, at=now)


async def _tell_those_who_wait(db: AsyncConnection, record: Record) -> None:
    """Payments show what they wait for, and what was refunded."""
    match record:
        case Client():
            await ledger.touch_waiting(db, record.firm_id, client=record.id)
        case Invoice():
            await ledger.touch_waiting(db, record.firm_id, client=record.client.id)
        case Refund():
            await ledger.touch(db, RecordKind.PAYMENT, record.payment.id)
        case Payment():
            pass


async def _refuse_those_who_wait(
    db: AsyncConnection, record: Record, facts: SyncFacts, now: datetime
) -> None:
    """What waits for this one to go cannot go either: it stays, with the reason."""
    if facts.note is None:
        raise LookupError(f"{record.name} was refused without a note")
    parents: list[tuple[RecordKind, UUID, Cause]] = []
    match record:
        case Refund():
            parents = [(RecordKind.PAYMENT, record.payment.id, Cause.REFUND_IN_THE_WAY)]
        case Payment():
            invoices = [(RecordKind.INVOICE, each.invoice_id) for each in record.allocations]
            waiting = [*invoices, (RecordKind.CLIENT, record.client.id)]
            parents = [(kind, parent, Cause.RECORD_IN_THE_WAY) for kind, parent in waiting]
        case Invoice():
            parents = [(RecordKind.CLIENT, record.client.id, Cause.RECORD_IN_THE_WAY)]
        case Client():
            pass
    for kind, parent, cause in parents:
        words = f"{record.name}: {facts.note.detail}"
        why = replace(facts.note, cause=cause, detail=words)
        await _refuse_one(db, kind, parent, why, now)


async def _refuse_one(
    db: AsyncConnection, kind: RecordKind, record_id: UUID, why: Note, now: datetime
) -> None:
    """What is to blame for the first refusal is to blame for all that follow from it."""
    leaving = (Operation.DELETE, Operation.RELEASE)
    entry = await outbox.refuse_waiting(db, record_id, operations=leaving, at=now)
    if entry is None:
        return
    record = await ledger.find_record(db, entry.firm_id, kind, record_id)
    if record is None:
        raise LookupError(f"entry {entry.id} has no {kind}")
    facts = SyncFacts(
        Status.SYNCED,
        qbo_id=record.sync.qbo_id,
        linked=record.sync.linked,
        note=replace(why, operation=entry.operation),
    )
    await ledger.mark(db, kind, record_id, facts)
    await _audit(db, entry, record.sync, facts, now)
    await _refuse_those_who_wait(db, record, facts, now)


async def _audit(
    db: AsyncConnection,
    entry: Entry,
    before: SyncFacts,
    facts: SyncFacts,
    now: datetime,
    *,
    tid: str | None = None,
    done: Details | None = None,
) -> None:
    change: dict[str, Any] = {"status": [before.status, facts.status], **(done or {})}
    if facts.cause:
        change |= {"cause": facts.cause, "detail": facts.detail}
    if facts.note:
        change["note"] = [facts.note.operation, facts.note.cause, facts.note.detail]
    await ledger.write_audit(
        db,
        firm=entry.firm_id,
        at=now,
        actor=QUICKBOOKS,
        action=f"{entry.operation} ended",
        record_kind=entry.record_kind,
        record_id=str(entry.record_id),
        change=change,
        qbo_id=facts.qbo_id or before.qbo_id,
        intuit_tid=tid,
    )
