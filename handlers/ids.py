"""The names that come back from Slack: callbacks, actions, blocks."""

NEW_PAYMENT = "new_payment"
NEW_CLIENT = "new_client"
SETTINGS = "settings"

SYNC_PAYMENT = "sync_payment"
CANCEL_SYNC = "cancel_payment_sync"
SYNC_CLIENT = "sync_client"
USE_COMPANY = "use_company"
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
