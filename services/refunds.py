"""What staff do with refunds."""

from dataclasses import astuple, dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox
from services.db.engine import Database
from services.domain.changes import keep_record
from services.domain.ids import FirmId, PaymentId, RefundId, UserId, refund_reference
from services.domain.ledger import NewRefund, Payment, Reason, Refund, SyncFacts
from services.domain.sync import Action, Operation, RecordKind, Status
from services.domain.waiting import Waiting
from services.errors import NotFound, Refused
from services.intentions import ask_to_sync, cancel, check, dismiss, untie, write_audit
from services.ports import Clock, Ring
from services.removals import remove_refund
from services.standing import find_underway
from services.submissions import check_same, digest


@dataclass(frozen=True)
class RefundStanding:
    """A refund as it stands now, and what may be done about it."""

    refund: Refund
    actions: frozenset[Action]
    waiting: Waiting | None
    operation: Operation | None = None


@dataclass(frozen=True)
class Refunds:
    database: Database
    clock: Clock
    ring: Ring

    async def record(
        self, firm: FirmId, payment: PaymentId, new: NewRefund, *, submission_id: str, by: UserId
    ) -> RefundId:
        """Write it down once; it goes to QuickBooks where its payment is, or is on its way.

        Refused for more than is left. Raise AlreadySaved where the modal was saved before with
        other values.
        """
        now, typed = self.clock(), digest(payment, astuple(new))
        async with self.database.write(firm) as db:
            if saved := await ledger.find_submitted_refund(db, firm, submission_id):
                check_same(refund_reference(saved[1]), saved[2], typed)
                return saved[0]
            found = await _get_payment(db, firm, payment)
            _check_amount(found, new)
            follows = await _is_going_there(db, found)
            refund = Refund(
                id=RefundId(uuid4()),
                firm_id=firm,
                number=await ledger.take_number(db, firm, RecordKind.REFUND),
                payment=found,
                amount=new.amount,
                reason=new.reason,
                account_id=new.account_id,
                refunded_on=new.refunded_on,
                recorded_by=by,
                sync=SyncFacts(Status.NOT_SYNCED),
            )
            await ledger.insert_refund(
                db, refund, generation=0, submission=(submission_id, typed), at=now
            )
            change = {
                "number": refund.number,
                "status": [None, refund.sync.status],
                "after": keep_record(refund),
            }
            await write_audit(db, refund, "refund recorded", change, by=by, at=now)
            if follows:
                await ask_to_sync(db, refund, by=by, at=now)
            await ledger.touch(db, RecordKind.PAYMENT, payment)
        self.ring()
        return refund.id

    async def sync(self, firm: FirmId, refund: RefundId, *, by: UserId) -> None:
        """Refused where its payment is not in QuickBooks, nor on its way."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, refund)
            if found.voided:
                raise Refused(f"{found.name} is void.")
            if not await _is_going_there(db, found.payment):
                name = found.payment.name
                raise Refused(f"{name} is not in QuickBooks. Sync it: its refunds follow.")
            await ask_to_sync(db, found, by=by, at=self.clock())
            await ledger.touch(db, RecordKind.PAYMENT, found.payment.id)
        self.ring()

    async def cancel(self, firm: FirmId, refund: RefundId, *, by: UserId) -> None:
        """Call it back while it was never sent; Refused else."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, refund)
            await cancel(db, found, by=by, at=self.clock())
            await ledger.touch(db, RecordKind.PAYMENT, found.payment.id)
        self.ring()

    async def unsync(self, firm: FirmId, refund: RefundId, *, by: UserId) -> None:
        """Take it out of QuickBooks; its payment stays."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, refund)
            check(found, Action.UNSYNC)
            if found.sync.linked:
                await untie(db, found, by=by, at=now)
            else:
                await remove_refund(db, found, by=by, at=now)
            await ledger.touch(db, RecordKind.PAYMENT, found.payment.id)
        self.ring()

    async def void(self, firm: FirmId, refund: RefundId, *, by: UserId) -> None:
        """It stays in the ledger, and counts no more; one in QuickBooks is unsynced first."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, refund)
            if found.voided:
                return
            if found.sync.status is Status.SYNCING:
                raise Refused(f"{found.name} is on its way. Cancel it, or try again in a moment.")
            if found.sync.status is Status.SYNCED:
                await remove_refund(db, found, by=by, at=now, voids=True)
            else:
                await ledger.mark(db, RecordKind.REFUND, refund, SyncFacts(Status.NOT_SYNCED))
                await ledger.set_facts(db, RecordKind.REFUND, refund, voided=True)
                change = {"status": [found.sync.status, Status.NOT_SYNCED], "voided": True}
                await write_audit(db, found, "refund voided", change, by=by, at=now)
            await ledger.touch(db, RecordKind.PAYMENT, found.payment.id)
        self.ring()

    async def dismiss(self, firm: FirmId, refund: RefundId, *, why: str, by: UserId) -> None:
        """Leave a Failed one out for good."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, refund)
            await dismiss(db, found, why, by=by, at=self.clock())
        self.ring()

    async def id_of(self, firm: FirmId, number: int) -> RefundId:
        async with self.database.read() as db:
            found = await ledger.find_refund_by_number(db, firm, number)
        if found is None:
            raise NotFound(f"There is no refund {refund_reference(number)}.")
        return found.id

    async def show(self, firm: FirmId, refund: RefundId) -> RefundStanding:
        async with self.database.read() as db:
            found = await _get(db, firm, refund)
            underway = await find_underway(db, found, self.clock())
        return RefundStanding(found, underway.actions, underway.waiting, underway.operation)

    async def of_payment(self, firm: FirmId, payment: PaymentId) -> list[Refund]:
        async with self.database.read() as db:
            return await ledger.refunds_of(db, await _get_payment(db, firm, payment))


async def _get(db: AsyncConnection, firm: FirmId, refund: RefundId) -> Refund:
    found = await ledger.find_refund(db, firm, refund)
    if found is None:
        raise NotFound("There is no such refund.")
    return found


async def _get_payment(db: AsyncConnection, firm: FirmId, payment: PaymentId) -> Payment:
    found = await ledger.find_payment(db, firm, payment)
    if found is None:
        raise NotFound("There is no such payment.")
    return found


def _check_amount(payment: Payment, new: NewRefund) -> None:
    if payment.voided:
        raise Refused(f"{payment.name} is void.")
    if new.amount.currency != payment.amount.currency:
        raise Refused(f"{payment.name} is in {payment.amount.currency}.")
    if new.amount.minor <= 0:
        raise Refused("A refund is more than nothing.")
    if new.amount > payment.refundable:
        left = payment.refundable.to_decimal()
        raise Refused(f"Only {left} of {payment.name} is left to refund.")
    if new.reason is Reason.CREDIT_RETURNED and new.amount > payment.unapplied:
        left = max(payment.unapplied.to_decimal(), payment.unapplied.to_decimal() * 0)
        raise Refused(
            f"Only {left} of {payment.name} is the client’s credit; the rest settles invoices. "
            f"Choose {Reason.SALE_REVERSED.label} to give that back."
        )


async def _is_going_there(db: AsyncConnection, payment: Payment) -> bool:
    """Whether the payment is in QuickBooks, or will be; Refused while it changes or leaves."""
    match payment.sync.status:
        case Status.SYNCED:
            return True
        case Status.SYNCING:
            entry = await outbox.find_open(db, payment.id)
            if entry is None or entry.operation is not Operation.CREATE:
                raise Refused(f"{payment.name} is just being changed. Try again in a moment.")
            return True
        case Status.NOT_SYNCED | Status.FAILED | Status.SKIPPED:
            return False
