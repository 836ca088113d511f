"""How the whole ledger is, over all firms: a few numbers, and no more rows than there are kinds.

What is done is never walked through: each statement stays among the few rows of a partial index,
or in a table with a row for each firm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, literal, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import NEEDS_A_PERSON, Instant
from services.db.due import OLDEST_DUE
from services.db.tables import (
    ALERT_IS_OPEN,
    ENTRY_IS_OPEN,
    alerts,
    clients,
    connections,
    invoices,
    outbox,
    payments,
    refunds,
)
from services.domain.alerts import TopicKind
from services.domain.connection import DISCONNECTED, ConnectionState
from services.domain.sync import EntryState, RecordKind

DISCONNECTED_ON_PURPOSE = "disconnected"
_IN_DOUBT = (EntryState.SENDING, EntryState.UNCONFIRMED)  # Between the two until it is answered.
_KINDS = {
    RecordKind.CLIENT: clients,
    RecordKind.INVOICE: invoices,
    RecordKind.PAYMENT: payments,
    RecordKind.REFUND: refunds,
}
_OPEN = (
    select(
        outbox.c.state,
        func.count().label("entries"),
        func.min(outbox.c.first_sent_at, type_=Instant).label("oldest"),
    )
    .where(text(ENTRY_IS_OPEN))
    .group_by(outbox.c.state)
)
_STATE = case(
    (connections.c.lost_because == DISCONNECTED, DISCONNECTED_ON_PURPOSE),
    else_=connections.c.state,
)
_CONNECTIONS = select(
    _STATE.label("state"),
    func.count().label("firms"),
    func.count(connections.c.held_at).label("held"),
    func.min(connections.c.refresh_expires_at, type_=Instant).label("refresh"),
    func.min(connections.c.access_ends_at, type_=Instant).label("consent"),
).group_by(_STATE)
_ALERTS = (
    select(alerts.c.kind, func.count().label("alerts"))
    .where(text(ALERT_IS_OPEN))
    .group_by(alerts.c.kind)
)
_NEED_A_PERSON = union_all(
    *(
        select(literal(kind.value).label("kind"), func.count().label("records"))
        .select_from(table)
        .where(text(NEEDS_A_PERSON))
        for kind, table in _KINDS.items()
    )
)


@dataclass(frozen=True)
class Vitals:
    """None where there is nothing of the kind.

    `connections` has the states of connections, and DISCONNECTED_ON_PURPOSE.
    """

    entries: Mapping[EntryState, int]
    oldest_due_at: datetime | None
    oldest_unconfirmed_at: datetime | None
    needing_a_person: Mapping[RecordKind, int]
    alerts: Mapping[TopicKind, int]
    connections: Mapping[str, int]
    held: int
    refresh_expires_at: datetime | None  # The first of all that are in use.
    consent_ends_at: datetime | None


async def read(db: AsyncConnection, *, now: datetime) -> Vitals:
    entries = {row.state: row for row in await db.execute(_OPEN)}
    found = {row.state: row for row in await db.execute(_CONNECTIONS)}
    active = found.get(ConnectionState.ACTIVE)
    sent = [entries[state].oldest for state in _IN_DOUBT if state in entries]
    return Vitals(
        entries={EntryState(state): row.entries for state, row in entries.items()},
        oldest_due_at=(await db.execute(OLDEST_DUE, {"now": now})).scalar_one_or_none(),
        oldest_unconfirmed_at=min(sent, default=None),
        needing_a_person={
            RecordKind(row.kind): row.records for row in await db.execute(_NEED_A_PERSON)
        },
        alerts={TopicKind(row.kind): row.alerts for row in await db.execute(_ALERTS)},
        connections={state: row.firms for state, row in found.items()},
        held=sum(row.held for row in found.values()),
        refresh_expires_at=active.refresh if active else None,
        consent_ends_at=active.consent if active else None,
    )
