"""Names of things: which string or UUID means what."""

import re
from typing import NewType
from uuid import UUID

FirmId = NewType("FirmId", str)  # Slack's id of the workspace: T…
UserId = NewType("UserId", str)  # Slack's id of a person: U… or W…
RealmId = NewType("RealmId", str)  # QuickBooks' id of a company.
ClientId = NewType("ClientId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)
EntryId = NewType("EntryId", int)
AlertId = NewType("AlertId", UUID)
ImportId = NewType("ImportId", UUID)

# Who did it, in the audit, where no person did or is known.
QUICKBOOKS = "quickbooks"
SLACK = "slack"
OPERATOR = UserId("operator")  # Whoever runs the program: a person, but none of Slack's.
NOBODY_IN_SLACK = (QUICKBOOKS, SLACK, OPERATOR)
FIRST_NUMBER = 1001  # P-1001: four digits read as a reference, not as a count.
_PAYMENT = re.compile(r"(?:p-?)?(\d{1,9})", re.IGNORECASE)
_REFUND = re.compile(r"(?:r-?)?(\d{1,9})", re.IGNORECASE)


def payment_reference(number: int) -> str:
    return f"P-{number}"


def refund_reference(number: int) -> str:
    return f"R-{number}"


def invoice_number(number: int) -> str:
    """Name an invoice that nobody named."""
    return f"INV-{number}"


def read_payment_number(text: str) -> int | None:
    """Read `P-1042`, `p1042` or `1042`."""
    return _read(_PAYMENT, text)


def read_refund_number(text: str) -> int | None:
    """Read `R-1042`, `r1042` or `1042`."""
    return _read(_REFUND, text)


def _read(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.fullmatch(text.strip())
    return int(found[1]) if found else None
