"""Records that were lost are read from what they became in QuickBooks."""

import re
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.domain.connection import Company
from services.domain.ids import (
    ClientId,
    FirmId,
    InvoiceId,
    PaymentId,
    RefundId,
    UserId,
    read_payment_number,
    read_refund_number,
)
from services.domain.ledger import (
    Client,
    Invoice,
    InvoiceLine,
    Method,
    Payment,
    Reason,
    Refund,
    SyncFacts,
    total_of,
)
from services.domain.money import Money
from services.domain.sync import RecordKind, Status
from services.invoice_checks import number_for
from services.quickbooks.mapping import customers, invoices, payments, wire
from services.restoring.comparison import Entity, Row

_NOT_SYNCED = SyncFacts(Status.NOT_SYNCED)
# As `mapping` writes it into the note.
_PAYMENT_LINE = re.compile(r"(?P<number>P-\d+) entered with Counterfoil, (?P<method>.+) \[")
_REFUND_LINE = re.compile(r"(?P<number>R-\d+) of (?P<payment>P-\d+) entered with Counterfoil")


async def recover_client(
    db: AsyncConnection, firm: FirmId, row: Row, *, by: UserId, at: datetime
) -> Client:
    """One of its name is taken for it, unless QuickBooks has that one as another."""
    name = customers.bare_name(row)
    there = await ledger.find_client_by_name(db, firm, name)
    if there is not None and there.sync.qbo_id is None:
        return there
    if there is not None:
        name = f"{name} ({row['Id']})"
    client = Client(ClientId(uuid4()), firm, name, customers.email_of(row), _NOT_SYNCED)
    await ledger.insert_client(db, client, by=by, at=at)
    return client


async def recover_invoice(
    db: AsyncConnection, client: Client, row: Row, company: Company, *, by: UserId, at: datetime
) -> Invoice:
    total = Money.from_decimal(wire.amount(row, "TotalAmt"), company.currency)
    lines = invoices.read_lines(row, company.currency)
    if not lines or total_of(lines, company.currency) != total:  # A tax, or a discount.
        lines = (InvoiceLine("As in QuickBooks", Decimal(1), total),)
    on = date.fromisoformat(str(row["TxnDate"]))
    invoice = Invoice(
        id=InvoiceId(uuid4()),
        firm_id=client.firm_id,
        number=await _invoice_number(db, client.firm_id, row),
        client=client,
        lines=lines,
        total=total,
        applied=Money(0, company.currency),
        invoiced_on=on,
        due_on=date.fromisoformat(str(row.get("DueDate") or on)),
        recorded_by=by,
        sync=_NOT_SYNCED,
    )
    await ledger.insert_invoice(db, invoice, generation=0, submission=_submission(row), at=at)
    item_id = invoices.read_item(row)
    await ledger.set_facts(db, RecordKind.INVOICE, invoice.id, item_id=item_id)
    return invoice


async def _invoice_number(db: AsyncConnection, firm: FirmId, row: Row) -> str:
    there = str(row.get("DocNumber") or "")
    taken = there and await ledger.find_invoice_by_number(db, firm, there)
    return there if there and not taken else await number_for(db, firm, None)


async def recover_payment(
    db: AsyncConnection, client: Client, row: Row, company: Company, *, by: UserId, at: datetime
) -> Payment:
    """What it settles, and where it lies, is read once all else is there."""
    said = _PAYMENT_LINE.search(wire.our_line(row) or "")
    payment = Payment(
        id=PaymentId(uuid4()),
        firm_id=client.firm_id,
        number=await _payment_number(db, client.firm_id, said),
        client=client,
        amount=Money.from_decimal(wire.amount(row, "TotalAmt"), company.currency),
        received_on=date.fromisoformat(str(row["TxnDate"])),
        method=_method(said),
        reference=None,
        description=_description(row),
        recorded_by=by,
        sync=_NOT_SYNCED,
    )
    payment = payments.as_there(payment, row, company)
    await ledger.insert_payment(db, payment, generation=0, submission=_submission(row), at=at)
    return payment


async def _payment_number(db: AsyncConnection, firm: FirmId, said: re.Match[str] | None) -> int:
    number = read_payment_number(said["number"]) if said else None
    if number and await ledger.find_payment_by_number(db, firm, number) is None:
        return number
    return await ledger.take_number(db, firm, RecordKind.PAYMENT)


def _method(said: re.Match[str] | None) -> Method:
    named = said["method"] if said else ""
    return Method(named) if named in {*Method} else Method.OTHER


def _description(row: Row) -> str | None:
    note, ours = str(row.get("PrivateNote") or ""), wire.our_line(row) or ""
    return note.replace(ours, "").strip() or None


async def recover_refund(
    db: AsyncConnection, entity: Entity, firm: FirmId, row: Row, *, by: UserId, at: datetime
) -> Refund | None:
    """None where its payment is not in the ledger."""
    said = _REFUND_LINE.search(wire.our_line(row) or "")
    its = read_payment_number(said["payment"]) if said else None
    payment = await ledger.find_payment_by_number(db, firm, its) if its else None
    if payment is None or said is None or entity.reason is None:
        return None
    account = "DepositToAccountRef" if entity.reason is Reason.SALE_REVERSED else "AccountRef"
    refund = Refund(
        id=RefundId(uuid4()),
        firm_id=firm,
        number=await _refund_number(db, firm, said["number"]),
        payment=payment,
        amount=Money.from_decimal(wire.amount(row, "TotalAmt"), payment.amount.currency),
        reason=entity.reason,
        account_id=wire.referred(row, account) or "",
        refunded_on=date.fromisoformat(str(row["TxnDate"])),
        recorded_by=by,
        sync=_NOT_SYNCED,
    )
    await ledger.insert_refund(db, refund, generation=0, submission=_submission(row), at=at)
    return refund


async def _refund_number(db: AsyncConnection, firm: FirmId, named: str) -> int:
    number = read_refund_number(named)
    if number and await ledger.find_refund_by_number(db, firm, number) is None:
        return number
    return await ledger.take_number(db, firm, RecordKind.REFUND)


def _submission(row: Row) -> tuple[str, str]:
    """It came by no form."""
    return f"restored:{row['Id']}", "restored"
