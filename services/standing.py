"""How a record stands: what may be done about it, and what it waits for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import holds, leases, ledger, outbox
from services.db.entries import Entry
from services.db.tokens import find_state
from services.domain.connection import ConnectionState
from services.domain.ledger import Client, Invoice, Payment, Record, Refund
from services.domain.sync import (
    ACTIONS,
    KEY_MEMORY,
    Action,
    EntryState,
    Operation,
    RecordKind,
    Status,
)
from services.domain.waiting import (
    ForCheck,
    ForClient,
    ForConnection,
    ForInvoice,
    ForNothing,
    ForPayment,
    ForRemoval,
    ForRetry,
    Hurdle,
    Waiting,
)

_HURDLES = {
    None: Hurdle.NOT_CONNECTED,
    ConnectionState.UNCONFIRMED: Hurdle.NOT_CONFIRMED,
    ConnectionState.LOST: Hurdle.CONNECTION_LOST,
}


@dataclass(frozen=True)
class Underway:
    """What may be done about a record; `operation` and `waiting` only while it is Syncing."""

    actions: frozenset[Action]
    operation: Operation | None = None
    waiting: Waiting | None = None


async def find_underway(db: AsyncConnection, record: Record, now: datetime) -> Underway:
    """What is on its way to QuickBooks for this record, and why it is not there yet."""
    actions = ACTIONS[record.sync.status]
    if _is_void(record):
        actions -= {Action.SYNC, Action.LINK}
    if record.sync.status is not Status.SYNCING:
        return Underway(actions)
    entry = await outbox.find_open(db, record.id)
    if entry is None or not entry.may_be_cancelled:
        actions -= {Action.CANCEL}
    if entry is None:
        return Underway(actions, waiting=ForNothing())
    return Underway(actions, entry.operation, await _waiting(db, record, entry, now))


def _is_void(record: Record) -> bool:
    return not isinstance(record, Client) and record.voided


async def _waiting(db: AsyncConnection, record: Record, entry: Entry, now: datetime) -> Waiting:
    if await holds.held_since(db, record.firm_id):
        return ForConnection(Hurdle.HELD)
    connection = await find_state(db, record.firm_id)
    if connection is not ConnectionState.ACTIVE:
        return ForConnection(_HURDLES[connection])
    if entry.state is EntryState.PENDING:
        first = await _what_comes_first(db, record, entry)
        if first is not None:
            return first
    if entry.unresolved and entry.first_sent_at and entry.first_sent_at + KEY_MEMORY <= now:
        return ForCheck(entry.first_sent_at)
    if entry.waits_for and entry.due_at > now:
        return ForRetry(entry.due_at, entry.waits_for)
    pause = await leases.find_pause(db, record.firm_id, now=now)
    return ForRetry(*pause) if pause else ForNothing()


async def _what_comes_first(db: AsyncConnection, record: Record, entry: Entry) -> Waiting | None:
    """The same order as `services.db.due` keeps."""
    creates = entry.operation is Operation.CREATE
    match record:
        case Invoice() | Payment() if creates and record.client.sync.status is not Status.SYNCED:
            return ForClient(record.client)
        case Payment() if creates:
            return _invoice_of(record)
        case Refund() if creates and record.payment.sync.status is not Status.SYNCED:
            return ForPayment(record.payment)
        case Payment() if entry.operation in {Operation.DELETE, Operation.RELEASE}:
            return await _refunds_of(db, record)
        case Invoice() if entry.operation is Operation.DELETE:
            there = sum(
                1
                for _, _, qbo_id, left_out in await ledger.payments_on(db, record.id)
                if qbo_id is not None and not left_out
            )
            return ForRemoval(there) if there else None
        case Client() if entry.operation is Operation.RELEASE:
            return await _records_of(db, record)
        case _:
            return None


def _invoice_of(payment: Payment) -> Waiting | None:
    for each in payment.allocations:
        if not each.left_out and each.invoice_status is not Status.SYNCED:
            return ForInvoice(each.number, each.invoice_status)
    return None


async def _refunds_of(db: AsyncConnection, payment: Payment) -> Waiting | None:
    there = await ledger.count_in_quickbooks(db, RecordKind.REFUND, payment=payment.id)
    return ForRemoval(there) if there else None


async def _records_of(db: AsyncConnection, client: Client) -> Waiting | None:
    there = 0
    for kind in (RecordKind.PAYMENT, RecordKind.INVOICE):
        there += await ledger.count_in_quickbooks(db, kind, client=client.id)
    return ForRemoval(there) if there else None
