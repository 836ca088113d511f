"""How an invoice reads in Slack."""

from collections.abc import Sequence
from typing import assert_never

from handlers import ids
from handlers.causes import explain_cause, explain_note
from handlers.elements import Block, Reply, actions, clipped, context, overflow, rich, section, word
from handlers.invoices import offers
from handlers.lists import pager, row
from handlers.progress import explain_progress
from handlers.text import day, escape, money, quantity
from services.domain.allocation import Settling
from services.domain.ids import payment_reference
from services.domain.ledger import Invoice, InvoiceLine
from services.domain.money import Money
from services.domain.pages import Page
from services.domain.sync import Status
from services.invoices import InvoiceStanding

MOST_LINES_SHOWN = 20
MOST_PAYMENTS_SHOWN = 20
LONGEST_SHOWN = 100  # Of a line's description: a message has an end.
_NONE_FOUND = "No invoices found. `/invoice new` makes one."


def show(
    standing: InvoiceStanding,
    settling: Sequence[Settling],
    *,
    locale: str,
    records_url: str,
) -> Reply:
    """The status comes first of all that could be taken for one."""
    invoice = standing.invoice
    head = f"{invoice.number} · {invoice.sync.status.label}{_void(invoice)}"
    total, due = money(invoice.total, locale), money(invoice.balance_due, locale)
    about = [
        [word(head, bold=True)],
        [word(f"{total} · {invoice.client.name}", bold=True)],
        [word(f"Balance due {due}")],
        [word(f"Dated {day(invoice.invoiced_on, locale)} · due {day(invoice.due_on, locale)}")],
    ]
    facts = [*_lines(invoice, locale), *_payments(settling, invoice, locale)]
    return Reply(
        f"{escape(head)} · {total} · {escape(invoice.client.name)} · balance due {due}",
        [
            rich(*about, *([word(fact)] for fact in facts)),
            context(explain_status(standing, records_url)),
            *actions(*offers.buttons(standing, records_url)),
        ],
    )


def _void(invoice: Invoice) -> str:
    return " · void" if invoice.voided else ""


def _lines(invoice: Invoice, locale: str) -> list[str]:
    shown = [_line(line, locale) for line in invoice.lines[:MOST_LINES_SHOWN]]
    more = len(invoice.lines) - MOST_LINES_SHOWN
    return [*shown, f"… and {more} more"] if more > 0 else shown


def _line(line: InvoiceLine, locale: str) -> str:
    price, amount = money(line.unit_price, locale), money(line.amount, locale)
    description = clipped(line.description, LONGEST_SHOWN)
    return f"• {description}: {quantity(line.quantity, locale)} at {price} = {amount}"


def _payments(settling: Sequence[Settling], invoice: Invoice, locale: str) -> list[str]:
    shown = [_settled(each, invoice, locale) for each in settling[:MOST_PAYMENTS_SHOWN]]
    more = len(settling) - MOST_PAYMENTS_SHOWN
    return [*shown, f"… and by {more} more"] if more > 0 else shown


def _settled(settling: Settling, invoice: Invoice, locale: str) -> str:
    part = money(Money(settling.minor, invoice.total.currency), locale)
    there = " (credit in QuickBooks)" if settling.left_out else ""
    return f"Settled by {payment_reference(settling.payment_number)}: {part}{there}"


def explain_status(standing: InvoiceStanding, records_url: str) -> str:
    """Why it stands as it does, and what happens next."""
    invoice = standing.invoice
    facts = invoice.sync
    match facts.status:
        case Status.NOT_SYNCED if invoice.voided:
            return "It is void: it counts no more."
        case Status.NOT_SYNCED:
            return f"Kept out of QuickBooks until somebody syncs it.{_client_first(invoice)}"
        case Status.SYNCING:
            return explain_progress(standing.operation, standing.waiting, records_url)
        case Status.SYNCED:
            linked = " It was linked, not created." if facts.linked else ""
            note = explain_note(invoice, records_url)
            return f"In QuickBooks (id {facts.qbo_id}).{linked}{note}"
        case Status.FAILED | Status.SKIPPED:
            cause = explain_cause(invoice, records_url)
            return f"Not in QuickBooks. {cause}{_client_first(invoice)}"
        case _:
            assert_never(facts.status)


def _client_first(invoice: Invoice) -> str:
    if invoice.client.sync.status is Status.SYNCED:
        return ""
    client = escape(invoice.client.name)
    return f" Its client {client} is not in QuickBooks yet and goes first."


def show_page(page: Page[Invoice], sought: str, *, locale: str) -> Reply:
    if not page.rows:
        return Reply(_NONE_FOUND)
    rows = [_row(invoice, locale) for invoice in page.rows]
    names = ", ".join(f"{escape(each.number)} {each.sync.status.label}" for each in page.rows)
    head = section(f"*Invoices*{f' – {escape(sought)}' if sought else ''}")
    return Reply(f"Invoices: {names}", [head, *rows, *pager(ids.LIST_INVOICES, page, sought)])


def _row(invoice: Invoice, locale: str) -> Block:
    due, total = money(invoice.balance_due, locale), money(invoice.total, locale)
    about = (
        f"*{escape(invoice.number)}* · {escape(invoice.client.name)}{_void(invoice)}",
        f"{due} due of {total} · {day(invoice.due_on, locale)}",
    )
    menu = overflow(ids.MENU, offers.row_menu(invoice))
    return row(about, invoice.sync.status.label, menu)
