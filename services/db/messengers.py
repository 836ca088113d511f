"""Which process carries the messages of which firm to Slack."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, literal, select, true, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import Instant
from services.db.notices import column, is_behind
from services.db.tables import messengers, payments
from services.db.upserts import upsert
from services.domain.ids import FirmId
from services.domain.postings import Surface


async def take(db: AsyncConnection, holder: str, *, now: datetime, until: datetime) -> None:
    """All firms of which something is due to be shown, but for those that somebody carries.

    In the order of their ids, as everybody takes them: nobody waits for who waits for him.
    """
    due = union(
        *(
            select(payments.c.firm_id).where(is_behind(each), column(each, "due_at") <= now)
            for each in Surface
        )
    ).subquery()
    facts = (due.c.firm_id, literal(holder), literal(until, Instant))
    taken = upsert(db, messengers).from_select(
        ["firm_id", "holder", "expires_at"], select(*facts).where(true()).order_by(due.c.firm_id)
    )
    await db.execute(taken.on_conflict_do_nothing())


async def bury(db: AsyncConnection, *, now: datetime) -> list[FirmId]:
    """Whose messengers stopped without a word; whoever asks at the same time gets others."""
    dead = select(messengers.c.firm_id).where(messengers.c.expires_at <= now)
    gone = await db.execute(
        delete(messengers)
        .where(messengers.c.firm_id.in_(dead.with_for_update(skip_locked=True)))
        .returning(messengers.c.firm_id)
    )
    return [FirmId(row.firm_id) for row in gone]


async def keep(db: AsyncConnection, holder: str, *, now: datetime, until: datetime) -> None:
    own = (messengers.c.holder == holder, messengers.c.expires_at > now)
    await db.execute(update(messengers).where(*own).values(expires_at=until))


async def leave(db: AsyncConnection, holder: str, *, but: Collection[FirmId]) -> None:
    """To whoever comes next."""
    await db.execute(
        delete(messengers).where(
            messengers.c.holder == holder, messengers.c.firm_id.not_in(list(but))
        )
    )
