"""The messages that tell of an alert: which were posted where, and what they show."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import alert_posts
from services.db.upserts import upsert
from services.domain.ids import AlertId

MESSAGE = "message"  # All others are replies in its thread.


@dataclass(frozen=True)
class Post:
    """`channel` and `ts` are None until it was posted; `shown` is a digest of what it says.

    `lost`: Slack no longer takes edits of it.
    """

    alert: AlertId
    place: str
    what: str
    attempt: int
    due_at: datetime
    posted_at: datetime | None
    channel: str | None
    ts: str | None
    shown: str | None
    lost: bool


async def all_of(db: AsyncConnection, alert: AlertId) -> list[Post]:
    query = select(alert_posts).where(alert_posts.c.alert_id == alert)
    return [
        Post(AlertId(row.alert_id), *row[1:])
        for row in await db.execute(query.order_by(alert_posts.c.place, alert_posts.c.what))
    ]


async def claim(
    db: AsyncConnection, alert: AlertId, place: str, what: str, *, now: datetime, until: datetime
) -> int | None:
    """Which attempt to post it this is; None while somebody is at it, and once it is posted."""
    first = upsert(db, alert_posts).values(
        alert_id=alert, place=place, what=what, attempt=1, due_at=until
    )
    claimed = await db.execute(
        first.on_conflict_do_update(
            index_elements=["alert_id", "place", "what"],
            set_={"attempt": alert_posts.c.attempt + 1, "due_at": until},
            where=and_(alert_posts.c.ts.is_(None), alert_posts.c.due_at <= now),
        ).returning(alert_posts.c.attempt)
    )
    attempt: int | None = claimed.scalar_one_or_none()
    return attempt


async def change(
    db: AsyncConnection, alert: AlertId, place: str, what: str, **values: object
) -> None:
    """Store facts of a post by their columns."""
    query = update(alert_posts).where(
        alert_posts.c.alert_id == alert, alert_posts.c.place == place, alert_posts.c.what == what
    )
    await db.execute(query.values(**values))


async def release(
    db: AsyncConnection, alert: AlertId, place: str, what: str, *, due_at: datetime, refused: bool
) -> None:
    """What was refused was no attempt."""
    attempt = alert_posts.c.attempt - int(refused)
    await change(db, alert, place, what, due_at=due_at, attempt=attempt)
