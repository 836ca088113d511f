"""Any record by its kind."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.clients import find_client
from services.db.ledger.invoices import find_invoice
from services.db.ledger.payments import find_payment
from services.db.ledger.refunds import find_refund
from services.domain.ids import ClientId, FirmId, InvoiceId, PaymentId, RefundId
from services.domain.ledger import Record
from services.domain.sync import RecordKind


async def find_record(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, record: UUID
) -> Record | None:
    match kind:
        case RecordKind.CLIENT:
            return await find_client(db, firm, ClientId(record))
        case RecordKind.INVOICE:
            return await find_invoice(db, firm, InvoiceId(record))
        case RecordKind.PAYMENT:
            return await find_payment(db, firm, PaymentId(record))
        case RecordKind.REFUND:
            return await find_refund(db, firm, RefundId(record))
