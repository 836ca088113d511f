"""What became of payments that were recorded in a time, as it stands now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import total
from services.db.tables import audit, outbox, payments
from services.domain.digest import Group, Held, Push
from services.domain.ids import FirmId
from services.domain.money import Money
from services.domain.sync import EntryState, Operation, Status, wire_key

_AT_ONCE = 500  # Keys in one statement.
_RECORDED = (
    payments.c.firm_id == bindparam("firm"),
    payments.c.created_at >= bindparam("since"),
    payments.c.created_at < bindparam("until"),
)
_ALIKE = (
    payments.c.status,
    payments.c.voided,
    payments.c.qbo_id.is_not(None).label("there"),
    payments.c.deposit_account_id,
    payments.c.currency,
)
_GROUPS = (
    select(*_ALIKE, func.count().label("number"), total(payments.c.amount_minor).label("minor"))
    .where(*_RECORDED)
    .group_by(*_ALIKE)
)
_PUSHED = select(payments.c.id, payments.c.number, payments.c.generation).where(
    *_RECORDED, payments.c.generation > 0
)
_ENTRIES = select(
    outbox.c.record_id, outbox.c.state, outbox.c.created_at, outbox.c.settled_at
).where(outbox.c.request_id.in_(bindparam("keys", expanding=True)))
_HELD = (
    select(
        payments.c.number,
        payments.c.qbo_id,
        payments.c.received_on,
        payments.c.amount_minor,
        payments.c.currency,
    )
    .where(
        payments.c.firm_id == bindparam("firm"),
        payments.c.received_on >= bindparam("since"),
        payments.c.received_on < bindparam("until"),
        payments.c.deposit_account_id == bindparam("account"),
        payments.c.qbo_id.is_not(None),
        ~payments.c.voided,
    )
    .order_by(payments.c.received_on, payments.c.number)
)
_CHANGES = (
    select(audit.c.sequence)
    .where(audit.c.firm_id == bindparam("firm"), audit.c.record_kind != "installation")
    .limit(1)
)
_CHANGED_BEFORE = _CHANGES.where(audit.c.at < bindparam("until"))
_CHANGED_WITHIN = _CHANGED_BEFORE.where(audit.c.at >= bindparam("since"))


async def groups(
    db: AsyncConnection, firm: FirmId, *, since: datetime, until: datetime
) -> tuple[Group, ...]:
    """Payments recorded then, by how they stand now."""
    rows = await db.execute(_GROUPS, {"firm": firm, "since": since, "until": until})
    return tuple(
        Group(
            status=Status(row.status),
            count=row.number,
            amount=Money(row.minor, row.currency),
            voided=row.voided,
            in_quickbooks=bool(row.there),
            account_id=row.deposit_account_id,
        )
        for row in rows
    )


async def pushes(
    db: AsyncConnection, firm: FirmId, *, since: datetime, until: datetime
) -> list[Push]:
    """Of the payments recorded then, those that got to QuickBooks, whatever became of them."""
    rows = (await db.execute(_PUSHED, {"firm": firm, "since": since, "until": until})).all()
    entries = defaultdict(list)
    for keys in _creations(rows):
        for entry in await db.execute(_ENTRIES, {"keys": keys}):
            entries[entry.record_id].append(entry)
    found = (_push(row.number, entries[row.id]) for row in rows)
    return [each for each in found if each is not None]


def _creations(rows: Iterable[Any]) -> Iterator[list[str]]:
    """Keys under which a payment may have been sent: the outbox is long, and sorted by them."""
    keys = [
        wire_key(row.id, Operation.CREATE, generation).request_id
        for row in rows
        for generation in range(1, row.generation + 1)
    ]
    return (keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE))


def _push(number: int, entries: Sequence[Any]) -> Push | None:
    there = [each.settled_at for each in entries if each.state == EntryState.DONE]
    asked = [each.created_at for each in entries if each.state != EntryState.CANCELLED]
    return Push(number, min(asked), min(there)) if there else None


async def held(
    db: AsyncConnection, firm: FirmId, account: str, *, since: date, until: date
) -> list[Held]:
    """Payments received then that QuickBooks put into this account, the oldest first."""
    asked = {"firm": firm, "account": account, "since": since, "until": until}
    return [
        Held(row.number, row.qbo_id, row.received_on, Money(row.amount_minor, row.currency))
        for row in await db.execute(_HELD, asked)
    ]


async def has_changed(
    db: AsyncConnection, firm: FirmId, *, until: datetime, since: datetime | None = None
) -> bool:
    """Whether anything at all was recorded, changed or settled then."""
    if since is None:
        found = await db.execute(_CHANGED_BEFORE, {"firm": firm, "until": until})
    else:
        found = await db.execute(_CHANGED_WITHIN, {"firm": firm, "since": since, "until": until})
    return found.first() is not None
