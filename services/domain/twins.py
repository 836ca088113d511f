"""When a record that QuickBooks holds is taken for one of ours.

A twin is never certain: it is put before a person. So the test may find too much, never too little.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from services.domain.ledger import Invoice, NewPayment, Payment
from services.domain.sync import WireKey

MARKER = re.compile(r"\[counterfoil:([0-9a-f]{32})\]")


@dataclass(frozen=True)
class Candidate:
    """A payment or an invoice that QuickBooks holds, of the same client.

    `reference` is a payment's reference or an invoice's number; `keys` are from our markers in
    its note.
    """

    qbo_id: str
    amount: Decimal
    on: date
    reference: str
    keys: frozenset[WireKey]

    @cached_property
    def key(self) -> str:
        return _key(self.reference)

    @property
    def words(self) -> str:
        reference = f" {self.reference}" if self.reference else ""
        return f"{self.amount}{reference} of {self.on.isoformat()} (id {self.qbo_id})"


def keys_in(note: str) -> frozenset[WireKey]:
    return frozenset(WireKey(key) for key in MARKER.findall(note))


def payment_twins(
    payment: Payment | NewPayment, candidates: Iterable[Candidate], *, window: timedelta
) -> list[Candidate]:
    """Same reference; or same amount within the window, unless the references tell them apart."""
    ours, amount = _key(payment.reference), payment.amount.to_decimal()
    return [
        each
        for each in candidates
        if (ours and each.key == ours)
        or (
            each.amount == amount
            and abs(each.on - payment.received_on) <= window
            and not (ours and each.key)
        )
    ]


def invoice_twins(invoice: Invoice, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Same number; or same total and date."""
    number, total = _key(invoice.number), invoice.total.to_decimal()
    return [
        each
        for each in candidates
        if each.key == number or (each.amount == total and each.on == invoice.invoiced_on)
    ]


def _key(reference: str | None) -> str:
    return "".join((reference or "").split()).casefold()
