"""An invoice is written down, in the caller's transaction."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.domain.changes import keep_record
from services.domain.ids import InvoiceId, UserId
from services.domain.ledger import Client, Invoice, NewInvoice, SyncFacts, total_of
from services.domain.sync import Status
from services.intentions import write_audit
from services.invoice_checks import number_for


async def bill(
    db: AsyncConnection,
    client: Client,
    new: NewInvoice,
    *,
    submission: tuple[str, str],
    by: UserId,
    at: datetime,
) -> Invoice:
    """`submission`: what it came from, and the digest of what was typed there.

    Refused where its number is taken.
    """
    currency = new.lines[0].unit_price.currency
    invoice = Invoice(
        id=InvoiceId(uuid4()),
        firm_id=client.firm_id,
        number=await number_for(db, client.firm_id, new.number),
        client=client,
        lines=new.lines,
        total=total_of(new.lines, currency),
        applied=total_of((), currency),
        invoiced_on=new.invoiced_on,
        due_on=new.due_on,
        recorded_by=by,
        sync=SyncFacts(Status.NOT_SYNCED),
    )
    await ledger.insert_invoice(db, invoice, generation=0, submission=submission, at=at)
    change = {"status": [None, invoice.sync.status], "after": keep_record(invoice)}
    await write_audit(db, invoice, "invoice recorded", change, by=by, at=at)
    return invoice
