"""What people see of the firm's records, which go by the names that they read."""

from dataclasses import dataclass
from typing import Any

from sandbox.quickbooks import Company
from services.domain.ids import read_payment_number, read_refund_number
from services.domain.ledger import Client, Invoice, Payment, Record, Refund, SyncFacts
from services.domain.sync import Action
from services.domain.waiting import Waiting
from services.errors import NotFound
from services.quickbooks.mapping.refunds import entity_of
from tests.builders import FIRM
from tests.services.books.bookkeeping import Books, read_books
from tests.services.conftest import Office


@dataclass
class Records:
    office: Office

    @property
    def company(self) -> Company:
        return self.office.company

    @property
    def books(self) -> Books:
        return read_books(self.company)

    async def record(self, name: str) -> Record:
        if name.startswith("P-"):
            return await self.payment(name)
        if name.startswith("R-"):
            return await self.refund(name)
        try:
            return await self.client(name)
        except NotFound:
            return await self.invoice(name)

    async def client(self, name: str) -> Client:
        return await self.office.clients.get_by_name(FIRM, name)

    async def invoice(self, number: str) -> Invoice:
        invoices = self.office.invoices
        return (await invoices.show(FIRM, await invoices.id_of(FIRM, number))).invoice

    async def payment(self, name: str) -> Payment:
        number = read_payment_number(name)
        assert number is not None
        return await self.office.payment(await self.office.payments.id_of(FIRM, number))

    async def refund(self, name: str) -> Refund:
        number, refunds = read_refund_number(name), self.office.refunds
        assert number is not None
        return (await refunds.show(FIRM, await refunds.id_of(FIRM, number))).refund

    async def says(self, *names: str) -> list[str]:
        """Each record's status, with the cause, the note and the like that stand beside it."""
        return [_in_words(await self.record(name)) for name in names]

    async def facts(self, name: str) -> SyncFacts:
        return (await self.record(name)).sync

    async def detail(self, name: str) -> str:
        """The sentence that stands beside a cause or a note."""
        facts = await self.facts(name)
        return (facts.note.detail if facts.note else facts.detail) or ""

    async def waits_for(self, name: str) -> Waiting | None:
        return (await self._standing(name)).waiting  # type: ignore[no-any-return] # Each kind's.

    async def may(self, name: str) -> set[Action]:
        return set((await self._standing(name)).actions)

    async def _standing(self, name: str) -> Any:
        record = await self.record(name)
        return await self.case_of(record).show(FIRM, record.id)

    async def settled(self, name: str) -> dict[str, str]:
        """What a payment settles of each invoice; in brackets where QuickBooks knows nothing."""
        return {
            each.number: f"({each.amount.to_decimal()})"
            if each.left_out
            else str(each.amount.to_decimal())
            for each in (await self.payment(name)).allocations
        }

    async def amount(self, name: str) -> str:
        """What a payment is of, as the firm's own ledger has it."""
        return str((await self.payment(name)).amount.to_decimal())

    async def due(self, number: str) -> str:
        """What is left to pay of an invoice, as the firm's own ledger has it."""
        return str((await self.invoice(number)).balance_due.to_decimal())

    async def qbo_id(self, name: str) -> str:
        found = (await self.facts(name)).qbo_id
        assert found is not None, f"{name} is not in QuickBooks"
        return found

    async def there(self, name: str) -> dict[str, Any]:
        """The object in QuickBooks that a record is tied to; empty where it is gone."""
        entity = entity_named(await self.record(name))
        return self.company.find(entity, await self.qbo_id(name)) or {}

    async def balance(self, number: str) -> str:
        """What is open of an invoice in QuickBooks."""
        return f"{(await self.there(number))['Balance']:.2f}"

    async def unapplied(self, name: str) -> str:
        """What of a payment is credit in QuickBooks."""
        return f"{(await self.there(name))['UnappliedAmt']:.2f}"

    def account_id(self, name: str) -> str:
        return next(str(each["Id"]) for each in self.company.accounts() if each["Name"] == name)

    def item_id(self, name: str) -> str:
        return next(str(each["Id"]) for each in self.company.items() if each["Name"] == name)

    async def sold(self, name: str) -> list[str]:
        """The items of an invoice or a reversed sale in QuickBooks."""
        lines = (await self.there(name))["Line"]
        details = [line["SalesItemLineDetail"] for line in lines if "SalesItemLineDetail" in line]
        return [detail["ItemRef"]["name"] for detail in details]

    def case_of(self, record: Record) -> Any:
        """The use cases of its kind."""
        match record:
            case Client():
                return self.office.clients
            case Invoice():
                return self.office.invoices
            case Payment():
                return self.office.payments
            case Refund():
                return self.office.refunds


def entity_named(record: Record) -> str:
    """What QuickBooks calls such a record."""
    match record:
        case Client():
            return "Customer"
        case Invoice():
            return "Invoice"
        case Payment():
            return "Payment"
        case Refund():
            return entity_of(record)


def _in_words(record: Record) -> str:
    facts = record.sync
    words = facts.status.label
    if facts.linked:
        words += " (linked)"
    if facts.cause:
        words += f": {facts.cause}"
    if not isinstance(record, Client) and record.voided:
        words += ", void"
    if facts.note:
        words += f"; {facts.note.operation} not accepted: {facts.note.cause}"
    return words
