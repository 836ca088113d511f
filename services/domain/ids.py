"""Names of things: which string or UUID means what."""

import re
from typing import NewType
from uuid import UUID

FirmId = NewType("FirmId", str)  # Slack's id of the workspace: T…
UserId = NewType("UserId", str)  # Slack's id of a person: U… or W…
RealmId = NewType("RealmId", str)  # QuickBooks' id of a company.
ClientId = NewType("ClientId", UUID)
PaymentId = NewType("PaymentId", UUID)
EntryId = NewType("EntryId", int)

FIRST_PAYMENT_NUMBER = 1001  # P-1001: four digits read as a reference, not as a count.
_REFERENCE = re.compile(r"(?:p-?)?(\d{1,9})", re.IGNORECASE)


def payment_reference(number: int) -> str:
    return f"P-{number}"


def read_payment_number(text: str) -> int | None:
    """Read `P-1042`, `p1042` or `1042`."""
    found = _REFERENCE.fullmatch(text.strip())
    return int(found[1]) if found else None
