"""Invoices and their lines, and what payments settle of them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import total
from services.db.ledger.clients import COLUMNS as CLIENT
from services.db.ledger.clients import read_client
from services.db.ledger.records import sync_facts
from services.db.tables import allocations, clients, invoice_lines, invoices, payments
from services.domain.ids import ClientId, FirmId, InvoiceId, PaymentId, UserId
from services.domain.ledger import Invoice, InvoiceLine, name_key
from services.domain.money import Money

# What a payment holds, and what a change of it would hold that QuickBooks has not accepted yet.
_RESERVED = case(
    (allocations.c.wanted_minor > allocations.c.amount_minor, allocations.c.wanted_minor),
    else_=allocations.c.amount_minor,
)
_APPLIED = (
    select(total(_RESERVED))
    .join(payments, payments.c.id == allocations.c.payment_id)
    .where(allocations.c.invoice_id == invoices.c.id, ~payments.c.voided)
    .scalar_subquery()
)
_INVOICE = select(
    *(column for column in invoices.c if column is not invoices.c.client_id),
    _APPLIED.label("applied_minor"),
    *CLIENT,
).join(clients, clients.c.id == invoices.c.client_id)


async def insert_invoice(
    db: AsyncConnection,
    invoice: Invoice,
    *,
    generation: int,
    submission: tuple[str, str],
    at: datetime,
) -> None:
    """`submission`: the modal's id and the digest of what was typed."""
    await db.execute(
        insert(invoices),
        {
            "id": invoice.id,
            "firm_id": invoice.firm_id,
            "number": invoice.number,
            "number_key": name_key(invoice.number),
            "client_id": invoice.client.id,
            "total_minor": invoice.total.minor,
            "currency": invoice.total.currency,
            "invoiced_on": invoice.invoiced_on,
            "due_on": invoice.due_on,
            "voided": False,
            "submission_id": submission[0],
            "submission_digest": submission[1],
            "status": invoice.sync.status,
            "generation": generation,
            "created_by": invoice.recorded_by,
            "created_at": at,
        },
    )
    await _insert_lines(db, invoice.id, invoice.lines)


async def change_invoice(db: AsyncConnection, wanted: Invoice) -> None:
    """All but its client."""
    await db.execute(
        update(invoices)
        .where(invoices.c.id == wanted.id)
        .values(
            number=wanted.number,
            number_key=name_key(wanted.number),
            total_minor=wanted.total.minor,
            invoiced_on=wanted.invoiced_on,
            due_on=wanted.due_on,
            version=invoices.c.version + 1,
        )
    )
    await db.execute(delete(invoice_lines).where(invoice_lines.c.invoice_id == wanted.id))
    await _insert_lines(db, wanted.id, wanted.lines)


async def _insert_lines(
    db: AsyncConnection, invoice: InvoiceId, lines: Iterable[InvoiceLine]
) -> None:
    rows = [
        {
            "invoice_id": invoice,
            "position": position,
            "description": line.description,
            "quantity": str(line.quantity),
            "unit_price_minor": line.unit_price.minor,
        }
        for position, line in enumerate(lines)
    ]
    await db.execute(insert(invoice_lines), rows)


async def find_invoice(db: AsyncConnection, firm: FirmId, invoice: InvoiceId) -> Invoice | None:
    return await _find_one(db, invoices.c.firm_id == firm, invoices.c.id == invoice)


async def find_invoice_by_number(db: AsyncConnection, firm: FirmId, number: str) -> Invoice | None:
    """Case and spaces aside."""
    key = name_key(number)
    return await _find_one(db, invoices.c.firm_id == firm, invoices.c.number_key == key)


async def find_submitted_invoice(
    db: AsyncConnection, firm: FirmId, submission_id: str
) -> tuple[InvoiceId, str, str] | None:
    """The invoice that this modal was saved as: id, number, and the digest of what was typed."""
    query = select(invoices.c.id, invoices.c.number, invoices.c.submission_digest).where(
        invoices.c.firm_id == firm, invoices.c.submission_id == submission_id
    )
    row = (await db.execute(query)).one_or_none()
    return (InvoiceId(row.id), row.number, row.submission_digest) if row else None


async def invoices_of(db: AsyncConnection, firm: FirmId, client: ClientId) -> list[Invoice]:
    """All of a client's, the oldest first, void ones included."""
    # SQLite cannot know that a client has fewer invoices than the firm.
    query = _INVOICE.with_hint(invoices, "INDEXED BY ix_invoices_client_id", "sqlite")
    return await _find(db, query.where(invoices.c.firm_id == firm, invoices.c.client_id == client))


async def invoices_tied(
    db: AsyncConnection, firm: FirmId, qbo_ids: Iterable[str]
) -> dict[str, InvoiceId]:
    """Which invoices of ours these ids of QuickBooks' are."""
    query = select(invoices.c.qbo_id, invoices.c.id).where(
        invoices.c.firm_id == firm, invoices.c.qbo_id.in_(list(qbo_ids))
    )
    return {row.qbo_id: InvoiceId(row.id) for row in await db.execute(query)}


async def payments_on(
    db: AsyncConnection, invoice: InvoiceId
) -> list[tuple[PaymentId, int, str | None, bool]]:
    """What settles it: payment, its number, its id in QuickBooks, and whether it is left out."""
    query = (
        select(payments.c.id, payments.c.number, payments.c.qbo_id, allocations.c.left_out)
        .join(allocations, allocations.c.payment_id == payments.c.id)
        .where(allocations.c.invoice_id == invoice, ~payments.c.voided)
        .order_by(payments.c.number)
    )
    return [
        (PaymentId(row.id), row.number, row.qbo_id, row.left_out) for row in await db.execute(query)
    ]


async def _find_one(db: AsyncConnection, *where: Any) -> Invoice | None:  # noqa: ANN401 - SQL
    found = await _find(db, _INVOICE.where(*where))
    return found[0] if found else None


async def _find(db: AsyncConnection, query: Select[Any]) -> list[Invoice]:
    in_order = query.order_by(invoices.c.due_on, invoices.c.invoiced_on, invoices.c.number)
    rows = (await db.execute(in_order)).mappings().all()
    lines = await _lines_of(db, [row["id"] for row in rows]) if rows else {}
    return [_invoice(row, lines.get(row["id"], [])) for row in rows]


async def _lines_of(db: AsyncConnection, wanted: list[Any]) -> dict[Any, list[Any]]:
    query = (
        select(invoice_lines)
        .where(invoice_lines.c.invoice_id.in_(wanted))
        .order_by(invoice_lines.c.invoice_id, invoice_lines.c.position)
    )
    lines: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in (await db.execute(query)).mappings():
        lines[row["invoice_id"]].append(row)
    return lines


def _invoice(row: Any, lines: Iterable[Any]) -> Invoice:  # noqa: ANN401 - a row's mapping.
    currency = row["currency"]
    return Invoice(
        id=InvoiceId(row["id"]),
        firm_id=FirmId(row["firm_id"]),
        number=row["number"],
        client=read_client(row),
        lines=tuple(
            InvoiceLine(
                line["description"],
                Decimal(line["quantity"]),
                Money(line["unit_price_minor"], currency),
            )
            for line in lines
        ),
        total=Money(row["total_minor"], currency),
        applied=Money(row["applied_minor"], currency),
        invoiced_on=row["invoiced_on"],
        due_on=row["due_on"],
        recorded_by=UserId(row["created_by"]),
        sync=sync_facts(row),
        voided=row["voided"],
        item_id=row["item_id"],
    )
