"""What all requests share: exact JSON, quoting, notes with our marker, current objects."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import simplejson

from services.domain.money import Money
from services.domain.sync import WireKey

JsonObject = dict[str, Any]

CUSTOMER, INVOICE, PAYMENT = "Customer", "Invoice", "Payment"
REFUND_RECEIPT, PURCHASE = "RefundReceipt", "Purchase"
MAX_NOTE = 4000  # QuickBooks' limit for PrivateNote.
_MARK = "[counterfoil:"
_CENTS = Decimal("0.00")
# What QuickBooks writes and does not take back.
_READ_ONLY = frozenset(
    {
        *("MetaData", "domain", "status", "TotalTax", "UnappliedAmt", "HomeTotalAmt"),
        *("HomeBalance", "Balance", "LinkedTxn", "InvoiceLink", "TxnStatus"),
    }
)


def to_json(body: Mapping[str, Any]) -> str:
    """Write the exact text of a request; Decimals become JSON numbers, digit for digit."""
    return str(simplejson.dumps(body, use_decimal=True, sort_keys=True))


def to_handle(current: Mapping[str, Any]) -> JsonObject:
    """What a deletion or a void names an object by."""
    return {"Id": current["Id"], "SyncToken": current["SyncToken"]}


def to_whole(current: Mapping[str, Any]) -> JsonObject:
    """All of the object that can be written, so that an update in full keeps what it was."""
    kept = {name: value for name, value in current.items() if name not in _READ_ONLY}
    return {**kept, "sparse": False}


def reference(qbo_id: str | None) -> JsonObject:
    return {"value": qbo_id}


def referred(current: Mapping[str, Any], name: str) -> str | None:
    """The id that a reference names."""
    value = current.get(name)
    found = value.get("value") if isinstance(value, Mapping) else value
    return None if found in (None, "") else str(found)


def amount(current: Mapping[str, Any], name: str) -> Decimal:
    """With two digits at least: people read it too, and QuickBooks' JSON says 500.0."""
    return Decimal(str(current.get(name) or 0)) + _CENTS


def is_amount(current: Mapping[str, Any], name: str, wanted: Money) -> bool:
    return amount(current, name) == wanted.to_decimal()


def quoted(text: str) -> str:
    """Write a string for QuickBooks' query language."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted_instant(instant: datetime) -> str:
    return quoted(instant.isoformat(timespec="seconds"))


def one_of(texts: Iterable[str]) -> str:
    return f"({', '.join(quoted(text) for text in texts)})"


def find_marked(rows: Iterable[JsonObject], note: str, key: WireKey) -> JsonObject | None:
    """Find the object that carries our marker in its property `note`."""
    return next((row for row in rows if key.marker in str(row.get(note, ""))), None)


def note(description: str | None, ours: str) -> str:
    """Ours comes last, so that a person reads their own words first."""
    return f"{description}\n{ours}" if description else ours


def reworded(text: str, old: str | None, new: str | None) -> str:
    """Put `new` above what others wrote, where `old` stood or not; it may be there already."""
    if new and _holds(text, new) and not _holds(old or "", new):
        return text
    rest = _framed(text).replace(_framed(old), "\n", 1) if old else _framed(text)
    if new and not _holds(rest, new):
        rest = f"{new}{rest}"
    return rest.strip("\n")


def _holds(text: str, words: str) -> bool:
    """As lines of their own."""
    return _framed(words) in _framed(text)


def _framed(text: str) -> str:
    return f"\n{text}\n"


def our_line(current: Mapping[str, Any]) -> str | None:
    """The line with our marker in an object's note, if we made it.

    The last one: a person may have written down another's marker before it.
    """
    lines = str(current.get("PrivateNote") or "").splitlines()
    return next((line for line in reversed(lines) if _MARK in line), None)
