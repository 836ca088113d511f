"""What QuickBooks holds at this moment, for people to see and choose from; nothing is written."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from services.access import Keys
from services.db import ledger
from services.db.engine import Database
from services.domain.connection import MONEY_KINDS, Account, ConnectionState, Item
from services.domain.ids import FirmId, InvoiceId, RealmId
from services.domain.sync import RecordKind
from services.domain.twins import Candidate
from services.errors import AccessExpired, NotFound, Refused
from services.ports import Access, Books
from services.quickbooks.mapping import company, customers, deposits, invoices, payments, wire

Row = dict[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Customer:
    """`name` has its parents before it, where it is a sub-customer."""

    id: str
    name: str
    email: str | None


@dataclass(frozen=True)
class Live:
    """Each question is Refused while QuickBooks is not connected.

    Raise TryLater and ConnectionLost as QuickBooks answers.
    """

    database: Database
    books: Books
    keys: Keys

    async def accounts(self, firm: FirmId) -> list[Account]:
        """The active ones that payments may go into, by name."""
        rows = await self._query(firm, "Account", company.ACCOUNTS)
        found = tuple(company.read_account(row) for row in rows)
        await self._keep(firm, accounts=found)
        money = [each for each in found if each.kind in MONEY_KINDS]
        return sorted(money, key=lambda each: each.name.casefold())

    async def items(self, firm: FirmId) -> list[Item]:
        """The active services that can stand on an invoice, by name."""
        rows = await self._query(firm, "Item", company.ITEMS)
        found = tuple(company.read_item(row) for row in rows)
        await self._keep(firm, items=found)
        return sorted(found, key=lambda each: each.name.casefold())

    async def customers(self, firm: FirmId, words: str) -> list[Customer]:
        """The active ones whose name holds `words`, and whom no client is linked to yet."""
        rows = await self._query(firm, wire.CUSTOMER, customers.active_like(words))
        free = await self._without_ours(firm, RecordKind.CLIENT, rows)
        found = [
            Customer(str(row["Id"]), customers.full_name(row), customers.email_of(row))
            for row in free
        ]
        return sorted(found, key=lambda each: each.name.casefold())

    async def invoices(self, firm: FirmId, invoice: InvoiceId) -> list[Candidate]:
        """What this invoice could be there: its client's of the same total, not linked yet."""
        async with self.database.read() as db:
            ours = await ledger.find_invoice(db, firm, invoice)
        if ours is None:
            raise NotFound("There is no such invoice.")
        if ours.client.sync.qbo_id is None:
            raise Refused(f"{ours.client.name} is not in QuickBooks. Sync or link it first.")
        where = f"CustomerRef = {wire.quoted(ours.client.sync.qbo_id)}"
        rows = await self._query(firm, wire.INVOICE, where)
        same = [row for row in rows if wire.is_amount(row, "TotalAmt", ours.total)]
        free = await self._without_ours(firm, RecordKind.INVOICE, same)
        return [invoices.candidate(row) for row in free]

    async def deposited(self, firm: FirmId, since: date) -> frozenset[str]:
        """Payments that are on a bank deposit, of those that were received from this day on."""
        rows = await self._query(firm, payments.DEPOSIT, deposits.dated_since(since))
        return deposits.payments_on(rows)

    async def _keep(self, firm: FirmId, **seen: Any) -> None:  # noqa: ANN401 - a company's facts.
        """What was just seen is known from now on, so that all else calls it by its name too."""
        async with self.database.write(firm) as db:
            connection = await self.keys.store.find(db, firm)
            if connection is None:
                return
            known, at = replace(connection.company, **seen), connection.company_read_at
            if known != connection.company:
                await self.keys.store.save_company(db, connection.realm_id, known, now=at)

    async def _without_ours(self, firm: FirmId, kind: RecordKind, rows: list[Row]) -> list[Row]:
        async with self.database.read() as db:
            taken = await ledger.tied(db, firm, kind, [str(row["Id"]) for row in rows])
        return [row for row in rows if str(row["Id"]) not in taken]

    async def _query(self, firm: FirmId, entity: str, where: str) -> list[Row]:
        realm = await self._realm(firm)
        return await self._with_access(realm, lambda key: self.books.query(key, entity, where))

    async def _with_access(self, realm: RealmId, ask: Callable[[Access], Awaitable[_T]]) -> _T:
        access = await self.keys.access(realm)
        try:
            return await ask(access)
        except AccessExpired:
            return await ask(await self.keys.access(realm, expired=access))

    async def _realm(self, firm: FirmId) -> RealmId:
        async with self.database.read() as db:
            connection = await self.keys.store.find(db, firm)
        if connection is None or connection.state is not ConnectionState.ACTIVE:
            raise Refused("QuickBooks is not connected.")
        return connection.realm_id
