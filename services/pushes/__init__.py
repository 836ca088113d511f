"""What is particular to bringing each kind of record to QuickBooks, and back out of it."""

from typing import Any

from services.db.entries import Entry
from services.domain.sync import Operation, RecordKind
from services.pushes.clients import CreateClient, ReleaseClient, UpdateClient
from services.pushes.invoices import CreateInvoice, DeleteInvoice, UpdateInvoice, VoidInvoice
from services.pushes.payments import (
    CreatePayment,
    DeletePayment,
    ReleasePayment,
    UpdatePayment,
)
from services.pushes.push import Push
from services.pushes.refunds import ApplyRefund, CreateRefund, DeleteRefund, UnapplyRefund

_ALL: dict[RecordKind, tuple[Push[Any], ...]] = {
    RecordKind.CLIENT: (CreateClient(), UpdateClient(), ReleaseClient()),
    RecordKind.INVOICE: (CreateInvoice(), UpdateInvoice(), VoidInvoice(), DeleteInvoice()),
    RecordKind.PAYMENT: (CreatePayment(), UpdatePayment(), DeletePayment(), ReleasePayment()),
    RecordKind.REFUND: (CreateRefund(), ApplyRefund(), UnapplyRefund(), DeleteRefund()),
}
PUSHES: dict[tuple[RecordKind, Operation], Push[Any]] = {
    (kind, push.operation): push for kind, pushes in _ALL.items() for push in pushes
}


def push_of(entry: Entry) -> Push[Any]:
    return PUSHES[entry.record_kind, entry.operation]
