"""What a request named, read from the text that was sent."""

import json

from services.domain.blame import NOTHING_NAMED, Named
from services.quickbooks.mapping.invoices import read_item
from services.quickbooks.mapping.wire import referred


def named_in(body: str | None) -> Named:
    """The account that the money goes to or comes from, and the item of the first line.

    Nothing where nothing was sent.
    """
    if body is None:
        return NOTHING_NAMED
    sent = json.loads(body)
    account = referred(sent, "DepositToAccountRef") or referred(sent, "AccountRef")
    return Named(account, read_item(sent))
