"""What is on its way to QuickBooks: asked for, claimed, settled."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, case, exists, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import Instant
from services.db.due import DUE_STATES, NEXT_DUE, REALMS_WITH_WORK
from services.db.entries import Entry, Facts, read_entry
from services.db.leases import Lease
from services.db.tables import CAME_TO_NOTHING, ENTRY_IS_OPEN, leases, outbox
from services.domain.ids import FirmId, RealmId, UserId
from services.domain.sync import (
    OPEN_STATES,
    EntryState,
    Operation,
    RecordKind,
    Settlement,
    WireKey,
    wire_key,
)
from services.domain.wishes import Wish

PARKED = "something went wrong on our side"  # What a parked entry waits for.
_CLAIM = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("entry"),
        outbox.c.state.in_(DUE_STATES),
        outbox.c.attempt == bindparam("its_attempt") - 1,
    )
    .values(
        state=EntryState.SENDING,
        attempt=bindparam("its_attempt"),
        unresolved=True,
        body=bindparam("its_body"),
        lease_epoch=bindparam("epoch"),
        first_sent_at=bindparam("first_sent"),
        last_sent_at=bindparam("now", type_=Instant),
    )
)
_FACTS = (
    *("due_at", "settled_at", "waits_for"),
    *("refused_cause", "refused_detail", "refused_code", "refused_tid"),
    *("attempt", "same_answers", "request_id", "body", "first_sent_at"),
)
_SETTLE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("entry"),
        outbox.c.state == bindparam("was"),
        outbox.c.attempt == bindparam("was_attempt"),
        or_(
            outbox.c.state != EntryState.SENDING,
            outbox.c.lease_epoch == bindparam("epoch"),
        ),
        exists().where(
            leases.c.realm_id == bindparam("realm"), leases.c.epoch == bindparam("epoch")
        ),
    )
    .values(
        state=bindparam("becomes"),
        unresolved=bindparam("doubt"),
        **{name: bindparam(f"its_{name}") for name in _FACTS},
    )
)
_FIND_OPEN = select(outbox).where(outbox.c.record_id == bindparam("record"), text(ENTRY_IS_OPEN))
_FIND_LAST = (
    select(outbox)
    .where(outbox.c.record_id == bindparam("record"), text(CAME_TO_NOTHING))
    .order_by(outbox.c.id.desc())
    .limit(1)
)


async def ask_for(  # noqa: PLR0913 - one value per column.
    db: AsyncConnection,
    *,
    firm: FirmId,
    record_kind: RecordKind,
    record: UUID,
    operation: Operation,
    generation: int,
    by: UserId,
    at: datetime,
    wish: Wish | None = None,
) -> None:
    wish = wish or Wish()
    await db.execute(
        insert(outbox),
        {
            "firm_id": firm,
            "record_kind": record_kind,
            "record_id": record,
            "operation": operation,
            "request_id": wire_key(record, operation, generation).request_id,
            "state": EntryState.PENDING,
            "due_at": at,
            "requested_by": by,
            "created_at": at,
            "details": dict(wish.details) or None,
            "then_operation": wish.then,
            "follows": wish.follows,
            "voids_record": wish.voids_record,
            "override_cause": wish.override,
            "override_twin": wish.override_twin,
        },
    )


async def cancel(db: AsyncConnection, entry: Entry, *, at: datetime) -> bool:
    """False where it was sent, or may have been."""
    cancelled = await db.execute(
        update(outbox)
        .where(outbox.c.id == entry.id, outbox.c.state == EntryState.PENDING, ~outbox.c.follows)
        .values(state=EntryState.CANCELLED, settled_at=at)
    )
    return cancelled.rowcount == 1


async def find_open(db: AsyncConnection, record: UUID) -> Entry | None:
    row = (await db.execute(_FIND_OPEN, {"record": record})).one_or_none()
    return read_entry(row) if row else None


async def find_last(db: AsyncConnection, record: UUID) -> Entry | None:
    """The last one that did not come about: it Failed, or was Skipped."""
    row = (await db.execute(_FIND_LAST, {"record": record})).one_or_none()
    return read_entry(row) if row else None


async def known_keys(db: AsyncConnection, firm: FirmId, keys: Iterable[WireKey]) -> set[WireKey]:
    """Those that we have given out ourselves."""
    asked = [key.request_id for key in keys]
    query = select(outbox.c.request_id).where(
        outbox.c.firm_id == firm, outbox.c.request_id.in_(asked)
    )
    return {WireKey(row.request_id) for row in await db.execute(query)}


async def realms_with_work(
    db: AsyncConnection, *, now: datetime, limit: int
) -> list[tuple[RealmId, FirmId]]:
    """Connected companies with something due, whoever had no turn for longest first."""
    found = await db.execute(REALMS_WITH_WORK, {"now": now, "most": limit})
    return [(RealmId(row.realm_id), FirmId(row.firm_id)) for row in found]


async def due(db: AsyncConnection, firm: FirmId, *, now: datetime, most: int) -> list[Entry]:
    """What can be pushed now, in the order that QuickBooks needs it."""
    found = await db.execute(NEXT_DUE, {"firm": firm, "now": now, "most": most})
    return [read_entry(row) for row in found]


async def hand_over_expired(db: AsyncConnection, firm: FirmId, lease: Lease, now: datetime) -> int:
    """What an earlier holder left in flight may have arrived; count it."""
    left = await db.execute(
        update(outbox)
        .where(
            outbox.c.firm_id == firm,
            text(ENTRY_IS_OPEN),
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
        .where(
            outbox.c.firm_id == firm,
            text(ENTRY_IS_OPEN),
            outbox.c.state == EntryState.SENDING,
        )
        .values(state=EntryState.UNCONFIRMED, due_at=now)
    )


async def claim(db: AsyncConnection, entry: Entry, lease: Lease, *, now: datetime) -> bool:
    """Store key and body before the first send; from here on it may be in QuickBooks.

    False where it is no longer to be had: cancelled, or claimed by somebody else.
    """
    claimed = await db.execute(
        _CLAIM,
        {
            "entry": entry.id,
            "its_attempt": entry.attempt,
            "its_body": entry.body,
            "epoch": lease.epoch,
            "first_sent": entry.first_sent_at,
            "now": now,
        },
    )
    return claimed.rowcount == 1


async def settle(
    db: AsyncConnection, entry: Entry, lease: Lease, settlement: Settlement, facts: Facts
) -> bool:
    """False where it is no longer as we left it, or no longer ours: then nothing has changed."""
    known = {f"its_{name}": value for name, value in facts.columns().items()}
    settled = await db.execute(
        _SETTLE,
        {
            "entry": entry.id,
            "was": entry.state,
            "was_attempt": entry.attempt,
            "realm": lease.realm_id,
            "epoch": lease.epoch,
            "becomes": settlement.state,
            "doubt": settlement.unresolved,
            **known,
        },
    )
    return settled.rowcount == 1


async def refuse_waiting(
    db: AsyncConnection, record: UUID, *, operations: Iterable[Operation], at: datetime
) -> Entry | None:
    """End the record's entry that waits for something which will not come; tell which it was."""
    entry = await find_open(db, record)
    if entry is None or entry.operation not in set(operations):
        return None
    ended = await db.execute(
        update(outbox)
        .where(outbox.c.id == entry.id, outbox.c.state == EntryState.PENDING)
        .values(state=EntryState.REFUSED, settled_at=at)
    )
    return entry if ended.rowcount == 1 else None


async def hurry(db: AsyncConnection, firm: FirmId, *, now: datetime) -> None:
    """Try again now what waits for a retry; a refusal keeps the time of its last look."""
    await db.execute(
        update(outbox)
        .where(
            outbox.c.firm_id == firm,
            text(ENTRY_IS_OPEN),
            outbox.c.state.in_(DUE_STATES),
            outbox.c.due_at > now,
            outbox.c.refused_cause.is_(None),
        )
        .values(due_at=now)
    )


async def hurry_one(db: AsyncConnection, record: UUID, *, now: datetime) -> bool:
    """Try again now; False where it does not wait for that.

    A refusal keeps the time of its last look.
    """
    hurried = await db.execute(
        update(outbox)
        .where(
            outbox.c.record_id == record,
            text(ENTRY_IS_OPEN),
            outbox.c.state.in_(DUE_STATES),
            outbox.c.due_at > now,
            outbox.c.refused_cause.is_(None),
        )
        .values(due_at=now)
    )
    return hurried.rowcount == 1


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
        .values(state=state, due_at=until, waits_for=PARKED)
    )
