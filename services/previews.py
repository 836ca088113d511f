"""What a person is shown before they decide: the ledger, and a look into QuickBooks."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.access import Keys
from services.db import ledger, outbox
from services.db.engine import Database
from services.db.tokens import ConnectionStore
from services.domain.connection import Company, ConnectionState
from services.domain.ids import FirmId, PaymentId, RealmId
from services.domain.ledger import Client, Invoice, Payment, Refund
from services.domain.presence import Different, Presence, Unseen
from services.domain.sync import RecordKind, Status
from services.domain.twins import Candidate
from services.errors import AccessExpired, ConnectionLost, NotFound, TryLater
from services.ports import Books
from services.quickbooks.mapping import invoices, payments, wire

LOOK_FOR = timedelta(seconds=1.8)  # A form must be open within Slack's three.
RECENT = timedelta(seconds=30)  # As long as a form takes to fill in.
MOST_RECENT = 100  # Clients whose payments are remembered.
Row = dict[str, Any]


@dataclass(frozen=True)
class Parting:
    """What leaves QuickBooks with a payment, and what of the client's stays there.

    `presence` is what QuickBooks has in the payment's place, where that differs. `untouched` are
    the refund receipts that are not ours; None where QuickBooks did not say.
    """

    payment: Payment
    refunds: tuple[Refund, ...]
    untouched: tuple[Candidate, ...] | None
    presence: Presence = None


@dataclass(frozen=True)
class Previews:
    database: Database
    store: ConnectionStore
    books: Books
    keys: Keys
    recent: dict[tuple[FirmId, str], tuple[float, list[Row] | None]] = field(default_factory=dict)
    asked: set[asyncio.Task[list[Row] | None]] = field(default_factory=set)

    async def company(self, firm: FirmId) -> Company | None:
        """As it was read last; None before it is connected."""
        async with self.database.read() as db:
            connection = await self.store.find(db, firm)
        return connection.company if connection else None

    async def parting(self, firm: FirmId, wanted: Sequence[PaymentId]) -> list[Parting]:
        """In the order asked for; NotFound where one is not the firm's."""
        found: list[tuple[Payment, tuple[Refund, ...]]] = []
        async with self.database.read() as db:
            for each in wanted:
                payment = await ledger.find_payment(db, firm, each)
                if payment is None:
                    raise NotFound("There is no such payment.")
                refunds = await ledger.refunds_of(db, payment)
                found.append((payment, tuple(each for each in refunds if _goes_along(each))))
        customers = {payment.client.sync.qbo_id for payment, _ in found} - {None}
        receipts, presences = await asyncio.gather(
            self._receipts(firm, sorted(str(each) for each in customers)),
            self._presences(firm, wire.PAYMENT, [payment for payment, _ in found]),
        )
        return [
            Parting(payment, refunds, _of_customer(receipts, payment.client.sync.qbo_id), presence)
            for (payment, refunds), presence in zip(found, presences, strict=True)
        ]

    async def presence(self, firm: FirmId, invoice: Invoice) -> Presence:
        (found,) = await self._presences(firm, wire.INVOICE, [invoice])
        return found

    async def _presences(
        self, firm: FirmId, entity: str, records: Sequence[Payment | Invoice]
    ) -> list[Presence]:
        """What is not in QuickBooks has nothing there to differ from."""
        ids = [each.sync.qbo_id for each in records if each.sync.qbo_id]
        if not ids:
            return [None] * len(records)
        rows = await self._look(firm, entity, f"Id IN {wire.one_of(ids)}")
        there = None if rows is None else {str(row["Id"]): row for row in rows}
        return [_presence(each, there) if each.sync.qbo_id else None for each in records]

    async def untied(self, firm: FirmId, client: Client) -> list[Candidate] | None:
        """QuickBooks' payments of the client that are not ours yet, the latest first.

        None where QuickBooks does not answer while a person waits.
        """
        customer = client.sync.qbo_id
        if customer is None:
            return []
        rows = await self._look(firm, wire.PAYMENT, f"CustomerRef = {wire.quoted(customer)}")
        self._remember(customer, firm, rows)
        return None if rows is None else await self._strangers(firm, rows)

    async def recently_untied(
        self, firm: FirmId, client: Client, *, look: bool
    ) -> list[Candidate] | None:
        """As `untied`, from what QuickBooks said a moment ago: a form asks with every field.

        Without `look` it is not asked at all.
        """
        rows = self._recall(client.sync.qbo_id or "", firm)
        if rows is not None:
            return await self._strangers(firm, rows)
        return await self.untied(firm, client) if look else None

    def _recall(self, customer: str, firm: FirmId) -> list[Row] | None:
        at, rows = self.recent.get((firm, customer), (0.0, None))
        return rows if at + RECENT.total_seconds() > _instant() else None

    def _remember(self, customer: str, firm: FirmId, rows: list[Row] | None) -> None:
        self.recent.pop((firm, customer), None)
        if rows is not None:
            self.recent[firm, customer] = (_instant(), rows)
        while len(self.recent) > MOST_RECENT:
            self.recent.pop(next(iter(self.recent)))

    async def _strangers(self, firm: FirmId, rows: Iterable[Row]) -> list[Candidate]:
        """Payments that are not tied to a record, nor made by us."""
        found = [payments.candidate(row) for row in rows]
        keys = {key for each in found for key in each.keys}
        async with self.database.read() as db:
            ids = [each.qbo_id for each in found]
            tied = await ledger.tied(db, firm, RecordKind.PAYMENT, ids)
            ours = await outbox.known_keys(db, firm, keys)
        strangers = [each for each in found if each.qbo_id not in tied and not each.keys & ours]
        return sorted(strangers, key=lambda each: each.on, reverse=True)

    async def _receipts(
        self, firm: FirmId, customers: list[str]
    ) -> list[tuple[str | None, Candidate]] | None:
        """Each with its customer."""
        if not customers:
            return []
        rows = await self._look(
            firm, wire.REFUND_RECEIPT, f"CustomerRef IN {wire.one_of(customers)}"
        )
        if rows is None:
            return None
        async with self.database.read() as db:
            ids = [str(row["Id"]) for row in rows]
            ours = await ledger.tied(db, firm, RecordKind.REFUND, ids)
        return [
            (wire.referred(row, "CustomerRef"), payments.candidate(row))
            for row in rows
            if str(row["Id"]) not in ours
        ]

    async def _look(self, firm: FirmId, entity: str, where: str) -> list[Row] | None:
        """None where QuickBooks is not connected, or does not answer while a person waits.

        A question that takes longer goes on unheard: it may be renewing the access, and who
        breaks that off loses the connection.
        """
        question = asyncio.create_task(self._query(firm, entity, where))
        self.asked.add(question)
        question.add_done_callback(self.asked.discard)
        await asyncio.wait({question}, timeout=LOOK_FOR.total_seconds())
        return question.result() if question.done() else None

    async def _query(self, firm: FirmId, entity: str, where: str) -> list[Row] | None:
        async with self.database.read() as db:
            connection = await self.store.find(db, firm)
        if connection is None or connection.state is not ConnectionState.ACTIVE:
            return None
        try:
            return await self._ask(connection.realm_id, entity, where)
        except (TryLater, ConnectionLost):
            return None

    async def _ask(self, realm: RealmId, entity: str, where: str) -> list[Row]:
        access = await self.keys.access(realm)
        try:
            return await self.books.query(access, entity, where)
        except AccessExpired:
            access = await self.keys.access(realm, expired=access)
            return await self.books.query(access, entity, where)


def _instant() -> float:
    return asyncio.get_running_loop().time()


def _presence(record: Payment | Invoice, there: Mapping[str, Row] | None) -> Presence:
    if there is None:
        return Unseen.UNKNOWN
    row = there.get(record.sync.qbo_id or "")
    if row is None:
        return Unseen.GONE
    ours, found = _known_by(record), _candidate(record, row)
    is_its = wire.referred(row, "CustomerRef") == record.client.sync.qbo_id
    if is_its and ours == (found.amount, found.on, found.reference):
        return None
    name = str((row.get("CustomerRef") or {}).get("name") or "another customer")
    return Different(found, None if is_its else name)


def _known_by(record: Payment | Invoice) -> tuple[Decimal, date, str]:
    if isinstance(record, Payment):
        return record.amount.to_decimal(), record.received_on, record.reference or ""
    return record.total.to_decimal(), record.invoiced_on, record.number


def _candidate(record: Payment | Invoice, row: Row) -> Candidate:
    is_payment = isinstance(record, Payment)
    return payments.candidate(row) if is_payment else invoices.candidate(row)


def _goes_along(refund: Refund) -> bool:
    return refund.sync.status in {Status.SYNCED, Status.SYNCING}


def _of_customer(
    receipts: Iterable[tuple[str | None, Candidate]] | None, customer: str | None
) -> tuple[Candidate, ...] | None:
    if receipts is None:
        return None
    return tuple(receipt for owner, receipt in receipts if owner == customer)
