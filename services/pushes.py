"""What is particular to bringing a client, and to bringing a payment, to QuickBooks."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.outbox import Entry
from services.db.tables import clients, payments
from services.domain.causes import Cause
from services.domain.connection import Company
from services.domain.ids import ClientId, PaymentId
from services.domain.ledger import Client, Payment
from services.domain.sync import Accepted, RecordKind, Rejected, Skipped
from services.ports import Access, Books
from services.quickbooks import mapping

CLOCKS_DIFFER = timedelta(minutes=10)  # Between our clock and QuickBooks', at the very most.


class Push(Protocol):
    entity: str
    table: Table
    always_looks: bool  # Before the first attempt too.

    async def prepare(
        self, db: AsyncConnection, entry: Entry, company: Company
    ) -> str | Rejected | Skipped:
        """Write the exact text to send, or say why there can be none."""
        ...

    async def find(self, books: Books, access: Access, entry: Entry) -> Accepted | Rejected | None:
        """Look in QuickBooks for what this entry would create.

        Raise what reads raise.
        """
        ...


class ClientPush:
    """A client is found by name before it is created: names are unique in QuickBooks."""

    entity = mapping.CUSTOMER
    table = clients
    always_looks = True

    async def prepare(self, db: AsyncConnection, entry: Entry, company: Company) -> str:
        del company
        client = await _client(db, entry)
        return mapping.to_json(mapping.to_customer(client, entry.key))

    async def find(self, books: Books, access: Access, entry: Entry) -> Accepted | Rejected | None:
        name = mapping.customer_name(_body(entry))
        found = await books.query(
            access,
            mapping.CUSTOMER,
            f"DisplayName = {mapping.quoted(name)} AND Active IN (true, false)",
        )
        for customer in found:
            if customer.get("DisplayName") == name and customer.get("Active", True):
                ours = mapping.find_marked([customer], "Notes", entry.key) is not None
                return Accepted(
                    str(customer["Id"]), str(customer.get("SyncToken", "0")), linked=not ours
                )
        if found:
            return Rejected(Cause.NEAR_MATCH, f"QuickBooks has “{found[0].get('DisplayName')}”.")
        return None


class PaymentPush:
    """A payment is found by the marker in its note, among its customer's recent ones."""

    entity = mapping.PAYMENT
    table = payments
    always_looks = False

    async def prepare(
        self, db: AsyncConnection, entry: Entry, company: Company
    ) -> str | Rejected | Skipped:
        payment = await _payment(db, entry)
        if payment.amount.currency != company.currency:
            words = f"The books are in {company.currency}, this is in {payment.amount.currency}."
            return Skipped(Cause.FOREIGN_CURRENCY, words)
        if company.undeposited_funds_id is None:
            return Rejected(Cause.NO_UNDEPOSITED_FUNDS, "")
        return mapping.to_json(mapping.to_payment(payment, company, entry.key))

    async def find(self, books: Books, access: Access, entry: Entry) -> Accepted | None:
        since = _first_sent(entry) - CLOCKS_DIFFER
        recent = await books.query(
            access,
            mapping.PAYMENT,
            f"CustomerRef = {mapping.quoted(mapping.payer(_body(entry)))}"
            f" AND MetaData.CreateTime >= {mapping.quoted_instant(since)}",
        )
        found = mapping.find_marked(recent, "PrivateNote", entry.key)
        return Accepted(str(found["Id"]), str(found["SyncToken"])) if found else None


PUSHES: dict[RecordKind, Push] = {
    RecordKind.CLIENT: ClientPush(),
    RecordKind.PAYMENT: PaymentPush(),
}


async def _client(db: AsyncConnection, entry: Entry) -> Client:
    client = await ledger.find_client(db, entry.firm_id, ClientId(entry.record_id))
    if client is None:
        raise LookupError(f"entry {entry.id} has no client")
    return client


async def _payment(db: AsyncConnection, entry: Entry) -> Payment:
    payment = await ledger.find_payment(db, entry.firm_id, PaymentId(entry.record_id))
    if payment is None:
        raise LookupError(f"entry {entry.id} has no payment")
    return payment


def _body(entry: Entry) -> str:
    if entry.body is None:
        raise LookupError(f"entry {entry.id} was not claimed")
    return entry.body


def _first_sent(entry: Entry) -> datetime:
    if entry.first_sent_at is None:
        raise LookupError(f"entry {entry.id} was not claimed")
    return entry.first_sent_at
