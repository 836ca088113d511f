"""Bank deposits: which payments are on them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from services.quickbooks.mapping.wire import PAYMENT

DATED_BEFORE = timedelta(days=31)  # A deposit may bear an earlier date than what is on it.


def dated_since(day: date) -> str:
    """Those that payments received from this day on can be on."""
    return f"TxnDate >= '{(day - DATED_BEFORE).isoformat()}'"


def payments_on(deposits: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Their ids. That a payment names its deposit is seen for some companies only."""
    return frozenset(
        str(link["TxnId"])
        for deposit in deposits
        for line in deposit.get("Line", [])
        for link in line.get("LinkedTxn", [])
        if link.get("TxnType") == PAYMENT
    )
