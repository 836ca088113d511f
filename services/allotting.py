"""What a payment may settle as things stand, in the caller's transaction."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, outbox
from services.domain.allocation import objection
from services.domain.changes import read_invoice_change
from services.domain.ids import InvoiceId
from services.domain.ledger import Client, Invoice, NewPayment
from services.domain.sync import Operation, Status
from services.errors import Refused


async def allocatable(
    db: AsyncConnection, client: Client, new: NewPayment, held: dict[InvoiceId, int] | None = None
) -> dict[InvoiceId, Invoice]:
    """The client's invoices; Refused where the payment cannot settle those that it names."""
    if not new.allocations:
        return {}
    invoices = {each.id: each for each in await ledger.invoices_of(db, client.firm_id, client.id)}
    for each in new.allocations:
        if each.invoice_id in invoices:
            invoices[each.invoice_id] = await _as_it_will_be(db, invoices[each.invoice_id])
    sentence = objection(new.amount, new.allocations, invoices, held=held or {})
    if sentence:
        raise Refused(sentence)
    return invoices


async def _as_it_will_be(db: AsyncConnection, invoice: Invoice) -> Invoice:
    """Nothing new is applied to what is on its way out, or to what a change will take away."""
    if invoice.sync.status is not Status.SYNCING:
        return invoice
    entry = await outbox.find_open(db, invoice.id)
    if entry is None:
        return invoice
    if entry.operation in {Operation.VOID, Operation.DELETE}:
        raise Refused(f"{invoice.name} is being taken out of QuickBooks. Wait until that is done.")
    if entry.operation is Operation.UPDATE:
        changed = read_invoice_change(invoice, entry.wish.details)
        return replace(invoice, total=min(invoice.total, changed.total))
    return invoice
