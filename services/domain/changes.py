"""A change on its way to QuickBooks: what a record shall become, as it is kept meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.domain.ids import InvoiceId
from services.domain.ledger import (
    Allocation,
    Allotted,
    Client,
    Invoice,
    InvoiceLine,
    Method,
    NewInvoice,
    NewPayment,
    Payment,
    Record,
    Refund,
    total_of,
)
from services.domain.money import Money

Details = Mapping[str, Any]  # Goes through JSON and comes back the same.


def keep_payment_change(wanted: NewPayment) -> Details:
    return {
        "amount_minor": wanted.amount.minor,
        "received_on": wanted.received_on.isoformat(),
        "method": wanted.method,
        "reference": wanted.reference,
        "description": wanted.description,
        "allocations": [
            {
                "invoice": str(each.invoice_id),
                "minor": each.amount.minor,
                "left_out": each.left_out,
            }
            for each in wanted.allocations
        ],
    }


def as_typed(payment: Payment) -> NewPayment:
    """What can be edited of it, as a form would hold it."""
    return NewPayment(
        client_id=payment.client.id,
        amount=payment.amount,
        received_on=payment.received_on,
        method=payment.method,
        reference=payment.reference,
        description=payment.description,
        allocations=bare(payment.allocations),
    )


def read_payment_change(payment: Payment, kept: Details, invoices: Iterable[Invoice]) -> Payment:
    """`invoices` are the client's."""
    known = {invoice.id: invoice for invoice in invoices}
    currency = payment.amount.currency
    return replace(
        payment,
        amount=Money(kept["amount_minor"], currency),
        received_on=date.fromisoformat(kept["received_on"]),
        method=Method(kept["method"]),
        reference=kept["reference"],
        description=kept["description"],
        allocations=tuple(
            allotted(
                known[InvoiceId(UUID(each["invoice"]))],
                Money(each["minor"], currency),
                left_out=each["left_out"],
            )
            for each in kept["allocations"]
        ),
    )


def changed_payment(payment: Payment, wanted: NewPayment, invoices: Iterable[Invoice]) -> Payment:
    return read_payment_change(payment, keep_payment_change(wanted), invoices)


def allotted(invoice: Invoice, amount: Money, *, left_out: bool) -> Allotted:
    return Allotted(
        invoice_id=invoice.id,
        amount=amount,
        left_out=left_out,
        number=invoice.number,
        invoice_qbo_id=invoice.sync.qbo_id,
        invoice_status=invoice.sync.status,
    )


def bare(allocations: Iterable[Allotted]) -> tuple[Allocation, ...]:
    return tuple(Allocation(each.invoice_id, each.amount, each.left_out) for each in allocations)


def keep_invoice_change(wanted: NewInvoice | Invoice) -> Details:
    return {
        "invoiced_on": wanted.invoiced_on.isoformat(),
        "due_on": wanted.due_on.isoformat(),
        "lines": [
            {
                "description": line.description,
                "quantity": str(line.quantity),
                "unit_price_minor": line.unit_price.minor,
            }
            for line in wanted.lines
        ],
    }


def read_lines(kept: Details, currency: str) -> tuple[InvoiceLine, ...]:
    return tuple(
        InvoiceLine(
            line["description"],
            Decimal(line["quantity"]),
            Money(line["unit_price_minor"], currency),
        )
        for line in kept["lines"]
    )


def read_invoice_change(invoice: Invoice, kept: Details) -> Invoice:
    currency = invoice.total.currency
    lines = read_lines(kept, currency)
    return replace(
        invoice,
        invoiced_on=date.fromisoformat(kept["invoiced_on"]),
        due_on=date.fromisoformat(kept["due_on"]),
        lines=lines,
        total=total_of(lines, currency),
    )


def keep_record(record: Record) -> Details:
    """All that staff typed of it, for the audit."""
    match record:
        case Client():
            return {"name": record.name, "email": record.email}
        case Invoice():
            its: Details = {"number": record.number, "currency": record.total.currency}
            return {**_of_client(record), **its, **keep_invoice_change(record)}
        case Payment():
            its = {"currency": record.amount.currency}
            return {**_of_client(record), **its, **keep_payment_change(as_typed(record))}
        case Refund():
            return {
                "payment": str(record.payment.id),
                "amount_minor": record.amount.minor,
                "currency": record.amount.currency,
                "reason": record.reason,
                "account": record.account_id,
                "refunded_on": record.refunded_on.isoformat(),
            }


def difference(before: Record, after: Record) -> Details:
    """What the one says otherwise than the other; empty where they say the same."""
    was, now = ({**keep_record(each), "voided": _is_void(each)} for each in (before, after))
    changed = [name for name in now if was[name] != now[name]]
    if not changed:
        return {}
    return {
        "before": {name: was[name] for name in changed},
        "after": {name: now[name] for name in changed},
    }


def _is_void(record: Record) -> bool:
    return not isinstance(record, Client) and record.voided


def _of_client(record: Invoice | Payment) -> Details:
    return {"client": str(record.client.id)}
