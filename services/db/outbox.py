"""What is on its way to QuickBooks: asked for, claimed, settled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, case, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.leases import Lease
from services.db.tables import Instant, clients, connections, leases, outbox, payments
from services.domain.causes import Cause
from services.domain.ids import EntryId, FirmId, RealmId, UserId
from services.domain.sync import (
    OPEN_STATES,
    EntryState,
    Operation,
    RecordKind,
    Rejected,
    Settlement,
    WireKey,
    wire_key,
)

_DUE_STATES = (EntryState.PENDING, EntryState.UNCONFIRMED)


_NOW = bindparam("now", type_=Instant)
_CLIENT_IS_THERE = or_(
    outbox.c.record_kind == RecordKind.CLIENT,
    exists().where(
        payments.c.id == outbox.c.record_id,
        clients.c.id == payments.c.client_id,
        clients.c.qbo_id.is_not(None),
    ),
)
_REALMS_WITH_WORK = (
    select(connections.c.realm_id, connections.c.firm_id)
    .join(outbox, outbox.c.firm_id == connections.c.firm_id)
    .outerjoin(leases, leases.c.realm_id == connections.c.realm_id)
    .where(
        connections.c.state == "active",
        or_(
            and_(outbox.c.state.in_(_DUE_STATES), outbox.c.due_at <= _NOW),
            and_(outbox.c.state == EntryState.SENDING, leases.c.expires_at <= _NOW),
        ),
        or_(leases.c.expires_at.is_(None), leases.c.expires_at <= _NOW),
        or_(leases.c.paused_until.is_(None), leases.c.paused_until <= _NOW),
        _CLIENT_IS_THERE,
    )
    .group_by(connections.c.realm_id, connections.c.firm_id)
    .order_by(outbox.c.due_at)
    .limit(bindparam("most"))
)
_NEXT_DUE = (
    select(outbox)
    .where(
        outbox.c.firm_id == bindparam("firm"),
        outbox.c.state.in_(_DUE_STATES),
        outbox.c.due_at <= _NOW,
        _CLIENT_IS_THERE,
    )
    .order_by(outbox.c.record_kind, outbox.c.due_at, outbox.c.id)
    .limit(1)
)
_FIND_OPEN = select(outbox).where(
    outbox.c.record_id == bindparam("record"), outbox.c.state.in_(OPEN_STATES)
)


@dataclass(frozen=True)
class Entry:
    """One push: one intention to bring one record to QuickBooks.

    `unresolved`: an attempt before this one may have arrived. `refused`: QuickBooks refused it,
    but an older attempt may still arrive, so a last look decides.
    """

    id: EntryId
    firm_id: FirmId
    record_kind: RecordKind
    record_id: UUID
    key: WireKey
    body: str | None
    state: EntryState
    attempt: int
    unresolved: bool
    due_at: datetime
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    waits_for: str | None
    refused: Rejected | None


async def ask_for(
    db: AsyncConnection,
    *,
    firm: FirmId,
    record_kind: RecordKind,
    record: UUID,
    generation: int,
    by: UserId,
    at: datetime,
) -> None:
    await db.execute(
        insert(outbox),
        {
            "firm_id": firm,
            "record_kind": record_kind,
            "record_id": record,
            "operation": Operation.CREATE,
            "request_id": wire_key(record, Operation.CREATE, generation).request_id,
            "state": EntryState.PENDING,
            "due_at": at,
            "requested_by": by,
            "created_at": at,
        },
    )


async def cancel(db: AsyncConnection, record: UUID, *, at: datetime) -> bool:
    """False where it was sent, or may have been."""
    cancelled = await db.execute(
        update(outbox)
        .where(outbox.c.record_id == record, outbox.c.state == EntryState.PENDING)
        .values(state=EntryState.CANCELLED, settled_at=at)
    )
    return cancelled.rowcount == 1


async def find_open(db: AsyncConnection, record: UUID) -> Entry | None:
    row = (await db.execute(_FIND_OPEN, {"record": record})).one_or_none()
    return _entry(row) if row else None


async def realms_with_work(
    db: AsyncConnection, *, now: datetime, limit: int
) -> list[tuple[RealmId, FirmId]]:
    """Connected companies with something due, the longest waiting first."""
    found = await db.execute(_REALMS_WITH_WORK, {"now": now, "most": limit})
    return [(RealmId(row.realm_id), FirmId(row.firm_id)) for row in found]


async def next_due(db: AsyncConnection, firm: FirmId, *, now: datetime) -> Entry | None:
    """Clients come before the payments that need them."""
    row = (await db.execute(_NEXT_DUE, {"firm": firm, "now": now})).one_or_none()
    return _entry(row) if row else None


async def hand_over_expired(db: AsyncConnection, firm: FirmId, lease: Lease, now: datetime) -> int:
    """What an earlier holder left in flight may have arrived; count it."""
    left = await db.execute(
        update(outbox)
        .where(
            outbox.c.firm_id == firm,
            outbox.c.state == EntryState.SENDING,
            outbox.c.lease_epoch < lease.epoch,
        )
        .values(state=EntryState.UNCONFIRMED, due_at=now)
    )
    return left.rowcount


async def hand_over_all(db: AsyncConnection, firm: FirmId, *, now: datetime) -> None:
    """Look up in its new company what was under way when the firm left its old one."""
    await db.execute(
        update(outbox)
        .where(outbox.c.firm_id == firm, outbox.c.state == EntryState.SENDING)
        .values(state=EntryState.UNCONFIRMED, due_at=now)
    )


async def claim(db: AsyncConnection, entry: Entry, lease: Lease, *, now: datetime) -> bool:
    """Store key and body before the first send; from here on it may be in QuickBooks.

    False where it is no longer to be had: cancelled, or claimed by somebody else.
    """
    claimed = await db.execute(
        update(outbox)
        .where(outbox.c.id == entry.id, outbox.c.state.in_(_DUE_STATES))
        .values(
            state=EntryState.SENDING,
            attempt=entry.attempt,
            unresolved=True,
            body=entry.body,
            lease_epoch=lease.epoch,
            first_sent_at=entry.first_sent_at,
            last_sent_at=now,
        )
    )
    return claimed.rowcount == 1


async def settle(
    db: AsyncConnection, entry: Entry, lease: Lease, settlement: Settlement, **facts: object
) -> bool:
    """False where the claim is no longer ours: then nothing has changed."""
    still_ours = exists().where(leases.c.realm_id == lease.realm_id, leases.c.epoch == lease.epoch)
    settled = await db.execute(
        update(outbox)
        .where(
            outbox.c.id == entry.id,
            outbox.c.state == EntryState.SENDING,
            outbox.c.attempt == entry.attempt,
            outbox.c.lease_epoch == lease.epoch,
            still_ours,
        )
        .values(state=settlement.state, unresolved=settlement.unresolved, **facts)
    )
    return settled.rowcount == 1


async def hurry(db: AsyncConnection, firm: FirmId, *, now: datetime) -> None:
    """Try again now what waits for a retry; a refusal keeps the time of its last look."""
    await db.execute(
        update(outbox)
        .where(
            outbox.c.firm_id == firm,
            outbox.c.state.in_(_DUE_STATES),
            outbox.c.due_at > now,
            outbox.c.refused_cause.is_(None),
        )
        .values(due_at=now)
    )


async def end_unsent(
    db: AsyncConnection, entry: Entry, state: EntryState, *, now: datetime
) -> bool:
    """End an entry that never left: it cannot be sent as things are.

    False where it is no longer to be had: cancelled, or claimed by somebody else.
    """
    ended = await db.execute(
        update(outbox)
        .where(outbox.c.id == entry.id, outbox.c.state.in_(_DUE_STATES))
        .values(state=state, settled_at=now)
    )
    return ended.rowcount == 1


async def park(db: AsyncConnection, entry: Entry, lease: Lease, *, until: datetime) -> None:
    """Put it off, unless somebody else has claimed it; one that was claimed may have been sent."""
    state = case(
        (outbox.c.state == EntryState.SENDING, EntryState.UNCONFIRMED), else_=outbox.c.state
    )
    await db.execute(
        update(outbox)
        .where(
            outbox.c.id == entry.id,
            outbox.c.state.in_(OPEN_STATES),
            or_(outbox.c.state != EntryState.SENDING, outbox.c.lease_epoch == lease.epoch),
        )
        .values(state=state, due_at=until, waits_for="something went wrong on our side")
    )


def _entry(row: Row[Any]) -> Entry:
    refused = Rejected(Cause(row.refused_cause), row.refused_detail) if row.refused_cause else None
    return Entry(
        id=EntryId(row.id),
        firm_id=FirmId(row.firm_id),
        record_kind=RecordKind(row.record_kind),
        record_id=row.record_id,
        key=WireKey(row.request_id),
        body=row.body,
        state=EntryState(row.state),
        attempt=row.attempt,
        unresolved=row.unresolved,
        due_at=row.due_at,
        first_sent_at=row.first_sent_at,
        last_sent_at=row.last_sent_at,
        waits_for=row.waits_for,
        refused=refused,
    )
