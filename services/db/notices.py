"""A payment's messages: where they are, and which version of the payment they show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, TextClause, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import Instant
from services.db.installations import was_removed
from services.db.tables import NOTICE_IS_BEHIND, POSTING_IS_BEHIND, messengers, payments, refunds
from services.domain.ids import FirmId, PaymentId, RefundId, UserId
from services.domain.postings import Barrier, Surface

_PREFIX = {Surface.DIRECT: "notice", Surface.CHANNEL: "posting"}
_IS_BEHIND = {Surface.DIRECT: NOTICE_IS_BEHIND, Surface.CHANNEL: POSTING_IS_BEHIND}


def is_behind(surface: Surface) -> TextClause:
    """Whether what stands there shows less than is true now, as its partial index has it."""
    return text(_IS_BEHIND[surface])


def column_of(surface: Surface, name: str) -> str:
    """What a payment's row calls the `channel`, `ts`, `version`… of what stands there."""
    return f"{_PREFIX[surface]}_{name}"


def column(surface: Surface, name: str) -> ColumnElement[Any]:
    return payments.c[column_of(surface, name)]


_CARRIED = select(messengers.c.firm_id).where(
    messengers.c.holder == bindparam("holder"),
    messengers.c.expires_at > bindparam("now", type_=Instant),
)
# Asked for with `holder` and `now`.
IS_CARRIED = payments.c.firm_id.in_(_CARRIED)


_BEHIND = {
    surface: select(payments)
    .where(
        is_behind(surface),
        column(surface, "due_at") <= bindparam("now"),
        ~was_removed(payments.c.firm_id),
    )
    .order_by(column(surface, "due_at").desc())
    .limit(bindparam("most"))
    for surface in Surface
}
_BEHIND_OF_OURS = {surface: query.where(IS_CARRIED) for surface, query in _BEHIND.items()}
_CHANGE = update(payments).where(payments.c.id == bindparam("payment"))


@dataclass(frozen=True)
class Notice:
    """`place` is who hears of it or the channel that it is posted in.

    `channel` and `message_ts` are None until it was posted.
    `generation` numbers what was asked for last, to be in QuickBooks or out of it.
    """

    payment_id: PaymentId
    firm_id: FirmId
    recorded_by: UserId
    surface: Surface
    place: str
    version: int
    channel: str | None
    message_ts: str | None
    attempt: int
    generation: int


async def behind(
    db: AsyncConnection,
    *,
    now: datetime,
    limit: int,
    surface: Surface = Surface.DIRECT,
    holder: str | None = None,
) -> list[Notice]:
    """Messages that do not show what is true now, the latest change first.

    `holder`: only of firms whose messages it carries.
    """
    query = _BEHIND[surface] if holder is None else _BEHIND_OF_OURS[surface]
    rows = await db.execute(query, {"now": now, "most": limit, "holder": holder})
    return [_notice(row, surface) for row in rows.mappings()]


def _notice(row: RowMapping, surface: Surface) -> Notice:
    channel, message_ts = (row[column_of(surface, name)] for name in ("channel", "ts"))
    return Notice(
        payment_id=PaymentId(row["id"]),
        firm_id=FirmId(row["firm_id"]),
        recorded_by=UserId(row["created_by"]),
        surface=surface,
        place=channel if surface is Surface.CHANNEL else row["created_by"],
        version=row["version"],
        channel=channel if message_ts else None,
        message_ts=message_ts,
        attempt=row[column_of(surface, "attempt")],
        generation=row["generation"],
    )


async def shown(
    db: AsyncConnection, notice: Notice, *, channel: str, message_ts: str, next_at: datetime
) -> None:
    """Remember what the message shows; it is not edited again before `next_at`."""
    facts = {"ts": message_ts, "version": notice.version, "due_at": next_at, "attempt": 0}
    await _store(db, notice, channel=channel, **facts)


async def claim(db: AsyncConnection, notice: Notice, *, until: datetime) -> bool:
    """Note the attempt to post it; False where somebody else has been quicker."""
    surface = notice.surface
    claimed = await db.execute(
        update(payments)
        .where(
            payments.c.id == notice.payment_id,
            column(surface, "ts").is_(None),
            column(surface, "attempt") == notice.attempt,
        )
        .values(
            {column_of(surface, "attempt"): notice.attempt + 1, column_of(surface, "due_at"): until}
        )
    )
    return claimed.rowcount == 1


async def put_off(db: AsyncConnection, notice: Notice, *, until: datetime) -> None:
    await _store(db, notice, due_at=until, attempt=notice.attempt + 1)


async def wait(db: AsyncConnection, notice: Notice, *, until: datetime) -> None:
    """Until then; what was attempted before counts as it did."""
    await _store(db, notice, due_at=until, attempt=notice.attempt)


async def forget(db: AsyncConnection, notice: Notice, *, now: datetime) -> None:
    """The message is gone: the next one is a new one."""
    await _store(db, notice, channel=None, ts=None, attempt=0, due_at=now)


async def give_up(db: AsyncConnection, notice: Notice) -> None:
    """The message can no longer be shown; ask again only after the next change."""
    await _store(db, notice, version=notice.version)


async def _store(db: AsyncConnection, notice: Notice, **facts: object) -> None:
    """A posting's channel was chosen, and is never Slack's to name."""
    if notice.surface is Surface.CHANNEL:
        facts.pop("channel", None)
    values = {column_of(notice.surface, name): value for name, value in facts.items()}
    await db.execute(_CHANGE, {"payment": notice.payment_id, **values})


async def bar(db: AsyncConnection, notice: Notice, barrier: Barrier) -> None:
    """Nothing more of it is posted in the channel; whoever recorded it sees why."""
    await db.execute(
        update(payments)
        .where(payments.c.id == notice.payment_id)
        .values(posting_barrier=barrier, posting_due_at=None, version=payments.c.version + 1)
    )


async def claim_telling(db: AsyncConnection, notice: Notice) -> bool:
    """Whether what became of this intention is still to be told; it is told once."""
    claimed = await db.execute(
        update(payments)
        .where(
            payments.c.id == notice.payment_id,
            payments.c.told_generation < notice.generation,
        )
        .values(told_generation=notice.generation)
    )
    return claimed.rowcount == 1


async def release_telling(db: AsyncConnection, notice: Notice) -> None:
    """It was not told after all."""
    await db.execute(
        _CHANGE, {"payment": notice.payment_id, "told_generation": notice.generation - 1}
    )


async def claim_telling_of(db: AsyncConnection, refund: RefundId) -> bool:
    """Whether what became of the refund is still to be told; it is told once."""
    claimed = await db.execute(
        update(refunds)
        .where(refunds.c.id == refund, refunds.c.told_generation < refunds.c.generation)
        .values(told_generation=refunds.c.generation)
    )
    return claimed.rowcount == 1


async def release_telling_of(db: AsyncConnection, refund: RefundId) -> None:
    """It was not told after all."""
    await db.execute(
        update(refunds)
        .where(refunds.c.id == refund)
        .values(told_generation=refunds.c.generation - 1)
    )


async def hurry_of(db: AsyncConnection, firm: FirmId, *, now: datetime) -> None:
    """Slack takes the firm's messages again."""
    for surface in Surface:
        due_at = column(surface, "due_at")
        query = update(payments).where(is_behind(surface), payments.c.firm_id == firm, due_at > now)
        await db.execute(query.values({column_of(surface, "due_at"): now}))


async def hurry_all(db: AsyncConnection, *, now: datetime) -> None:
    """At the start of the only process: whoever was posting what is put off is gone."""
    for surface in Surface:
        query = update(payments).where(is_behind(surface), column(surface, "due_at") > now)
        await db.execute(query.values({column_of(surface, "due_at"): now}))
