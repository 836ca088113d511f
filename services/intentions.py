"""A person's wish that a record be in QuickBooks, written into the caller's transaction."""

from datetime import datetime

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox
from services.db.tables import clients, payments
from services.domain.ids import UserId
from services.domain.ledger import Client, Payment, SyncFacts
from services.domain.sync import ACTIONS, Action, RecordKind, Status
from services.errors import Refused


def table_of(record: Client | Payment) -> tuple[RecordKind, Table]:
    match record:
        case Client():
            return RecordKind.CLIENT, clients
        case Payment():
            return RecordKind.PAYMENT, payments


async def ask_to_sync(
    db: AsyncConnection, record: Client | Payment, *, by: UserId, at: datetime
) -> None:
    """Begin a new intention; Refused where the record's status does not allow it."""
    if Action.SYNC not in ACTIONS[record.sync.status]:
        raise Refused(f"{record.name} is already {record.sync.status.label}.")
    kind, table = table_of(record)
    generation = await ledger.begin_generation(db, table, record.id)
    await ledger.mark(db, table, record.id, SyncFacts(Status.SYNCING))
    await outbox.ask_for(
        db,
        firm=record.firm_id,
        record_kind=kind,
        record=record.id,
        generation=generation,
        by=by,
        at=at,
    )
    await ledger.write_audit(
        db,
        firm=record.firm_id,
        at=at,
        actor=by,
        action="sync asked for",
        record_kind=kind,
        record_id=str(record.id),
        change={"status": [record.sync.status, Status.SYNCING], "generation": generation},
    )


async def ask_for_client(db: AsyncConnection, client: Client, *, by: UserId, at: datetime) -> None:
    """Send the client along, unless it is there or on its way."""
    if Action.SYNC in ACTIONS[client.sync.status]:
        await ask_to_sync(db, client, by=by, at=at)


async def cancel_sync(
    db: AsyncConnection, record: Client | Payment, *, by: UserId, at: datetime
) -> None:
    """Refused where it was sent, may have been, or was never asked for."""
    if Action.CANCEL not in ACTIONS[record.sync.status]:
        raise Refused(f"{record.name} is {record.sync.status.label}: there is nothing to cancel.")
    if not await outbox.cancel(db, record.id, at=at):
        raise Refused(f"{record.name} is already on its way to QuickBooks: too late to cancel.")
    kind, table = table_of(record)
    await ledger.mark(db, table, record.id, SyncFacts(Status.NOT_SYNCED))
    await ledger.write_audit(
        db,
        firm=record.firm_id,
        at=at,
        actor=by,
        action="sync cancelled",
        record_kind=kind,
        record_id=str(record.id),
        change={"status": [Status.SYNCING, Status.NOT_SYNCED]},
    )
