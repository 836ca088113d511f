"""Take over into the restored ledger what its later self made in QuickBooks."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox, restored
from services.db.engine import Database
from services.domain.changes import keep_record
from services.domain.connection import Connection
from services.domain.ids import OPERATOR, FirmId, PaymentId
from services.domain.ledger import (
    Client,
    Invoice,
    Payment,
    Reason,
    Record,
    Refund,
    SyncFacts,
    kind_of,
)
from services.domain.money import Money
from services.domain.sync import Operation, RecordKind, Status, WireKey
from services.domain.wishes import Wish
from services.intentions import write_audit
from services.ports import Clock
from services.pushes.adoption import adopt_payment
from services.quickbooks.mapping import invoices, payments, wire
from services.restoring.comparison import ENTITIES, Behind, Comparison, Lost, Row, describe, key_in
from services.restoring.reader import Reader
from services.restoring.recovering import (
    recover_client,
    recover_invoice,
    recover_payment,
    recover_refund,
)
from services.takeovers import take_over_invoice

_CUSTOMER, _PAYMENT = ENTITIES[0], ENTITIES[2]


@dataclass
class Adopted:
    """What was taken over, by name, and what could not be, with the reason."""

    names: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass
class Adopting:
    """One company's; each record in a transaction of its own, a second time harmless."""

    database: Database
    clock: Clock
    connection: Connection
    reader: Reader
    adopted: Adopted = field(default_factory=Adopted)
    _payments: dict[PaymentId, Row | None] = field(default_factory=dict)  # To be settled at last.
    _recovered: set[UUID] = field(default_factory=set)

    @property
    def firm(self) -> FirmId:
        return self.connection.firm_id

    async def adopt(self, comparison: Comparison) -> Adopted:
        for entity in ENTITIES:
            for behind in comparison.behind:
                if behind.entity is entity:
                    await self._catch_up(behind)
            for lost in comparison.lost:
                if lost.entity is entity:
                    await self._recover(lost)
        for payment, row in self._payments.items():
            await self._settle(payment, row)
        return self.adopted

    async def _catch_up(self, behind: Behind) -> None:
        entity, row = behind.entity, behind.row
        async with self.database.write(self.firm) as db:
            record = await ledger.find_record(db, self.firm, entity.kind, behind.record_id)
            if record is None or _is_void(record) or _is_void_there(record, row):
                words = f"{describe(entity, row)} is void, here or there: look at both"
                self.adopted.left.append(f"{behind.name}: {words}")
                return
            await self._tie(db, record, behind.key, row)

    async def _recover(self, lost: Lost) -> None:
        client = await self._client_of(lost)
        async with self.database.write(self.firm) as db:
            record = await self._insert(db, lost, client)
            key = key_in(lost.entity, lost.row)
            if record is None or key is None:
                words = "void, or of a payment that is not in the ledger: look at it in QuickBooks"
                self.adopted.left.append(f"{describe(lost.entity, lost.row)}: {words}")
                return
            await self._tie(db, record, WireKey(key), lost.row)
            self._recovered.add(record.id)

    async def _insert(
        self, db: AsyncConnection, lost: Lost, client: Client | None
    ) -> Record | None:
        """As it would be, had it not been sent; None where that cannot be."""
        row, company, at = lost.row, self.connection.company, self.clock()
        by = self.connection.connected_by  # A person, who can be told of it.
        match lost.entity.kind:
            case RecordKind.CLIENT:
                return await recover_client(db, self.firm, row, by=by, at=at)
            case RecordKind.INVOICE if client and not invoices.is_void(row):
                return await recover_invoice(db, client, row, company, by=by, at=at)
            case RecordKind.PAYMENT if client and not payments.is_void(row):
                return await recover_payment(db, client, row, company, by=by, at=at)
            case RecordKind.REFUND:
                return await recover_refund(db, lost.entity, self.firm, row, by=by, at=at)
            case _:
                return None

    async def _client_of(self, lost: Lost) -> Client | None:
        """Whose it is; a client that was lost too is made of its customer."""
        customer = wire.referred(lost.row, "CustomerRef")
        if customer is None or lost.entity.kind not in {RecordKind.INVOICE, RecordKind.PAYMENT}:
            return None
        if (known := await self._find_client(customer)) is not None:
            return known
        row = await self.reader.find(_CUSTOMER, customer)
        if row is None:
            return None
        async with self.database.write(self.firm) as db:
            by, at = self.connection.connected_by, self.clock()
            client = await recover_client(db, self.firm, row, by=by, at=at)
            await self._mark(db, client, SyncFacts(Status.SYNCED, qbo_id=customer, linked=True))
        return await self._find_client(customer)

    async def _find_client(self, customer: str) -> Client | None:
        async with self.database.read() as db:
            tied = await ledger.tied(db, self.firm, RecordKind.CLIENT, [customer])
            if customer not in tied:
                return None
            found = await ledger.find_record(db, self.firm, RecordKind.CLIENT, tied[customer])
        return found if isinstance(found, Client) else None

    async def _tie(self, db: AsyncConnection, record: Record, key: WireKey, row: Row) -> None:
        """It is Synced, as what QuickBooks says of it, whatever was on its way."""
        entry = await outbox.find_open(db, record.id)
        if entry is not None:
            await restored.settle(db, entry.id, at=self.clock())
            if entry.operation is Operation.UPDATE and isinstance(record, Payment):
                await ledger.unreserve(db, record.id)
        await restored.note_key(db, record, key, at=self.clock())
        await self._mark(db, record, SyncFacts(Status.SYNCED, qbo_id=str(row["Id"])))
        match record:
            case Invoice():
                await take_over_invoice(db, record, row, by=OPERATOR, at=self.clock())
            case Payment():
                await self._take_over(db, record, row)
                self._payments[record.id] = row
            case Refund():
                await self._apply(db, record)
                self._payments.setdefault(record.payment.id, None)
            case Client():
                pass

    async def _take_over(self, db: AsyncConnection, payment: Payment, row: Row) -> None:
        theirs = payments.as_there(payment, row, self.connection.company)
        amount = Money.from_decimal(wire.amount(row, "TotalAmt"), payment.amount.currency)
        await ledger.change_payment(db, replace(theirs, amount=amount))

    async def _apply(self, db: AsyncConnection, refund: Refund) -> None:
        """Whether its credit is tied to its payment there, the next push sees, or does."""
        if refund.reason is not Reason.CREDIT_RETURNED:
            return
        facts = await ledger.find_record(db, self.firm, RecordKind.REFUND, refund.id)
        if facts is None:
            return
        await ledger.mark(
            db, RecordKind.REFUND, refund.id, replace(facts.sync, status=Status.SYNCING)
        )
        await outbox.ask_for(
            db,
            firm=self.firm,
            record_kind=RecordKind.REFUND,
            record=refund.id,
            operation=Operation.APPLY,
            generation=await ledger.begin_generation(db, RecordKind.REFUND, refund.id),
            by=OPERATOR,
            at=self.clock(),
            wish=Wish(follows=True),
        )

    async def _mark(self, db: AsyncConnection, record: Record, facts: SyncFacts) -> None:
        await ledger.mark(db, kind_of(record), record.id, facts)
        status = [record.sync.status, facts.status]
        change = {"status": status, "qbo_id": facts.qbo_id, "after": keep_record(record)}
        await write_audit(db, record, "adopted", change, by=OPERATOR, at=self.clock())
        self.adopted.names.append(record.name)

    async def _settle(self, payment: PaymentId, row: Row | None) -> None:
        """What it settles, and where it lies, now that all that it stands on is here."""
        async with self.database.read() as db:
            found = await ledger.find_payment(db, self.firm, payment)
        if found is None or found.sync.qbo_id is None:
            return
        row = row or await self.reader.find(_PAYMENT, found.sync.qbo_id)
        if row is None:
            return
        async with self.database.write(self.firm) as db:
            found = await ledger.find_payment(db, self.firm, payment)
            if found is None:
                return
            note = await adopt_payment(db, found, row, Operation.CREATE)
            await ledger.mark(db, RecordKind.PAYMENT, payment, replace(found.sync, note=note))
            if payment in self._recovered:
                await restored.show_nothing_yet(db, payment)
            change = {"after": keep_record(found)}
            await write_audit(db, found, "taken over", change, by=OPERATOR, at=self.clock())


def _is_void(record: Record) -> bool:
    return not isinstance(record, Client) and record.voided


def _is_void_there(record: Record, row: Row) -> bool:
    match record:
        case Invoice():
            return invoices.is_void(row)
        case Payment():
            return payments.is_void(row)
        case Client() | Refund():
            return False
