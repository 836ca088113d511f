"""Tie a record to what QuickBooks already holds; nothing is written there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.access import Keys
from services.db import ledger, outbox
from services.db.engine import Database
from services.domain.connection import Company, ConnectionState
from services.domain.ids import ClientId, FirmId, InvoiceId, PaymentId, RealmId, UserId
from services.domain.ledger import Invoice, Payment
from services.domain.money import Money
from services.domain.sync import Action, Operation, RecordKind
from services.domain.twins import keys_in
from services.errors import AccessExpired, NotFound, Refused
from services.intentions import check, tie
from services.ports import Books, Clock, Ring
from services.pushes.adoption import adopt_payment
from services.quickbooks.mapping import invoices, wire
from services.takeovers import take_over_invoice, take_over_payment

Row = dict[str, Any]


@dataclass(frozen=True)
class Links:
    database: Database
    books: Books
    keys: Keys
    clock: Clock
    ring: Ring

    async def link_client(self, firm: FirmId, client: ClientId, qbo_id: str, *, by: UserId) -> None:
        """Use this customer, whatever it is called; Refused for one that is inactive."""
        row = await self._read(firm, wire.CUSTOMER, qbo_id)
        async with self.database.write(firm) as db:
            found = await ledger.find_client(db, firm, client)
            if found is None:
                raise NotFound("There is no such client.")
            if row.get("Active") is False:
                raise Refused("That customer is inactive. Make it active in QuickBooks first.")
            await tie(db, found, qbo_id, by=by, at=self.clock())
            await ledger.touch_waiting(db, firm, client=client)
        self.ring()

    async def link_invoice(
        self, firm: FirmId, invoice: InvoiceId, qbo_id: str, *, by: UserId
    ) -> None:
        """Number, dates and lines become what they are there.

        Refused for another customer's, and for one of another total.
        """
        row = await self._read(firm, wire.INVOICE, qbo_id)
        async with self.database.write(firm) as db:
            found = await ledger.find_invoice(db, firm, invoice)
            if found is None:
                raise NotFound("There is no such invoice.")
            await self._check(db, found, row, found.total)
            await tie(db, found, qbo_id, by=by, at=self.clock())
            await take_over_invoice(db, found, row, by=by, at=self.clock())
            item_id = invoices.read_item(row)
            await ledger.set_facts(db, RecordKind.INVOICE, invoice, item_id=item_id)
            await ledger.touch_waiting(db, firm, client=found.client.id)
        self.ring()

    async def link_payment(
        self, firm: FirmId, payment: PaymentId, qbo_id: str, *, by: UserId
    ) -> None:
        """The ledger then says of it what the books say: date, method, reference, what it settles.

        Refused for another customer's, and for one of another amount.
        """
        row = await self._read(firm, wire.PAYMENT, qbo_id)
        async with self.database.write(firm) as db:
            found = await ledger.find_payment(db, firm, payment)
            if found is None:
                raise NotFound("There is no such payment.")
            await self._check(db, found, row, found.amount)
            await tie(db, found, qbo_id, by=by, at=self.clock())
            company = await self._company(db, firm)
            await take_over_payment(db, found, row, company, by=by, at=self.clock())
            await adopt_payment(db, found, row, Operation.CREATE)
        self.ring()

    async def _read(self, firm: FirmId, entity: str, qbo_id: str) -> Row:
        """Refused where it is not there; TryLater and ConnectionLost as QuickBooks answers."""
        realm = await self._realm(firm)
        access = await self.keys.access(realm)
        try:
            row = await self.books.find(access, entity, qbo_id)
        except AccessExpired:
            access = await self.keys.access(realm, expired=access)
            row = await self.books.find(access, entity, qbo_id)
        if row is None:
            raise Refused("QuickBooks no longer has that one.")
        return row

    async def _realm(self, firm: FirmId) -> RealmId:
        async with self.database.read() as db:
            connection = await self.keys.store.find(db, firm)
        if connection is None or connection.state is not ConnectionState.ACTIVE:
            raise Refused("QuickBooks is not connected.")
        return connection.realm_id

    async def _company(self, db: AsyncConnection, firm: FirmId) -> Company:
        connection = await self.keys.store.find(db, firm)
        if connection is None:
            raise Refused("QuickBooks is not connected.")
        return connection.company

    async def _check(
        self, db: AsyncConnection, record: Invoice | Payment, row: Row, amount: Money
    ) -> None:
        check(record, Action.LINK)
        if record.voided:
            raise Refused(f"{record.name} is void.")
        if record.client.sync.qbo_id is None:
            raise Refused(f"{record.client.name} is not in QuickBooks. Sync or link it first.")
        if wire.referred(row, "CustomerRef") != record.client.sync.qbo_id:
            raise Refused(f"That one is not {record.client.name}’s.")
        if not wire.is_amount(row, "TotalAmt", amount):
            there = wire.amount(row, "TotalAmt")
            raise Refused(f"That one is {there}, and {record.name} is {amount.to_decimal()}.")
        keys = keys_in(str(row.get("PrivateNote") or ""))
        if await outbox.known_keys(db, record.firm_id, keys):
            raise Refused("Counterfoil made that one, for another of your records.")
