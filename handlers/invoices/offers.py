"""What can be done about an invoice, as buttons and as entries of its menu."""

from handlers import ids
from handlers.elements import Block, button
from handlers.pages import open_record
from services.domain.ledger import Invoice
from services.domain.sync import ACTIONS, Action, Status
from services.domain.waiting import ForClient
from services.invoices import InvoiceStanding

SYNC = "Sync invoice to QuickBooks"
CLIENT_FIRST = "Sync client first"
UNSYNC = "Unsync invoice from QuickBooks"
LINK = "Link to a QuickBooks invoice"
Entry = tuple[str, str, str]  # Label, order, value.


def buttons(standing: InvoiceStanding, records_url: str) -> list[Block]:
    invoice, record = standing.invoice, str(standing.invoice.id)
    row = [
        button(label, order, record, primary=order in {ids.SYNC_INVOICE, ids.CLIENT_FIRST})
        for label, order in _ways(invoice, standing.actions)
    ]
    if _waits_for_a_person(standing):
        row.append(button(CLIENT_FIRST, ids.CLIENT_FIRST, record, primary=True))
        row.append(button("Show client", ids.SHOW_CLIENT, str(invoice.client.id)))
    if Action.CANCEL in standing.actions:
        row.append(button("Cancel sync", ids.CANCEL_INVOICE, record))
    if Action.DISMISS in standing.actions:
        row.append(button("Dismiss", ids.DISMISS_INVOICE, record))
    if invoice.sync.status is Status.SYNCING:
        row.append(button("Look again", ids.SHOW_INVOICE, record))
    elif not invoice.voided:
        row.append(button("Edit", ids.EDIT_INVOICE, record))
        row.append(button("Void", ids.VOID_INVOICE, record, danger=True))
    row += open_record(invoice, records_url)
    return row


def row_menu(invoice: Invoice) -> list[Entry]:
    """What a row of a list offers, five at the most; its answers stand beside the list."""
    record = str(invoice.id)
    actions = ACTIONS[invoice.sync.status]
    if invoice.voided:
        actions -= {Action.SYNC, Action.LINK}
    entries = [(label, ids.in_row(order), record) for label, order in _ways(invoice, actions)]
    if invoice.sync.status is not Status.SYNCING and not invoice.voided:
        entries.append(("Edit", ids.EDIT_INVOICE, record))
        entries.append(("Void", ids.VOID_INVOICE, record))
    return [*entries, ("Details", ids.in_row(ids.SHOW_INVOICE), record)]


def _ways(invoice: Invoice, actions: frozenset[Action]) -> list[tuple[str, str]]:
    """Into QuickBooks and out of it; into it only behind its client."""
    ways = []
    client_is_there = invoice.client.sync.status is Status.SYNCED
    if Action.SYNC in actions and client_is_there:
        ways.append((SYNC, ids.SYNC_INVOICE))
    if Action.SYNC in actions and not client_is_there:
        ways.append((CLIENT_FIRST, ids.CLIENT_FIRST))
    if Action.LINK in actions and client_is_there:
        ways.append((LINK, ids.LINK_INVOICE))
    if Action.UNSYNC in actions:
        ways.append((UNSYNC, ids.UNSYNC_INVOICE))
    return ways


def _waits_for_a_person(standing: InvoiceStanding) -> bool:
    """For its client, which nothing brings to QuickBooks as things are."""
    waiting = standing.waiting
    return isinstance(waiting, ForClient) and waiting.client.sync.status is not Status.SYNCING
