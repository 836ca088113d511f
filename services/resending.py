"""Ask once more for a record, with what it needs, in the caller's transaction."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.domain.ids import UserId
from services.domain.ledger import Client, Invoice, Payment, Record, Refund
from services.domain.sync import ACTIONS, Action, RecordKind, Status
from services.intentions import ask_for_client, ask_to_sync
from services.payments import send_payment


async def send_again(db: AsyncConnection, record: Record, *, by: UserId, at: datetime) -> bool:
    """False where that cannot be any more, or not before its payment is there."""
    if Action.SYNC not in ACTIONS[record.sync.status]:
        return False
    match record:
        case Payment():
            await send_payment(db, record, by=by, at=at)
        case Refund() if record.payment.sync.status is not Status.SYNCED:
            return False
        case Refund():
            await ask_to_sync(db, record, by=by, at=at)
            await ledger.touch(db, RecordKind.PAYMENT, record.payment.id)
        case Invoice():
            await ask_to_sync(db, record, by=by, at=at)
            await ask_for_client(db, record.client, by=by, at=at)
        case Client():
            await ask_to_sync(db, record, by=by, at=at)
            await ledger.touch_waiting(db, record.firm_id, client=record.id)
    return True
