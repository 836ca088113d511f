"""The one message per payment: where it is, and which version of the payment it shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import NOTICE_IS_BEHIND, payments, refunds
from services.domain.ids import FirmId, PaymentId, RefundId, UserId

_BEHIND = (
    select(payments)
    .where(text(NOTICE_IS_BEHIND), payments.c.notice_due_at <= bindparam("now"))
    .order_by(payments.c.notice_due_at.desc())
    .limit(bindparam("most"))
)
_CHANGE = update(payments).where(payments.c.id == bindparam("payment"))


@dataclass(frozen=True)
class Notice:
    """`channel` and `message_ts` are None until it was posted.

    `generation` numbers what was asked for last, to be in QuickBooks or out of it.
    """

    payment_id: PaymentId
    firm_id: FirmId
    recorded_by: UserId
    version: int
    channel: str | None
    message_ts: str | None
    attempt: int
    generation: int


async def behind(db: AsyncConnection, *, now: datetime, limit: int) -> list[Notice]:
    """Messages that do not show what is true now, the latest change first."""
    return [
        Notice(
            PaymentId(row.id),
            FirmId(row.firm_id),
            UserId(row.created_by),
            row.version,
            row.notice_channel,
            row.notice_ts,
            row.notice_attempt,
            row.generation,
        )
        for row in await db.execute(_BEHIND, {"now": now, "most": limit})
    ]


async def shown(
    db: AsyncConnection, notice: Notice, *, channel: str, message_ts: str, next_at: datetime
) -> None:
    """Remember what the message shows; it is not edited again before `next_at`."""
    await db.execute(
        _CHANGE,
        {
            "payment": notice.payment_id,
            "notice_channel": channel,
            "notice_ts": message_ts,
            "notice_version": notice.version,
            "notice_due_at": next_at,
            "notice_attempt": 0,
        },
    )


async def put_off(db: AsyncConnection, notice: Notice, *, until: datetime) -> None:
    await db.execute(
        _CHANGE,
        {
            "payment": notice.payment_id,
            "notice_due_at": until,
            "notice_attempt": notice.attempt + 1,
        },
    )


async def forget(db: AsyncConnection, notice: Notice, *, now: datetime) -> None:
    """The message is gone: the next one is a new one."""
    gone = {"notice_channel": None, "notice_ts": None, "notice_attempt": 0, "notice_due_at": now}
    await db.execute(_CHANGE, {"payment": notice.payment_id, **gone})


async def give_up(db: AsyncConnection, notice: Notice) -> None:
    """The message can no longer be shown; ask again only after the next change."""
    await db.execute(_CHANGE, {"payment": notice.payment_id, "notice_version": notice.version})


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


async def hurry_all(db: AsyncConnection, *, now: datetime) -> None:
    """At the start of the only process: whoever was posting what is put off is gone."""
    await db.execute(
        update(payments)
        .where(text(NOTICE_IS_BEHIND), payments.c.notice_due_at > now)
        .values(notice_due_at=now)
    )
