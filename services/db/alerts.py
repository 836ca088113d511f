"""Alerts, what they are about, and what became of them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.batches import IDS_AT_ONCE, cut
from services.db.tables import (
    ALERT_IS_OPEN,
    ALERT_IS_SHOWN,
    RECORD_IS_UNSOLVED,
    alert_events,
    alert_records,
    alerts,
    audit,
)
from services.db.upserts import upsert
from services.domain.alerts import Act, Alert, Event, Member, Topic, TopicKind
from services.domain.ids import NOBODY_IN_SLACK, AlertId, FirmId, UserId
from services.domain.sync import RecordKind

MOST_SOLVERS = 3  # Who are named.


async def find(db: AsyncConnection, firm: FirmId, alert: AlertId) -> Alert | None:
    query = select(alerts).where(alerts.c.firm_id == firm, alerts.c.id == alert)
    row = (await db.execute(query)).one_or_none()
    return _alert(row) if row else None


async def find_open(db: AsyncConnection, firm: FirmId) -> list[Alert]:
    """The oldest first."""
    return await _all(db, firm, ALERT_IS_OPEN)


async def find_shown(db: AsyncConnection, firm: FirmId) -> list[Alert]:
    """Those that are open, and those of which not everybody reads yet that they are not."""
    return await _all(db, firm, ALERT_IS_SHOWN)


async def _all(db: AsyncConnection, firm: FirmId, condition: str) -> list[Alert]:
    query = select(alerts).where(alerts.c.firm_id == firm, text(condition))
    rows = await db.execute(query.order_by(alerts.c.opened_at, alerts.c.id))
    return [_alert(row) for row in rows]


async def find_last(
    db: AsyncConnection, firm: FirmId, topic: Topic, *, resolved_after: datetime
) -> Alert | None:
    """The latest one of that topic, if it was resolved since."""
    query = (
        select(alerts)
        .where(
            alerts.c.firm_id == firm,
            alerts.c.kind == topic.kind,
            alerts.c.about == topic.about,
            alerts.c.resolved_at > resolved_after,
        )
        .order_by(alerts.c.resolved_at.desc())
        .limit(1)
    )
    row = (await db.execute(query)).one_or_none()
    return _alert(row) if row else None


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        id=AlertId(row.id),
        firm_id=FirmId(row.firm_id),
        topic=Topic(TopicKind(row.kind), row.about),
        opened_at=row.opened_at,
        speak_at=row.speak_at,
        resolved_at=row.resolved_at,
        claimed_by=UserId(row.claimed_by) if row.claimed_by else None,
        snoozed_until=row.snoozed_until,
        snoozed_by=UserId(row.snoozed_by) if row.snoozed_by else None,
    )


async def open_one(
    db: AsyncConnection, firm: FirmId, topic: Topic, *, now: datetime, speak_at: datetime
) -> Alert:
    alert = Alert(AlertId(uuid4()), firm, topic, opened_at=now, speak_at=speak_at)
    await db.execute(
        insert(alerts),
        {
            "id": alert.id,
            "firm_id": firm,
            "kind": topic.kind,
            "about": topic.about,
            "opened_at": now,
            "speak_at": speak_at,
        },
    )
    return alert


async def change(db: AsyncConnection, alert: AlertId, **values: object) -> None:
    """Store facts of an alert by their columns."""
    await db.execute(update(alerts).where(alerts.c.id == alert).values(**values))


async def close(db: AsyncConnection, alert: AlertId) -> None:
    """Nothing more of it is to be shown, unless it was opened again meanwhile."""
    resolved = alerts.c.resolved_at.is_not(None)
    await db.execute(update(alerts).where(alerts.c.id == alert, resolved).values(done=True))


async def unsolved(db: AsyncConnection, alert: AlertId) -> frozenset[Member]:
    query = select(alert_records.c.record_kind, alert_records.c.record_id).where(
        alert_records.c.alert_id == alert, text(RECORD_IS_UNSOLVED)
    )
    return frozenset(
        Member(RecordKind(row.record_kind), row.record_id) for row in await db.execute(query)
    )


async def add(db: AsyncConnection, alert: AlertId, members: Collection[Member]) -> None:
    """Also those that had been solved before."""
    for each in members:
        facts = {"record_kind": each.kind, "solved_at": None}
        await db.execute(
            upsert(db, alert_records)
            .values(alert_id=alert, record_id=each.id, **facts)
            .on_conflict_do_update(index_elements=["alert_id", "record_id"], set_=facts)
        )


async def solve(
    db: AsyncConnection, alert: AlertId, members: Collection[Member], *, at: datetime
) -> None:
    for some in cut(each.id for each in members):
        await db.execute(
            update(alert_records)
            .where(alert_records.c.alert_id == alert, alert_records.c.record_id.in_(some))
            .values(solved_at=at)
        )


async def count_solved(db: AsyncConnection, alert: AlertId) -> int:
    query = select(func.count()).select_from(alert_records)
    found = await db.execute(
        query.where(alert_records.c.alert_id == alert, alert_records.c.solved_at.is_not(None))
    )
    return int(found.scalar_one())


async def solvers(db: AsyncConnection, alert: Alert) -> tuple[UserId, ...]:
    """Who was the last to do something about each of its records, whoever did most first.

    Whoever recorded or asked for one before it failed, did not solve it.
    """
    own = select(alert_records.c.record_id).where(alert_records.c.alert_id == alert.id)
    records = [str(row.record_id) for row in await db.execute(own.limit(IDS_AT_ONCE))]
    last_acts = (
        select(func.max(audit.c.sequence))
        .where(
            audit.c.firm_id == alert.firm_id,
            audit.c.record_id.in_(records),
            audit.c.at >= alert.opened_at,
            audit.c.actor.not_in(NOBODY_IN_SLACK),
        )
        .group_by(audit.c.record_id)
    )
    times = func.count().label("times")
    query = (
        select(audit.c.actor, times)
        .where(audit.c.firm_id == alert.firm_id, audit.c.sequence.in_(last_acts))
        .group_by(audit.c.actor)
        .order_by(times.desc(), audit.c.actor)
        .limit(MOST_SOLVERS)
    )
    return tuple(UserId(row.actor) for row in await db.execute(query))


async def note(
    db: AsyncConnection,
    alert: AlertId,
    act: Act,
    *,
    at: datetime,
    by: Iterable[UserId] = (),
    **facts: object,
) -> None:
    """Write into its history; `facts` are the `count`, `until` and `words` of an `Event`."""
    await db.execute(
        insert(alert_events),
        {"alert_id": alert, "act": act, "at": at, "by": list(by), **facts},
    )


async def history(db: AsyncConnection, alert: AlertId) -> list[Event]:
    query = select(alert_events).where(alert_events.c.alert_id == alert)
    return [
        Event(
            id=row.id,
            act=Act(row.act),
            at=row.at,
            by=tuple(map(UserId, row.by)),
            count=row.count,
            until=row.until,
            words=row.words,
        )
        for row in (await db.execute(query.order_by(alert_events.c.id))).mappings()
    ]
