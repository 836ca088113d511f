"""What can be done about a payment, as buttons and as entries of its menu."""

from handlers import ids
from handlers.elements import Block, button, overflow
from handlers.pages import open_record
from services.domain.ledger import Payment
from services.domain.sync import ACTIONS, Action, Status
from services.domain.waiting import ForClient
from services.payments import Standing

SYNC = "Sync payment to QuickBooks"
UNSYNC = "Unsync payment from QuickBooks"
LINK = "Link to a QuickBooks payment"
Entry = tuple[str, str, str]  # Label, order, value.


def buttons(standing: Standing, records_url: str) -> list[Block]:
    """What the status asks for, and behind three dots what is rarer."""
    payment = standing.payment
    record, row = str(payment.id), []
    if Action.SYNC in standing.actions:
        row.append(button(SYNC, ids.SYNC_PAYMENT, record, primary=True))
    if Action.LINK in standing.actions:
        row.append(button(LINK, ids.LINK_PAYMENT, record))
    if Action.UNSYNC in standing.actions:
        row.append(button(UNSYNC, ids.UNSYNC_PAYMENT, record))
    waiting = standing.waiting
    if isinstance(waiting, ForClient) and waiting.client.sync.status is not Status.SYNCING:
        row.append(button("Sync client first", ids.SYNC_CLIENT, record, primary=True))
    if Action.CANCEL in standing.actions:
        row.append(button("Cancel sync", ids.CANCEL_SYNC, record))
    row += open_record(payment, records_url)
    entries = menu(standing)
    return [*row, overflow(ids.MENU, entries)] if entries else row


def menu(standing: Standing) -> list[Entry]:
    """Five at the most, as Slack has it."""
    payment = standing.payment
    record, entries = str(payment.id), list[Entry]()
    rests = payment.sync.status is not Status.SYNCING and not payment.voided
    if rests:
        entries.append(("Edit", ids.EDIT_PAYMENT, record))
    if rests and payment.refundable.minor > 0:
        entries.append(("Refund", ids.REFUND_PAYMENT, record))
    entries.append(("Details", ids.PAYMENT_DETAILS, record))
    if Action.DISMISS in standing.actions:
        entries.append(("Dismiss", ids.DISMISS_PAYMENT, record))
    if rests:
        entries.append(("Delete", ids.DELETE_PAYMENT, record))
    return entries


def row_menu(payment: Payment) -> list[Entry]:
    """What a row of a list offers; its answers stand beside the list."""
    offered, record, entries = ACTIONS[payment.sync.status], str(payment.id), list[Entry]()
    if Action.SYNC in offered and not payment.voided:
        entries.append((SYNC, ids.in_row(ids.SYNC_PAYMENT), record))
        entries.append((LINK, ids.LINK_PAYMENT, record))
    if Action.UNSYNC in offered:
        entries.append((UNSYNC, ids.UNSYNC_PAYMENT, record))
    if payment.sync.status is not Status.SYNCING and not payment.voided:
        entries.append(("Edit", ids.EDIT_PAYMENT, record))
    return [*entries, ("Details", ids.PAYMENT_DETAILS, record)]
