"""Conversations in which more messages are behind than Slack takes edits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.batches import cut
from services.db.installations import was_removed
from services.db.notices import IS_CARRIED, column, column_of, is_behind
from services.db.tables import payments, refunds
from services.domain.causes import Cause
from services.domain.floods import Tally
from services.domain.ids import FirmId, PaymentId, UserId
from services.domain.postings import Barrier, Surface
from services.domain.sync import Status

_CHANGE = update(payments).where(payments.c.id == bindparam("payment"))
_CLAIM = (
    update(payments)
    .where(
        payments.c.id.in_(bindparam("some", expanding=True)),
        payments.c.told_generation < payments.c.generation,
        payments.c.status.in_((Status.FAILED, Status.SKIPPED)),
        payments.c.cause != Cause.DISMISSED,
    )
    .values(told_generation=payments.c.generation)
    .returning(payments.c.id, payments.c.created_by, payments.c.number)
)


@dataclass(frozen=True)
class Conversation:
    firm_id: FirmId
    surface: Surface
    channel: str


async def crowded(
    db: AsyncConnection,
    surface: Surface,
    *,
    more_than: int,
    now: datetime,
    holder: str | None = None,
) -> list[Conversation]:
    """Where more messages than that do not show what is true now.

    `holder`: only of firms whose messages it carries.
    """
    channel = column(surface, "channel")
    query = (
        _could_be_left(select(payments.c.firm_id, channel.label("channel")), surface)
        .where(~was_removed(payments.c.firm_id))
        .group_by(payments.c.firm_id, channel)
        .having(func.count() > more_than)
    )
    if holder is not None:
        query = query.where(IS_CARRIED)
    rows = await db.execute(query, {"now": now, "holder": holder})
    return [Conversation(FirmId(row.firm_id), surface, row.channel) for row in rows]


async def beyond(
    db: AsyncConnection, conversation: Conversation, *, newest: int, most: int
) -> list[PaymentId]:
    """Payments whose messages are behind there, but for the newest."""
    query = (
        _could_be_left(select(payments.c.id), conversation.surface)
        .where(*_there(conversation))
        .order_by(payments.c.number.desc())
        .offset(newest)
        .limit(most)
    )
    return [PaymentId(row.id) for row in await db.execute(query)]


def _there(conversation: Conversation) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    channel = column(conversation.surface, "channel")
    return payments.c.firm_id == conversation.firm_id, channel == conversation.channel


def _could_be_left(query: Select[Any], surface: Surface) -> Select[Any]:
    """Posted, and with nothing beside it to tell: a payment's message tells of its refunds too."""
    has_refunds = exists().where(refunds.c.payment_id == payments.c.id)
    posted = column(surface, "ts").is_not(None)
    return query.where(
        is_behind(surface), posted, ~has_refunds
    ).with_hint(  # SQLite cannot know that few are behind.
        payments, f"INDEXED BY ix_payments_{column_of(surface, 'behind')}", "sqlite"
    )


async def leave(
    db: AsyncConnection, surface: Surface, left: Sequence[PaymentId], *, until: datetime
) -> None:
    """Their messages are not edited before."""
    due_at = column_of(surface, "due_at")
    await _change(db, [{"payment": each, due_at: until} for each in left])


async def rest(db: AsyncConnection, conversation: Conversation, *, until: datetime) -> None:
    """What is still on its way there is not edited before."""
    surface = conversation.surface
    on_its_way = payments.c.status == Status.SYNCING
    query = update(payments).where(is_behind(surface), *_there(conversation), on_its_way)
    await db.execute(query.values({column_of(surface, "due_at"): until}))


async def told(
    db: AsyncConnection, surface: Surface, versions: Mapping[PaymentId, int], *, next_at: datetime
) -> None:
    """A summary has told of them as they were then: each is edited with its next change."""
    known = {column_of(surface, "due_at"): next_at, column_of(surface, "attempt"): 0}
    own = column_of(surface, "version")
    await _change(db, [{"payment": each, own: versions[each], **known} for each in versions])


async def bar(db: AsyncConnection, left: Sequence[PaymentId], barrier: Barrier) -> None:
    """As for one payment; whoever recorded it sees why with its next change."""
    known = {"posting_barrier": barrier, "posting_due_at": None}
    await _change(db, [{"payment": each, **known} for each in left])


async def _change(db: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    if rows:
        await db.execute(_CHANGE, rows)


async def look(
    db: AsyncConnection, wanted: Iterable[PaymentId]
) -> tuple[Tally, dict[PaymentId, int]]:
    """How they stand at this moment, and the version of each that says so."""
    columns = (payments.c.id, payments.c.number, payments.c.status, payments.c.version)
    rows: list[Any] = []
    for some in cut(wanted):
        rows.extend(await db.execute(select(*columns).where(payments.c.id.in_(some))))
    tally = Tally.of((row.number, Status(row.status)) for row in rows)
    return tally, {PaymentId(row.id): row.version for row in rows}


async def claim_tellings(
    db: AsyncConnection, wanted: Iterable[PaymentId]
) -> list[tuple[PaymentId, UserId, int]]:
    """Those that need a person and were not told of beside their message: they are told once."""
    rows: list[Any] = []
    for some in cut(wanted):
        rows.extend(await db.execute(_CLAIM, {"some": some}))
    return [(PaymentId(row.id), UserId(row.created_by), row.number) for row in rows]


async def release_tellings(db: AsyncConnection, claimed: Iterable[PaymentId]) -> None:
    """They were not told of after all."""
    for some in cut(claimed):
        await db.execute(
            update(payments)
            .where(payments.c.id.in_(some))
            .values(told_generation=payments.c.generation - 1)
        )
