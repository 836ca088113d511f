"""Invoices: created once their client is there, changed, voided, removed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.entries import Entry
from services.domain.causes import Cause
from services.domain.changes import read_invoice_change
from services.domain.ids import InvoiceId
from services.domain.ledger import Invoice, Note
from services.domain.sync import Accepted, Operation, Outcome, RecordKind, Rejected, Skipped
from services.domain.twins import invoice_twins
from services.pushes.create import Create, of_customer, skip_twin
from services.pushes.push import (
    Case,
    Delete,
    Push,
    Seen,
    found,
    gone_for,
    too_early,
    why_not,
)
from services.pushes.sight import Sight
from services.quickbooks.mapping import invoices, wire


class _InvoicePush(Push[Invoice]):
    def entity(self, record: Invoice) -> str:
        del record
        return wire.INVOICE

    async def load(self, db: AsyncConnection, entry: Entry) -> tuple[Invoice, Invoice | None]:
        invoice = await ledger.find_invoice(db, entry.firm_id, InvoiceId(entry.record_id))
        if invoice is None:
            raise gone_for(entry, "invoice")
        if entry.operation is not Operation.UPDATE:
            return invoice, None
        return invoice, read_invoice_change(invoice, entry.wish.details)


class CreateInvoice(_InvoicePush, Create[Invoice]):
    def objection(self, case: Case[Invoice]) -> Rejected | Skipped | None:
        invoice = case.record
        if skipped := why_not(invoice.client, invoice.total, case):
            return skipped
        if early := too_early(invoice.invoiced_on, case):
            return early
        if case.company.invoices_need_tax:
            return Rejected(Cause.TAX, "")
        if case.company.service_item_id(case.settings.service_item_id) is None:
            return Rejected(Cause.NO_SERVICE_ITEM, "")
        return None

    def narrowed(self, record: Invoice) -> list[str]:
        return [of_customer(record.client.sync.qbo_id)]

    async def find_twin(self, case: Case[Invoice], sight: Sight) -> Outcome | Seen:
        customer = case.record.client.sync.qbo_id or ""
        there = await sight.of_customer(wire.INVOICE, customer, invoices.candidate)
        alike = invoice_twins(case.record, there)
        return await skip_twin(case, sight, alike, what="an invoice")

    def write(self, case: Case[Invoice], seen: Seen) -> Mapping[str, Any]:
        del seen
        item_id = case.company.service_item_id(case.settings.service_item_id)
        return invoices.to_invoice(case.record, item_id or "", case.entry.key)

    async def absorb(
        self, db: AsyncConnection, case: Case[Invoice], accepted: Accepted
    ) -> Note | None:
        item_id = invoices.read_item(accepted.body)
        await ledger.set_facts(db, RecordKind.INVOICE, case.record.id, item_id=item_id)
        return None


class UpdateInvoice(_InvoicePush):
    operation = Operation.UPDATE

    async def look(self, case: Case[Invoice], sight: Sight) -> Outcome | Seen:
        current = await sight.find(wire.INVOICE, case.record.sync.qbo_id or "")
        if current is None:
            return Rejected(Cause.DELETED_IN_QUICKBOOKS, "")
        if invoices.is_same(case.changed, current):
            return found(current)
        is_ours = invoices.is_same(case.record, current)
        if not is_ours and not case.overrides(Cause.CHANGED_IN_QUICKBOOKS):
            there = wire.amount(current, "TotalAmt")
            words = f"There it is {there} of {current.get('TxnDate')}."
            return Rejected(Cause.CHANGED_IN_QUICKBOOKS, words)
        paid = invoices.paid(current)
        if paid > case.changed.total.to_decimal():
            # QuickBooks would take it off a payment, and only some of them are ours.
            return Rejected(Cause.LINKED, f"{paid} is paid on it in QuickBooks.")
        return Seen(current)

    def write(self, case: Case[Invoice], seen: Seen) -> Mapping[str, Any]:
        item_id = case.record.item_id or invoices.read_item(seen.current) or ""
        return invoices.to_changed_invoice(case.changed, case.record, seen.current, item_id)

    async def absorb(
        self, db: AsyncConnection, case: Case[Invoice], accepted: Accepted
    ) -> Note | None:
        del accepted
        await ledger.change_invoice(db, case.changed)
        return None


class VoidInvoice(_InvoicePush):
    """It stays in QuickBooks, as nothing; what was paid on it becomes the client's credit."""

    operation = Operation.VOID

    async def look(self, case: Case[Invoice], sight: Sight) -> Outcome | Seen:
        qbo_id = case.record.sync.qbo_id or ""
        current = await sight.find(wire.INVOICE, qbo_id)
        if current is None and case.entry.wish.then is Operation.DELETE:
            return Accepted(qbo_id, "")
        if current is None:
            return Rejected(Cause.DELETED_IN_QUICKBOOKS, "")
        return found(current) if invoices.is_void(current) else Seen(current)

    def write(self, case: Case[Invoice], seen: Seen) -> Mapping[str, Any]:
        del case
        return wire.to_handle(seen.current)

    async def absorb(
        self, db: AsyncConnection, case: Case[Invoice], accepted: Accepted
    ) -> Note | None:
        del accepted
        await ledger.set_facts(db, RecordKind.INVOICE, case.record.id, voided=True)
        if case.entry.wish.then is Operation.DELETE:
            await ledger.leave_out(db, case.record.id)
        else:
            await ledger.free(db, case.record.id)
        return None


class DeleteInvoice(_InvoicePush, Delete[Invoice]):
    def may_go(self, current: Mapping[str, Any]) -> Rejected | None:
        """Payments that only QuickBooks knows of were not listed to whoever asked for this."""
        if invoices.has_payments(current):
            return Rejected(Cause.LINKED, "A payment is applied to it in QuickBooks.")
        return None

    async def absorb(
        self, db: AsyncConnection, case: Case[Invoice], accepted: Accepted
    ) -> Note | None:
        del accepted
        invoice, voided = case.record.id, await self._stays_void(db, case)
        await ledger.set_facts(db, RecordKind.INVOICE, invoice, item_id=None, voided=voided)
        return None

    async def _stays_void(self, db: AsyncConnection, case: Case[Invoice]) -> bool:
        """What was voided only to free its payments is open again, and still settled by them."""
        wish = case.entry.wish
        if wish.voids_record or not case.record.voided or wish.follows:
            return wish.voids_record
        return not await ledger.payments_on(db, case.record.id)
