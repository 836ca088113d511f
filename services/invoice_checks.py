"""What an invoice may be called, and what it may become."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, tokens
from services.domain.changes import keep_invoice_change, read_invoice_change
from services.domain.ids import FirmId, invoice_number
from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_LINES,
    MAX_QUANTITY,
    MAX_REFERENCE,
    Invoice,
    NewInvoice,
    name_key,
    total_of,
)
from services.domain.sync import RecordKind, Status
from services.errors import Refused

EARLIEST = date(2000, 1, 1)  # No book that is still open goes back further.
LATEST = timedelta(days=3 * 366)  # Invoices are due ahead, but not by many years.


def is_far_away(day: date, today: date) -> bool:
    """So far that the year was mistyped."""
    return not EARLIEST <= day <= today + LATEST


async def check_company(db: AsyncConnection, firm: FirmId) -> None:
    """Refused where the company's invoices need what we do not support."""
    if company := await tokens.needs_tax(db, firm):
        raise Refused(
            f"Invoices of {company} need tax codes, which Counterfoil does not know. "
            "Make them in QuickBooks; payments work as ever."
        )


async def number_for(db: AsyncConnection, firm: FirmId, typed: str | None) -> str:
    """The typed one; else the firm's next that nobody has typed before."""
    if typed:
        if len(typed) > MAX_REFERENCE:
            raise Refused(f"A number has {MAX_REFERENCE} characters at the most.")
        if await ledger.find_invoice_by_number(db, firm, typed):
            raise Refused(f"You already have an invoice {typed}.")
        return typed
    while True:
        number = invoice_number(await ledger.take_number(db, firm, RecordKind.INVOICE))
        if not await ledger.find_invoice_by_number(db, firm, number):
            return number


async def renumber(db: AsyncConnection, invoice: Invoice, number: str | None) -> str:
    if invoice.sync.is_in_quickbooks:
        raise Refused(f"{invoice.name} is in QuickBooks, and keeps its number there.")
    if number and name_key(number) == name_key(invoice.number):
        return number
    return await number_for(db, invoice.firm_id, number)


def check_lines(new: NewInvoice) -> None:
    if not new.lines:
        raise Refused("An invoice has at least one line.")
    if len(new.lines) > MAX_LINES:
        raise Refused(f"An invoice has {MAX_LINES} lines at the most.")
    if any(not 0 < line.quantity <= MAX_QUANTITY for line in new.lines):
        raise Refused("Each quantity is more than nothing, and less than a million.")
    if any(line.unit_price.minor < 0 for line in new.lines):
        raise Refused("A price is not negative.")
    if total_of(new.lines, new.lines[0].unit_price.currency).minor > MAX_AMOUNT_MINOR:
        raise Refused("That is more than QuickBooks takes on one invoice.")
    if new.due_on < new.invoiced_on:
        raise Refused("It cannot be due before its own date.")


def check_edit(invoice: Invoice, wanted: NewInvoice) -> Invoice:
    check_lines(wanted)
    if invoice.voided:
        raise Refused(f"{invoice.name} is void.")
    if invoice.sync.status is Status.SYNCING:
        raise Refused(f"{invoice.name} is on its way. Try again in a moment.")
    if wanted.client_id != invoice.client.id:
        raise Refused("An invoice stays with its client. Void it, and make another.")
    if any(line.unit_price.currency != invoice.total.currency for line in wanted.lines):
        raise Refused(f"{invoice.name} is in {invoice.total.currency}.")
    changed = read_invoice_change(invoice, keep_invoice_change(wanted))
    if changed.total < invoice.applied:
        raise Refused("More than that is paid already.")
    return changed
