"""What staff do with payments."""

import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox
from services.db.engine import Database
from services.db.outbox import Entry
from services.db.tokens import find_state
from services.domain.connection import ConnectionState
from services.domain.ids import FirmId, PaymentId, UserId, payment_reference
from services.domain.ledger import NewPayment, Payment, SyncFacts
from services.domain.sync import ACTIONS, KEY_MEMORY, Action, EntryState, RecordKind, Status
from services.domain.waiting import (
    ForCheck,
    ForClient,
    ForConnection,
    ForNothing,
    ForRetry,
    Hurdle,
    Waiting,
)
from services.errors import AlreadySaved, NotFound
from services.intentions import ask_for_client, ask_to_sync, cancel_sync
from services.ports import Clock, Ring

_HURDLES = {
    None: Hurdle.NOT_CONNECTED,
    ConnectionState.UNCONFIRMED: Hurdle.NOT_CONFIRMED,
    ConnectionState.LOST: Hurdle.CONNECTION_LOST,
}


@dataclass(frozen=True)
class Standing:
    """A payment as it stands now, and what may be done about it."""

    payment: Payment
    actions: frozenset[Action]
    waiting: Waiting | None  # Only while it is Syncing.


@dataclass(frozen=True)
class Payments:
    database: Database
    clock: Clock
    ring: Ring

    async def record(
        self, firm: FirmId, new: NewPayment, *, sync: bool, submission_id: str, by: UserId
    ) -> PaymentId:
        """Write it down once, however often the same modal comes.

        Raise AlreadySaved where the modal was saved before with other values.
        """
        now, digest = self.clock(), _digest(new, sync=sync)
        async with self.database.write() as db:
            if saved := await ledger.find_submitted(db, firm, submission_id):
                return _same_or_refused(*saved, digest=digest)
            client = await ledger.find_client(db, firm, new.client_id)
            if client is None:
                raise NotFound("This client is no longer there. Choose another one.")
            payment = Payment(
                id=PaymentId(uuid4()),
                firm_id=firm,
                number=await ledger.take_payment_number(db, firm),
                client=client,
                amount=new.amount,
                received_on=new.received_on,
                method=new.method,
                reference=new.reference,
                description=new.description,
                recorded_by=by,
                sync=SyncFacts(Status.SYNCING if sync else Status.NOT_SYNCED),
            )
            await self._write(db, payment, (submission_id, digest), now)
        self.ring()
        return payment.id

    async def _write(
        self, db: AsyncConnection, payment: Payment, submission: tuple[str, str], now: datetime
    ) -> None:
        sync = payment.sync.status is Status.SYNCING
        generation = 1 if sync else 0
        await ledger.insert_payment(
            db, payment, generation=generation, submission=submission, at=now
        )
        await ledger.write_audit(
            db,
            firm=payment.firm_id,
            at=now,
            actor=payment.recorded_by,
            action="payment recorded",
            record_kind=RecordKind.PAYMENT,
            record_id=str(payment.id),
            change={"number": payment.number, "status": [None, payment.sync.status]},
        )
        if sync:
            await ask_for_client(db, payment.client, by=payment.recorded_by, at=now)
            await outbox.ask_for(
                db,
                firm=payment.firm_id,
                record_kind=RecordKind.PAYMENT,
                record=payment.id,
                generation=generation,
                by=payment.recorded_by,
                at=now,
            )

    async def sync(self, firm: FirmId, payment: PaymentId, *, by: UserId) -> None:
        """Ask for it, and for its client where that is not there; Refused as its status says."""
        now = self.clock()
        async with self.database.write() as db:
            found = await _get(db, firm, payment)
            await ask_for_client(db, found.client, by=by, at=now)
            await ask_to_sync(db, found, by=by, at=now)
        self.ring()

    async def cancel(self, firm: FirmId, payment: PaymentId, *, by: UserId) -> None:
        """Call it back while it was never sent; Refused else."""
        async with self.database.write() as db:
            found = await _get(db, firm, payment)
            await cancel_sync(db, found, by=by, at=self.clock())
        self.ring()

    async def id_of(self, firm: FirmId, number: int) -> PaymentId:
        async with self.database.read() as db:
            found = await ledger.find_payment_by_number(db, firm, number)
        if found is None:
            raise NotFound(f"There is no payment {payment_reference(number)}.")
        return found.id

    async def show(self, firm: FirmId, payment: PaymentId) -> Standing:
        async with self.database.read() as db:
            found = await _get(db, firm, payment)
            entry = await outbox.find_open(db, payment)
            connection = await find_state(db, firm)
        syncing = found.sync.status is Status.SYNCING
        actions = ACTIONS[found.sync.status]
        if entry is None or entry.state is not EntryState.PENDING:
            actions -= {Action.CANCEL}
        waiting = _waiting(found, entry, connection, self.clock()) if syncing else None
        return Standing(found, actions, waiting)


def _digest(new: NewPayment, *, sync: bool) -> str:
    return hashlib.sha256(repr((astuple(new), sync)).encode()).hexdigest()


def _same_or_refused(payment: PaymentId, number: int, typed: str, *, digest: str) -> PaymentId:
    if typed != digest:
        raise AlreadySaved(
            f"This form was saved already, as {payment_reference(number)}, with other values. "
            "Close it and look at that payment before you record another one."
        )
    return payment


async def _get(db: AsyncConnection, firm: FirmId, payment: PaymentId) -> Payment:
    found = await ledger.find_payment(db, firm, payment)
    if found is None:
        raise NotFound("There is no such payment.")
    return found


def _waiting(
    payment: Payment, entry: Entry | None, connection: ConnectionState | None, now: datetime
) -> Waiting:
    if connection is not ConnectionState.ACTIVE:
        return ForConnection(_HURDLES[connection])
    if payment.client.sync.status is not Status.SYNCED:
        return ForClient(payment.client)
    if entry is None:
        return ForNothing()
    if entry.unresolved and entry.first_sent_at and entry.first_sent_at + KEY_MEMORY <= now:
        return ForCheck(entry.first_sent_at)
    if entry.waits_for and entry.due_at > now:
        return ForRetry(entry.due_at, entry.waits_for)
    return ForNothing()
