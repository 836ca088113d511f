"""Which digests are due, and who is at each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Update, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.installations import was_removed
from services.db.tables import digests, firms
from services.db.upserts import upsert
from services.domain.digest import Week
from services.domain.ids import FirmId
from services.domain.settings import Alerting

_TOLD = (
    select(func.max(digests.c.week_on))
    .where(digests.c.firm_id == firms.c.id, digests.c.ended_at.is_not(None))
    .scalar_subquery()
)
_WANTED = (
    select(
        firms.c.id, firms.c.time_zone, firms.c.quiet_from, firms.c.quiet_until, _TOLD.label("told")
    )
    .where(firms.c.weekly_digest, ~was_removed(firms.c.id))
    .order_by(firms.c.id)
)
_FIND = select(digests.c.attempt, digests.c.posts).where(
    digests.c.firm_id == bindparam("firm"),
    digests.c.week_on == bindparam("week"),
    digests.c.ended_at.is_(None),
    digests.c.due_at <= bindparam("now"),
)


REFUSED = ""  # In place of a message, where Slack will never take one.


class Wish(NamedTuple):
    """Of a firm that wants digests; `told` begins the last week that it was told of."""

    firm_id: FirmId
    alerting: Alerting
    told: date | None


@dataclass(frozen=True)
class Due:
    """A digest that is to be posted.

    `posts` are the messages by place; None where one may stand that nobody knows of yet.
    """

    firm_id: FirmId
    week: Week
    attempt: int = 0
    posts: Mapping[str, str | None] = field(default_factory=dict)


async def wishes(db: AsyncConnection) -> list[Wish]:
    return [
        Wish(
            FirmId(row.id),
            Alerting(
                quiet_from=row.quiet_from, quiet_until=row.quiet_until, time_zone=row.time_zone
            ),
            row.told,
        )
        for row in await db.execute(_WANTED)
    ]


async def find_due(db: AsyncConnection, firm: FirmId, week: Week, *, now: datetime) -> Due | None:
    """None while somebody is at it, while it is put off, and once it has ended."""
    facts = {"firm_id": firm, "week_on": week.begins_on, "due_at": now, "attempt": 0, "posts": {}}
    await db.execute(upsert(db, digests).values(facts).on_conflict_do_nothing())
    asked = {"firm": firm, "week": week.begins_on, "now": now}
    row = (await db.execute(_FIND, asked)).one_or_none()
    return Due(firm, week, row.attempt, row.posts) if row else None


async def claim(db: AsyncConnection, due: Due, place: str, *, until: datetime) -> Due | None:
    """Note that it is about to be posted there; None where somebody else has been quicker."""
    claimed = replace(due, attempt=due.attempt + 1, posts={**due.posts, place: None})
    facts = {"attempt": claimed.attempt, "posts": dict(claimed.posts), "due_at": until}
    changed = await db.execute(_ours(due).values(facts))
    return claimed if changed.rowcount == 1 else None


async def note_post(db: AsyncConnection, due: Due, place: str, message_ts: str) -> Due:
    """Whoever took over meanwhile looks for the message, and finds it."""
    posts = {**due.posts, place: message_ts}
    await db.execute(_ours(due).values(posts=posts))
    return replace(due, posts=posts)


async def put_off(db: AsyncConnection, due: Due, *, until: datetime) -> None:
    await db.execute(_ours(due).values(due_at=until))


async def end(db: AsyncConnection, due: Due, *, at: datetime) -> None:
    await db.execute(_ours(due).values(ended_at=at))


def _ours(due: Due) -> Update:
    """As long as nobody else has claimed it since."""
    return update(digests).where(
        digests.c.firm_id == due.firm_id,
        digests.c.week_on == due.week.begins_on,
        digests.c.attempt == due.attempt,
        digests.c.ended_at.is_(None),
    )
