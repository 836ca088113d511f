"""The one message per payment: where it is, and which version of the payment it shows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import notices, payments
from services.domain.ids import FirmId, PaymentId, UserId


@dataclass(frozen=True)
class Notice:
    """`channel` and `message_ts` are None until it was posted."""

    payment_id: PaymentId
    firm_id: FirmId
    recorded_by: UserId
    version: int
    channel: str | None
    message_ts: str | None
    attempt: int


async def promise(db: AsyncConnection, payment: PaymentId, *, at: datetime) -> None:
    """From now on the payment has a message."""
    await db.execute(insert(notices).values(payment_id=payment, due_at=at))


async def behind(db: AsyncConnection, *, now: datetime, limit: int) -> list[Notice]:
    """Messages that do not show what is true now, the latest change first."""
    query = (
        select(notices, payments.c.firm_id, payments.c.created_by, payments.c.version)
        .join(payments, payments.c.id == notices.c.payment_id)
        .where(notices.c.shown_version < payments.c.version, notices.c.due_at <= now)
        .order_by(notices.c.due_at.desc())
        .limit(limit)
    )
    return [
        Notice(
            PaymentId(row.payment_id),
            FirmId(row.firm_id),
            UserId(row.created_by),
            row.version,
            row.channel,
            row.message_ts,
            row.attempt,
        )
        for row in await db.execute(query)
    ]


async def shown(
    db: AsyncConnection, notice: Notice, *, channel: str, message_ts: str, next_at: datetime
) -> None:
    """Remember what the message shows; it is not edited again before `next_at`."""
    await db.execute(
        update(notices)
        .where(notices.c.payment_id == notice.payment_id)
        .values(
            channel=channel,
            message_ts=message_ts,
            shown_version=notice.version,
            due_at=next_at,
            attempt=0,
        )
    )


async def put_off(db: AsyncConnection, notice: Notice, *, until: datetime) -> None:
    await db.execute(
        update(notices)
        .where(notices.c.payment_id == notice.payment_id)
        .values(due_at=until, attempt=notice.attempt + 1)
    )


async def give_up(db: AsyncConnection, notice: Notice) -> None:
    """The message can no longer be shown; ask again only after the next change."""
    await db.execute(
        update(notices)
        .where(notices.c.payment_id == notice.payment_id)
        .values(shown_version=notice.version)
    )
