"""What is wrong at this moment, by the topics that people are alerted to."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import NEEDS_A_PERSON
from services.db.installations import removed_firms
from services.db.ledger.records import TABLES
from services.db.outbox import PARKED as SOMETHING_OF_OURS
from services.db.tables import ALERT_IS_SHOWN, ENTRY_IS_OPEN, alerts, connections, outbox
from services.domain.alerts import (
    ACCESS,
    ACCESS_ENDS_WITHIN,
    CONNECTION,
    PARKED,
    UNCONFIRMED,
    Member,
    Topic,
    Wrong,
    topic_of,
)
from services.domain.connection import DISCONNECTED, ConnectionState
from services.domain.ids import FirmId
from services.domain.sync import KEY_MEMORY, RecordKind


async def firms(db: AsyncConnection, *, now: datetime) -> list[FirmId]:
    """Those in which something is wrong, or of which a message does not say yet how it ended.

    Where Slack lets us in no more, nobody can be told.
    """
    queries: list[Select[Any]] = [
        *(_turned_away(select(TABLES[kind].c.firm_id), kind) for kind in RecordKind),
        select(outbox.c.firm_id).where(text(ENTRY_IS_OPEN), or_(_is_parked(), _is_in_doubt(now))),
        select(connections.c.firm_id).where(or_(_is_lost(), _ends_soon(now))),
        select(alerts.c.firm_id).where(text(ALERT_IS_SHOWN)),
    ]
    found = [await db.execute(query.distinct()) for query in queries]
    troubled = {FirmId(row.firm_id) for rows in found for row in rows}
    return sorted(troubled - await removed_firms(db))


async def find(
    db: AsyncConnection, firm: FirmId, *, now: datetime, known: Collection[Topic]
) -> Wrong:
    """What is wrong, and with which records; `known` are the topics that are open already."""
    wrong: dict[Topic, set[Member]] = defaultdict(set)
    for kind in RecordKind:
        for topic, member in await _failures(db, firm, kind):
            wrong[topic].add(member)
    for topic, condition in ((PARKED, _is_parked()), (UNCONFIRMED, _is_in_doubt(now))):
        for member in await _entries(db, firm, condition):
            wrong[topic].add(member)
    for topic in await _of_the_connection(db, firm, now=now, known=known):
        wrong[topic] = set()
    return {topic: frozenset(members) for topic, members in wrong.items()}


async def _failures(
    db: AsyncConnection, firm: FirmId, kind: RecordKind
) -> list[tuple[Topic, Member]]:
    table = TABLES[kind]
    columns = (table.c.id, table.c.blame, table.c.note_blame)
    query = _turned_away(select(*columns).where(table.c.firm_id == firm), kind)
    return [
        (topic_of(row.blame or row.note_blame), Member(kind, row.id))
        for row in await db.execute(query)
    ]


def _turned_away(query: Select[Any], kind: RecordKind) -> Select[Any]:
    table = TABLES[kind]
    query = query.where(text(NEEDS_A_PERSON)).with_hint(
        table, f"INDEXED BY ix_{table.name}_need_a_person", "sqlite"
    )
    return query if kind is RecordKind.CLIENT else query.where(~table.c.voided)


async def _entries(
    db: AsyncConnection, firm: FirmId, condition: ColumnElement[bool]
) -> list[Member]:
    query = select(outbox.c.record_kind, outbox.c.record_id).where(
        outbox.c.firm_id == firm, text(ENTRY_IS_OPEN), condition
    )
    return [Member(RecordKind(row.record_kind), row.record_id) for row in await db.execute(query)]


def _is_parked() -> ColumnElement[bool]:
    return outbox.c.waits_for == SOMETHING_OF_OURS


def _is_in_doubt(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.unresolved, outbox.c.first_sent_at <= now - KEY_MEMORY)


def _is_lost() -> ColumnElement[bool]:
    """Whoever disconnects it knows that it is."""
    lost = connections.c.state == ConnectionState.LOST
    return and_(lost, connections.c.lost_because != DISCONNECTED)


def _ends_soon(now: datetime) -> ColumnElement[bool]:
    return connections.c.access_ends_at <= now + ACCESS_ENDS_WITHIN


async def _of_the_connection(
    db: AsyncConnection, firm: FirmId, *, now: datetime, known: Collection[Topic]
) -> list[Topic]:
    """A loss that was said is over once all that waited for it is through."""
    own = select(connections.c.firm_id).where(connections.c.firm_id == firm)
    lost = (await db.execute(own.where(_is_lost()))).first() is not None
    ends = (await db.execute(own.where(_ends_soon(now)))).first() is not None
    if not lost and CONNECTION in known:
        lost = await count_waiting(db, firm) > 0
    return [topic for topic, holds in ((CONNECTION, lost), (ACCESS, ends)) if holds]


async def count_waiting(db: AsyncConnection, firm: FirmId) -> int:
    """Entries that wait for a connection; once it is there, those that waited for it."""
    since = or_(
        connections.c.state != ConnectionState.ACTIVE,
        outbox.c.created_at <= connections.c.connected_at,
    )
    query = (
        select(func.count())
        .select_from(outbox.join(connections, connections.c.firm_id == outbox.c.firm_id))
        .where(outbox.c.firm_id == firm, text(ENTRY_IS_OPEN), since)
    )
    return int((await db.execute(query)).scalar_one())
