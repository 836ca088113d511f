"""What staff do with payments."""

from dataclasses import astuple, dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.allotting import allocatable
from services.db import ledger, outbox
from services.db.engine import Database
from services.domain.causes import Cause
from services.domain.changes import allotted, bare, difference, keep_record
from services.domain.ids import (
    FirmId,
    PaymentId,
    UserId,
    payment_reference,
)
from services.domain.ledger import (
    Allotted,
    NewPayment,
    Payment,
    SyncFacts,
)
from services.domain.postings import Posting
from services.domain.sync import ACTIONS, COMES_ALONG, Action, Operation, RecordKind, Status
from services.domain.waiting import Waiting
from services.errors import NotFound, Refused
from services.intentions import (
    ask_for_client,
    ask_to_sync,
    call_back_refunds,
    cancel,
    dismiss,
    write_audit,
)
from services.payment_edits import edit_payment
from services.ports import Clock, Ring
from services.removals import remove_payment
from services.standing import find_underway
from services.submissions import check_same, digest

_UNSENT = frozenset({Status.NOT_SYNCED, Status.FAILED, Status.SKIPPED})


@dataclass(frozen=True)
class Standing:
    """A payment as it stands now, and what may be done about it."""

    payment: Payment
    actions: frozenset[Action]
    waiting: Waiting | None  # Only while it is Syncing…
    operation: Operation | None = None  # …as is what is being done.


@dataclass(frozen=True)
class Payments:
    database: Database
    clock: Clock
    ring: Ring

    async def record(
        self,
        firm: FirmId,
        new: NewPayment,
        *,
        sync: bool,
        submission_id: str,
        by: UserId,
        post_in: str | None = None,
    ) -> PaymentId:
        """Write it down once, however often the same modal comes; `post_in` is a channel.

        Synced, its client and its invoices go along, but for those that are left out. Raise
        AlreadySaved where the modal was saved before with other values.
        """
        now, typed = self.clock(), digest(astuple(new), sync, post_in)
        async with self.database.write(firm) as db:
            if saved := await ledger.find_submitted(db, firm, submission_id):
                check_same(payment_reference(saved[1]), saved[2], typed)
                return saved[0]
            client = await ledger.find_client(db, firm, new.client_id)
            if client is None:
                raise NotFound("This client is no longer there. Choose another one.")
            invoices = await allocatable(db, client, new)
            payment = Payment(
                id=PaymentId(uuid4()),
                firm_id=firm,
                number=await ledger.take_number(db, firm, RecordKind.PAYMENT),
                client=client,
                amount=new.amount,
                received_on=new.received_on,
                method=new.method,
                reference=new.reference,
                description=new.description,
                recorded_by=by,
                sync=SyncFacts(Status.SYNCING if sync else Status.NOT_SYNCED),
                allocations=tuple(
                    allotted(invoices[each.invoice_id], each.amount, left_out=each.left_out)
                    for each in new.allocations
                ),
                posting=Posting(post_in) if post_in else None,
            )
            await _write(db, payment, (submission_id, typed), now)
        self.ring()
        return payment.id

    async def sync(
        self, firm: FirmId, payment: PaymentId, *, by: UserId, send_invoices: bool = True
    ) -> None:
        """Ask for it, and for all that must be there before; Refused as its status says.

        Without `send_invoices`, invoices that are not in QuickBooks are left out: there the money
        is the client's credit.
        """
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, payment)
            if found.voided:
                raise Refused(f"{found.name} is void.")
            if not send_invoices:
                found = await _leave_invoices_out(db, found, by=by, at=now)
            await send_payment(db, found, by=by, at=now)
        self.ring()

    async def cancel(self, firm: FirmId, payment: PaymentId, *, by: UserId) -> None:
        """Call it back while it was never sent, its refunds with it; Refused else."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, payment)
            await cancel(db, found, by=by, at=now)
            await call_back_refunds(db, found, by=by, at=now)
        self.ring()

    async def unsync(self, firm: FirmId, payment: PaymentId, *, by: UserId) -> None:
        """Take it out of QuickBooks with every refund that we made there; unlink a linked one."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, payment)
            await remove_payment(db, found, by=by, at=self.clock())
        self.ring()

    async def void(self, firm: FirmId, payment: PaymentId, *, by: UserId) -> None:
        """It stays in the ledger, and counts no more; one in QuickBooks is unsynced first."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, payment)
            if found.voided:
                return
            if found.sync.status is Status.SYNCING:
                raise Refused(f"{found.name} is on its way. Cancel it, or try again in a moment.")
            if found.sync.status is Status.SYNCED:
                await remove_payment(db, found, by=by, at=now, voids=True)
            else:
                await _void_here(db, found, by=by, at=now)
        self.ring()

    async def dismiss(self, firm: FirmId, payment: PaymentId, *, why: str, by: UserId) -> None:
        """Leave a Failed one out for good."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, payment)
            await dismiss(db, found, why, by=by, at=now)
        self.ring()

    async def edit(
        self, firm: FirmId, payment: PaymentId, wanted: NewPayment, *, by: UserId
    ) -> None:
        """Change it here, and in QuickBooks if it is there: then it counts once accepted.

        Refused while it is on its way, and for what no payment can become.
        """
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, payment)
            await edit_payment(db, found, wanted, by=by, at=now)
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
            underway = await find_underway(db, found, self.clock())
        return Standing(found, underway.actions, underway.waiting, underway.operation)


async def _get(db: AsyncConnection, firm: FirmId, payment: PaymentId) -> Payment:
    found = await ledger.find_payment(db, firm, payment)
    if found is None:
        raise NotFound("There is no such payment.")
    return found


async def _write(
    db: AsyncConnection, payment: Payment, submission: tuple[str, str], now: datetime
) -> None:
    by, sync = payment.recorded_by, payment.sync.status is Status.SYNCING
    generation = 1 if sync else 0
    await ledger.insert_payment(db, payment, generation=generation, submission=submission, at=now)
    if payment.allocations:
        await ledger.allot(db, payment.id, payment.allocations)
    change = {
        "number": payment.number,
        "status": [None, payment.sync.status],
        "after": keep_record(payment),
    }
    await write_audit(db, payment, "payment recorded", change, by=by, at=now)
    if sync:
        await _bring_along(db, payment, by=by, at=now)
        await outbox.ask_for(
            db,
            firm=payment.firm_id,
            record_kind=RecordKind.PAYMENT,
            record=payment.id,
            operation=Operation.CREATE,
            generation=generation,
            by=by,
            at=now,
        )


async def send_payment(db: AsyncConnection, payment: Payment, *, by: UserId, at: datetime) -> None:
    """The payment, and with it its client, its invoices and its refunds."""
    await ask_to_sync(db, payment, by=by, at=at)
    await _bring_along(db, payment, by=by, at=at)
    for refund in await ledger.refunds_of(db, payment):
        left_out_for_good = refund.sync.cause is Cause.DISMISSED
        if Action.SYNC in ACTIONS[refund.sync.status] and not left_out_for_good:
            await ask_to_sync(db, refund, by=by, at=at)


async def _bring_along(db: AsyncConnection, payment: Payment, *, by: UserId, at: datetime) -> None:
    """What must be there before the payment."""
    await ask_for_client(db, payment.client, by=by, at=at)
    for each in payment.allocations:
        if not each.left_out and each.invoice_status in COMES_ALONG:
            invoice = await ledger.find_invoice(db, payment.firm_id, each.invoice_id)
            if invoice is not None:
                await ask_to_sync(db, invoice, by=by, at=at)


async def _leave_invoices_out(
    db: AsyncConnection, payment: Payment, *, by: UserId, at: datetime
) -> Payment:
    kept = tuple(_left_out_if_absent(each) for each in payment.allocations)
    changed = replace(payment, allocations=kept)
    if changed != payment:
        await ledger.allot(db, payment.id, bare(kept))
        change = dict(difference(payment, changed))
        await write_audit(db, payment, "invoices left out", change, by=by, at=at)
    return changed


def _left_out_if_absent(each: Allotted) -> Allotted:
    there = each.invoice_status in {Status.SYNCED, Status.SYNCING}
    return each if there else replace(each, left_out=True)


async def _void_here(db: AsyncConnection, payment: Payment, *, by: UserId, at: datetime) -> None:
    await call_back_refunds(db, payment, by=by, at=at)
    await ledger.void_refunds(db, payment.firm_id, payment.id, by=by, at=at)
    await ledger.mark(db, RecordKind.PAYMENT, payment.id, SyncFacts(Status.NOT_SYNCED))
    await ledger.set_facts(db, RecordKind.PAYMENT, payment.id, voided=True)
    await ledger.allot(db, payment.id, [])
    change = {"status": [payment.sync.status, Status.NOT_SYNCED], "voided": True}
    await write_audit(db, payment, "payment voided", change, by=by, at=at)
