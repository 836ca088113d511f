"""What staff do with invoices."""

from dataclasses import astuple, dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.billing import bill
from services.db import ledger, outbox
from services.db.engine import Database
from services.domain.changes import difference, keep_invoice_change
from services.domain.ids import ClientId, FirmId, InvoiceId, UserId
from services.domain.ledger import (
    Invoice,
    NewInvoice,
    SyncFacts,
)
from services.domain.sync import ACTIONS, Action, Operation, RecordKind, Status
from services.domain.waiting import Waiting
from services.domain.wishes import Wish
from services.errors import ClientFirst, CreditFirst, NotFound, Refused
from services.intentions import (
    ask_to_change,
    ask_to_remove,
    ask_to_sync,
    cancel,
    check,
    dismiss,
    untie,
    write_audit,
)
from services.invoice_checks import check_company, check_edit, check_lines, renumber
from services.ports import Clock, Ring
from services.standing import find_underway
from services.submissions import check_same, digest


@dataclass(frozen=True)
class InvoiceStanding:
    """An invoice as it stands now, and what may be done about it."""

    invoice: Invoice
    actions: frozenset[Action]
    waiting: Waiting | None
    operation: Operation | None = None


@dataclass(frozen=True)
class Invoices:
    database: Database
    clock: Clock
    ring: Ring

    async def record(
        self, firm: FirmId, new: NewInvoice, *, submission_id: str, by: UserId
    ) -> InvoiceId:
        """Write it down once, however often the same modal comes; nothing is sent.

        Refused where the company's invoices need what we do not support.
        """
        now, typed = self.clock(), digest(astuple(new))
        async with self.database.write(firm) as db:
            if saved := await ledger.find_submitted_invoice(db, firm, submission_id):
                check_same(saved[1], saved[2], typed)
                return saved[0]
            client = await ledger.find_client(db, firm, new.client_id)
            if client is None:
                raise NotFound("This client is no longer there. Choose another one.")
            await check_company(db, firm)
            check_lines(new)
            submission = (submission_id, typed)
            invoice = await bill(db, client, new, submission=submission, by=by, at=now)
        self.ring()
        return invoice.id

    async def check_offered(self, firm: FirmId) -> None:
        """Refused where the company's invoices need what we do not support."""
        async with self.database.read() as db:
            await check_company(db, firm)

    async def sync(
        self, firm: FirmId, invoice: InvoiceId, *, by: UserId, client_first: bool = False
    ) -> None:
        """Ask for it; ClientFirst while its client is not there, unless that shall go first."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, invoice)
            if found.voided:
                raise Refused(f"{found.name} is void.")
            if found.client.sync.status is not Status.SYNCED and not client_first:
                raise ClientFirst(f"{found.client.name} is not in QuickBooks yet.")
            await ask_to_sync(db, found, by=by, at=now)
            if Action.SYNC in ACTIONS[found.client.sync.status]:
                await ask_to_sync(db, found.client, by=by, at=now)
            await ledger.touch_waiting(db, firm, client=found.client.id)
        self.ring()

    async def cancel(self, firm: FirmId, invoice: InvoiceId, *, by: UserId) -> None:
        """Call it back while it was never sent; Refused else."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, invoice)
            await cancel(db, found, by=by, at=self.clock())
            await ledger.touch_waiting(db, firm, client=found.client.id)
        self.ring()

    async def unsync(
        self, firm: FirmId, invoice: InvoiceId, *, by: UserId, credit: bool = False
    ) -> None:
        """Take it out of QuickBooks; unlink a linked one.

        CreditFirst where payments are applied to it there, unless a person has said that they
        become the client's `credit` there. Here they settle it as before.
        """
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, invoice)
            check(found, Action.UNSYNC)
            if found.sync.linked:
                await _let_go(db, found, by=by, at=now)
            else:
                applied = await _applied_there(db, found)
                _ask_about_credit(found, applied, credit=credit)
                await _remove(db, found, credit=credit, by=by, at=now)
        self.ring()

    async def void(
        self, firm: FirmId, invoice: InvoiceId, *, by: UserId, credit: bool = False
    ) -> None:
        """It stays, here and there, as nothing; a linked one is let go, and stays there as it is.

        CreditFirst where payments settle it, unless they shall become the client's `credit`.
        """
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, invoice)
            if found.voided:
                return
            if found.sync.status is Status.SYNCING:
                raise Refused(f"{found.name} is on its way. Cancel it, or try again in a moment.")
            settled_by = [
                f"P-{number}" for _, number, _, _ in await ledger.payments_on(db, invoice)
            ]
            await _check_payments_rest(db, found)
            _ask_about_credit(found, settled_by, credit=credit)
            if found.sync.status is Status.SYNCED and not found.sync.linked:
                await ask_to_remove(db, found, Operation.VOID, by=by, at=now)
                self.ring()
                return
            if found.sync.linked:
                await _let_go(db, found, by=by, at=now)
                found = await _get(db, firm, invoice)
            await _void_here(db, found, by=by, at=now)
        self.ring()

    async def edit(
        self, firm: FirmId, invoice: InvoiceId, wanted: NewInvoice, *, by: UserId
    ) -> None:
        """Change its lines and dates here, and in QuickBooks if it is there.

        Its number can change until then; without one it keeps what it has.
        """
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, invoice)
            changed = check_edit(found, wanted)
            if wanted.number not in {None, found.number}:
                changed = replace(changed, number=await renumber(db, found, wanted.number))
            if changed == found:
                return
            details = dict(keep_invoice_change(wanted))
            if found.sync.status is Status.SYNCED:
                await ask_to_change(db, found, details, by=by, at=now)
            else:
                await ledger.change_invoice(db, changed)
                change = dict(difference(found, changed))
                await write_audit(db, found, "invoice edited", change, by=by, at=now)
        self.ring()

    async def dismiss(self, firm: FirmId, invoice: InvoiceId, *, why: str, by: UserId) -> None:
        """Leave a Failed one out for good."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, invoice)
            await dismiss(db, found, why, by=by, at=self.clock())
        self.ring()

    async def id_of(self, firm: FirmId, number: str) -> InvoiceId:
        async with self.database.read() as db:
            found = await ledger.find_invoice_by_number(db, firm, number)
        if found is None:
            raise NotFound(f"There is no invoice {number}.")
        return found.id

    async def show(self, firm: FirmId, invoice: InvoiceId) -> InvoiceStanding:
        async with self.database.read() as db:
            found = await _get(db, firm, invoice)
            underway = await find_underway(db, found, self.clock())
        return InvoiceStanding(found, underway.actions, underway.waiting, underway.operation)

    async def open_of(self, firm: FirmId, client: ClientId) -> list[Invoice]:
        """What a client still has to pay, the oldest first."""
        async with self.database.read() as db:
            invoices = await ledger.invoices_of(db, firm, client)
        return [each for each in invoices if each.balance_due.minor > 0]


async def _get(db: AsyncConnection, firm: FirmId, invoice: InvoiceId) -> Invoice:
    found = await ledger.find_invoice(db, firm, invoice)
    if found is None:
        raise NotFound("There is no such invoice.")
    return found


async def _applied_there(db: AsyncConnection, invoice: Invoice) -> list[str]:
    """Which payments stand on it in QuickBooks, or are about to."""
    await _check_payments_rest(db, invoice)
    return [
        f"P-{number}"
        for _, number, qbo_id, left_out in await ledger.payments_on(db, invoice.id)
        if qbo_id is not None and not left_out
    ]


async def _let_go(db: AsyncConnection, invoice: Invoice, *, by: UserId, at: datetime) -> None:
    """QuickBooks keeps a linked one; Refused while payments of ours stand on it there."""
    if applied := await _applied_there(db, invoice):
        raise Refused(f"{invoice.name} stands in QuickBooks; unsync {', '.join(applied)} first.")
    await untie(db, invoice, by=by, at=at)


async def _check_payments_rest(db: AsyncConnection, invoice: Invoice) -> None:
    """Refused while a payment that settles it is on its way."""
    for payment, number, _, _ in await ledger.payments_on(db, invoice.id):
        entry = await outbox.find_open(db, payment)
        if entry is not None and entry.operation in {Operation.CREATE, Operation.UPDATE}:
            raise Refused(f"P-{number} settles it and is on its way. Try again in a moment.")


def _ask_about_credit(invoice: Invoice, settled_by: list[str], *, credit: bool) -> None:
    if settled_by and not credit:
        names = ", ".join(settled_by)
        raise CreditFirst(
            f"{invoice.name} is paid with {names}. What stands on it becomes the client’s credit."
        )


async def _remove(
    db: AsyncConnection, invoice: Invoice, *, credit: bool, by: UserId, at: datetime
) -> None:
    """What is paid is voided first: that frees its payments whatever QuickBooks does else."""
    if credit:
        wish = Wish(then=Operation.DELETE)
        await ask_to_remove(db, invoice, Operation.VOID, by=by, at=at, wish=wish)
    else:
        await ask_to_remove(db, invoice, Operation.DELETE, by=by, at=at)


async def _void_here(db: AsyncConnection, invoice: Invoice, *, by: UserId, at: datetime) -> None:
    await ledger.mark(db, RecordKind.INVOICE, invoice.id, SyncFacts(Status.NOT_SYNCED))
    await ledger.set_facts(db, RecordKind.INVOICE, invoice.id, voided=True)
    await ledger.free(db, invoice.id)
    change = {"status": [invoice.sync.status, Status.NOT_SYNCED], "voided": True}
    await write_audit(db, invoice, "invoice voided", change, by=by, at=at)
