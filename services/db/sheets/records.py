"""Sheets of what a firm keeps: clients, invoices, payments and refunds."""

from decimal import Decimal

from sqlalchemy import case, func, select

from services.db.columns import total
from services.db.sheets.sheet import (
    BETWEEN,
    ORIGIN,
    STANDING,
    Sheet,
    joined,
    money,
    plain,
    text,
)
from services.db.tables import allocations, clients, invoice_lines, invoices, payments, refunds
from services.domain.ids import payment_reference, refund_reference
from services.domain.ledger import Reason

_CLIENT = clients.c.name.label("client")
_APPLIED_TO_INVOICE = (
    select(total(allocations.c.amount_minor))
    .join(payments, payments.c.id == allocations.c.payment_id)
    .where(allocations.c.invoice_id == invoices.c.id, ~payments.c.voided)
    .scalar_subquery()
)
_SETTLES = (
    select(func.aggregate_strings(invoices.c.number, BETWEEN))
    .join(allocations, allocations.c.invoice_id == invoices.c.id)
    .where(allocations.c.payment_id == payments.c.id, allocations.c.amount_minor > 0)
    .scalar_subquery()
)
_APPLIED = (
    select(total(allocations.c.amount_minor))
    .where(allocations.c.payment_id == payments.c.id)
    .scalar_subquery()
)
_OF_PAYMENT = refunds.c.payment_id == payments.c.id, ~refunds.c.voided
_REFUNDED = select(total(refunds.c.amount_minor)).where(*_OF_PAYMENT).scalar_subquery()
_RETURNED = (
    select(total(refunds.c.amount_minor))
    .where(*_OF_PAYMENT, refunds.c.reason == Reason.CREDIT_RETURNED)
    .scalar_subquery()
)

CLIENTS = Sheet(
    "clients",
    select(clients).order_by(clients.c.firm_id, clients.c.name_key),
    clients.c.firm_id,
    {
        "Name": plain("name"),
        "E-mail": plain("email"),
        "Excluded": plain("excluded"),
        **STANDING,
        **ORIGIN,
    },
)

_INVOICE = {
    "Number": plain("number"),
    "Client": plain("client"),
    "Invoice date": plain("invoiced_on"),
    "Due date": plain("due_on"),
}
INVOICES = Sheet(
    "invoices",
    select(invoices, _CLIENT, _APPLIED_TO_INVOICE.label("applied_minor"))
    .join(clients, clients.c.id == invoices.c.client_id)
    .order_by(invoices.c.firm_id, invoices.c.created_at, invoices.c.id),
    invoices.c.firm_id,
    {
        **_INVOICE,
        "Total": money("total_minor"),
        "Paid here": money("applied_minor"),
        "Currency": plain("currency"),
        "Void": plain("voided"),
        **STANDING,
        **ORIGIN,
    },
)

INVOICE_LINES = Sheet(
    "invoice_lines",
    select(
        *(invoices.c[name] for name in ("number", "invoiced_on", "due_on", "currency", "firm_id")),
        _CLIENT,
        invoice_lines,
    )
    .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
    .join(clients, clients.c.id == invoices.c.client_id)
    .order_by(invoices.c.firm_id, invoices.c.created_at, invoices.c.id, invoice_lines.c.position),
    invoices.c.firm_id,
    {
        **_INVOICE,
        "Description": plain("description"),
        "Quantity": lambda row: Decimal(row.quantity),
        "Unit price": money("unit_price_minor"),
        "Currency": plain("currency"),
        "Workspace": plain("firm_id"),
        "Invoice id": text("invoice_id"),
    },
)

PAYMENTS = Sheet(
    "payments",
    select(
        payments,
        _CLIENT,
        _SETTLES.label("settles"),
        _APPLIED.label("applied_minor"),
        _REFUNDED.label("refunded_minor"),
        case(
            (payments.c.voided, 0),
            else_=payments.c.amount_minor
            - _APPLIED
            - payments.c.applied_elsewhere_minor
            - _RETURNED,
        ).label("unapplied_minor"),
    )
    .join(clients, clients.c.id == payments.c.client_id)
    .order_by(payments.c.firm_id, payments.c.number),
    payments.c.firm_id,
    {
        "Payment": lambda row: payment_reference(row.number),
        "Client": plain("client"),
        "Amount": money("amount_minor"),
        "Currency": plain("currency"),
        "Payment date": plain("received_on"),
        "Method": plain("method"),
        "Reference": plain("reference"),
        "Description": plain("description"),
        "Invoices": joined("settles"),
        "Applied": money("applied_minor"),
        "Unapplied": money("unapplied_minor"),
        "Refunded": money("refunded_minor"),
        "Void": plain("voided"),
        **STANDING,
        "Deposited to (QuickBooks id)": plain("deposit_account_id"),
        **ORIGIN,
    },
)

ALLOCATIONS = Sheet(
    "allocations",
    select(
        payments.c.number.label("payment"),
        payments.c.currency,
        payments.c.firm_id,
        invoices.c.number,
        allocations,
    )
    .join(payments, payments.c.id == allocations.c.payment_id)
    .join(invoices, invoices.c.id == allocations.c.invoice_id)
    .where(allocations.c.amount_minor > 0)
    .order_by(payments.c.firm_id, payments.c.number, invoices.c.number),
    payments.c.firm_id,
    {
        "Payment": lambda row: payment_reference(row.payment),
        "Invoice": plain("number"),
        "Amount": money("amount_minor"),
        "Currency": plain("currency"),
        "Left out of QuickBooks": plain("left_out"),
        "Workspace": plain("firm_id"),
        "Payment id": text("payment_id"),
        "Invoice id": text("invoice_id"),
    },
)

REFUNDS = Sheet(
    "refunds",
    select(refunds, payments.c.number.label("payment"), _CLIENT)
    .join(payments, payments.c.id == refunds.c.payment_id)
    .join(clients, clients.c.id == payments.c.client_id)
    .order_by(refunds.c.firm_id, refunds.c.number),
    refunds.c.firm_id,
    {
        "Refund": lambda row: refund_reference(row.number),
        "Payment": lambda row: payment_reference(row.payment),
        "Client": plain("client"),
        "Amount": money("amount_minor"),
        "Currency": plain("currency"),
        "Refund date": plain("refunded_on"),
        "Reason": lambda row: Reason(row.reason).label,
        "Refunded from (QuickBooks id)": plain("account_id"),
        "Void": plain("voided"),
        **STANDING,
        **ORIGIN,
    },
)
