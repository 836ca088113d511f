"""Puts records into a ledger just as they are said to be, whatever led there."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import alert_posts, alerts, ledger, outbox, staging
from services.db.alert_posts import MESSAGE
from services.db.engine import Database
from services.db.entries import Entry
from services.db.installations import InstallationStore
from services.db.staging import Staged
from services.db.tokens import ConnectionStore
from services.domain.alerts import Act, Alert, Member, Topic
from services.domain.connection import ConnectionState
from services.domain.ids import (
    ClientId,
    FirmId,
    ImportId,
    InvoiceId,
    PaymentId,
    RealmId,
    RefundId,
)
from services.domain.ledger import Client, Invoice, Payment, Record, Refund, SyncFacts, kind_of
from services.domain.sync import Operation, RecordKind, Status
from services.domain.wishes import Wish
from services.ports import Installed, SlackTokens
from tests.builders import (
    ANNA,
    NOT_SYNCED,
    NOW,
    a_client,
    a_company,
    a_payment,
    a_refund,
    an_invoice,
    some_tokens,
)

SYNCING = SyncFacts(Status.SYNCING)
BEYOND = 5001  # What the ledger hands out by itself.


class Shelf:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers: Iterator[int] = count(BEYOND)
        self._qbo_ids: Iterator[int] = count(500)

    def synced(self) -> SyncFacts:
        """In QuickBooks, as an object of its own."""
        return SyncFacts(Status.SYNCED, qbo_id=str(next(self._qbo_ids)))

    def leaving(self) -> SyncFacts:
        """Still in QuickBooks, and on its way out of it."""
        return SyncFacts(Status.SYNCING, qbo_id=str(next(self._qbo_ids)))

    async def firm(
        self, firm: FirmId, realm: RealmId, state: ConnectionState = ConnectionState.ACTIVE
    ) -> None:
        """A firm and its company, whose tokens nobody can read again."""
        store = ConnectionStore(MultiFernet([Fernet(Fernet.generate_key())]))
        async with self.database.write(firm) as db:
            await ledger.ensure_firm(db, firm)
            await store.save(
                db,
                firm=firm,
                realm=realm,
                state=state,
                company=a_company(),
                tokens=some_tokens(),
                by=ANNA,
                now=NOW,
            )

    async def installation(self, firm: FirmId) -> None:
        """Where Slack lets us in with a token that nobody can read again."""
        store = InstallationStore(MultiFernet([Fernet(Fernet.generate_key())]))
        new = Installed(
            firm_id=firm,
            name="Larkspur",
            enterprise_id=None,
            bot_id="B1",
            bot_user_id="U1",
            scopes=frozenset({"chat:write"}),
            installed_by=ANNA,
            tokens=SlackTokens("xoxb-1"),
        )
        async with self.database.write(firm) as db:
            await ledger.ensure_firm(db, firm)
            await store.save(db, new, now=NOW)

    async def import_of_clients(self, firm: FirmId) -> None:
        which = ImportId(uuid4())
        staged = Staged(which, firm, RecordKind.CLIENT, ANNA, added=0, there=0, left_out=())
        async with self.database.write(firm) as db:
            await staging.begin(db, staged, at=NOW)

    async def client(self, **facts: Any) -> Client:
        name = f"Client {next(self._numbers)}"
        client = a_client(**{"id": ClientId(uuid4()), "name": name, **facts})
        await self._put(client)
        return client

    async def invoice(self, client: Client, *lines: Any, **facts: Any) -> Invoice:
        number = f"INV-{next(self._numbers)}"
        ordinary = {"id": InvoiceId(uuid4()), "number": number, "client": client}
        invoice = an_invoice(*lines, **{**ordinary, **facts})
        await self._put(invoice)
        return invoice

    async def payment(self, client: Client, **facts: Any) -> Payment:
        number = next(self._numbers)
        ordinary = {"id": PaymentId(uuid4()), "number": number, "client": client}
        payment = a_payment(**{**ordinary, **facts})
        await self._put(payment)
        return payment

    async def refund(self, payment: Payment, **facts: Any) -> Refund:
        number = next(self._numbers)
        ordinary = {"id": RefundId(uuid4()), "number": number, "payment": payment}
        refund = a_refund(**{**ordinary, **facts})
        await self._put(refund)
        return refund

    async def mark(self, record: Record, facts: SyncFacts) -> None:
        async with self.database.write(record.firm_id) as db:
            await ledger.mark(db, kind_of(record), record.id, facts)

    async def ask(self, record: Record, operation: Operation, wish: Wish | None = None) -> Entry:
        """Ask for it, and nothing else: the record stays as it is."""
        kind = kind_of(record)
        async with self.database.write(record.firm_id) as db:
            await outbox.ask_for(
                db,
                firm=record.firm_id,
                record_kind=kind,
                record=record.id,
                operation=operation,
                generation=await ledger.begin_generation(db, kind, record.id),
                by=ANNA,
                at=NOW,
                wish=wish,
            )
        return await self.entry(record.id)

    async def alert(self, payment: Payment, topic: Topic) -> Alert:
        """One that lists a payment, and that somebody has claimed and is about to read of."""
        firm, member = payment.firm_id, Member(RecordKind.PAYMENT, payment.id)
        async with self.database.write(firm) as db:
            alert = await alerts.open_one(db, firm, topic, now=NOW, speak_at=NOW)
            await alerts.add(db, alert.id, [member])
            await alerts.note(db, alert.id, Act.CLAIMED, at=NOW, by=[ANNA])
            await alert_posts.claim(db, alert.id, "C1", MESSAGE, now=NOW, until=NOW)
        return alert

    async def entry(self, record: UUID) -> Entry:
        async with self.database.read() as db:
            entry = await outbox.find_open(db, record)
        assert entry is not None
        return entry

    async def _put(self, record: Record) -> None:
        async with self.database.write(record.firm_id) as db:
            await _insert(db, replace(record, sync=NOT_SYNCED))
            await ledger.mark(db, kind_of(record), record.id, record.sync)


async def _insert(db: AsyncConnection, record: Record) -> None:
    submission = (str(record.id), "digest")
    match record:
        case Client():
            await ledger.insert_client(db, record, by=ANNA, at=NOW)
        case Invoice():
            await ledger.insert_invoice(db, record, generation=0, submission=submission, at=NOW)
        case Payment():
            await ledger.insert_payment(db, record, generation=0, submission=submission, at=NOW)
            await ledger.allot(db, record.id, record.allocations)
        case Refund():
            await ledger.insert_refund(db, record, generation=0, submission=submission, at=NOW)
