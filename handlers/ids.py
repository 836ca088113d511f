"""The names that come back from Slack: callbacks, actions, blocks."""

NEW_PAYMENT = "new_payment"
NEW_CLIENT = "new_client"
SETTINGS = "settings"

SYNC_PAYMENT = "sync_payment"
CANCEL_SYNC = "cancel_payment_sync"
UNSYNC_PAYMENT = "unsync_payment"
LINK_PAYMENT = "link_payment"
DELETE_PAYMENT = "delete_payment"
DISMISS_PAYMENT = "dismiss_payment"
UNSYNC_FORM = "unsync_payments"
DELETE_FORM = "delete_payment_form"
DISMISS_FORM = "dismiss_payment_form"
LINK_FORM = "link_payment_form"
REFUND_PAYMENT = "refund_payment"
REFUND_FORM = "refund_payment_form"
SHOW_REFUND = "show_refund"
SYNC_REFUND = "sync_refund"
CANCEL_REFUND = "cancel_refund_sync"
UNSYNC_REFUND = "unsync_refund"
DELETE_REFUND = "delete_refund"
REFUND_FROM = "refund_from"
REASON = "reason"
QUICKBOOKS_PAYMENT = "quickbooks_payment"
MENU = "menu"  # Three dots: which order an entry is stands in its value.
SYNC_CLIENT = "sync_client"
USE_COMPANY = "use_company"

# Invoices: buttons, and the forms that they open, share their names.
NEW_INVOICE = "new_invoice"
EDIT_INVOICE = "edit_invoice"
ADD_LINE = "add_invoice_line"
SYNC_INVOICE = "sync_invoice"
CLIENT_FIRST = "sync_client_of_invoice_first"
UNSYNC_INVOICE = "unsync_invoice"
LINK_INVOICE = "link_invoice"
VOID_INVOICE = "void_invoice"
CANCEL_INVOICE = "cancel_invoice_sync"
DISMISS_INVOICE = "dismiss_invoice"
SHOW_INVOICE = "show_invoice"
LIST_INVOICES = "list_invoices"
SHOW_CLIENT = "show_client"
INVOICE_NUMBER = "invoice_number"
INVOICED_ON = "invoiced_on"
DUE_ON = "due_on"
LINE_DESCRIPTION = "line_description"
QUANTITY = "quantity"
UNIT_PRICE = "unit_price"
QBO_INVOICE = "qbo_invoice"
WHY = "why"

OPEN_CONNECT = "open_connect"  # A link: Slack tells us all the same that it was pressed.
OPEN_RECORD = "open_record"

# Each input's block and action share one name.
CLIENT = "client"
AMOUNT = "amount"
RECEIVED_ON = "received_on"
METHOD = "method"
REFERENCE = "reference"
DESCRIPTION = "description"
SYNC = "sync"
NAME = "name"
EMAIL = "email"
SYNC_BY_DEFAULT = "sync_by_default"

ON = "on"  # The one option of a toggle.


def changed(callback: str) -> str:
    """Name what is done when something was entered into a modal that asked to hear of it."""
    return f"{callback}/changed"


def in_row(order: str) -> str:
    """Name an order as a row of a list gives it: the list stays, the answer stands beside it."""
    return f"{order}/row"
