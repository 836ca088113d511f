"""How a restored ledger and QuickBooks differ."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.domain.ids import FirmId
from services.domain.ledger import Reason
from services.domain.sync import RecordKind, WireKey
from services.domain.twins import MARKER
from services.quickbooks.mapping import wire
from services.quickbooks.mapping.customers import EVERYBODY

Row = Mapping[str, Any]  # As QuickBooks has it.
_REFERENCE = re.compile(r"[PR]-\d+")  # Payments and refunds go by it in our line of the note.


@dataclass(frozen=True)
class Entity:
    """What QuickBooks calls a kind of record; `note` is where our marker stands."""

    kind: RecordKind
    name: str
    where: str = ""
    note: str = "PrivateNote"
    reason: Reason | None = None  # Tells what is a refund apart.


# In the order in which one needs the other.
ENTITIES = (
    Entity(RecordKind.CLIENT, wire.CUSTOMER, EVERYBODY, "Notes"),
    Entity(RecordKind.INVOICE, wire.INVOICE),
    Entity(RecordKind.PAYMENT, wire.PAYMENT),
    Entity(RecordKind.REFUND, wire.REFUND_RECEIPT, reason=Reason.SALE_REVERSED),
    Entity(RecordKind.REFUND, wire.PURCHASE, reason=Reason.CREDIT_RETURNED),
)


@dataclass(frozen=True)
class Behind:
    """A record of ours is there, and the ledger does not know it yet."""

    entity: Entity
    record_id: UUID
    key: WireKey
    row: Row
    name: str


@dataclass(frozen=True)
class Lost:
    """We made it after the backup: the ledger has no such record."""

    entity: Entity
    row: Row


@dataclass(frozen=True)
class Gone:
    """The ledger says Synced, and QuickBooks has it no more."""

    name: str
    qbo_id: str


@dataclass(frozen=True)
class Changed:
    """Both have it, and say different things."""

    name: str
    here: str
    there: str


@dataclass
class Comparison:
    """`strangers` are marked as ours, and older than the backup: of another ledger."""

    firm: FirmId
    company: str
    as_of: datetime | None
    objects: int = 0
    behind: list[Behind] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    strangers: int = 0

    @property
    def is_even(self) -> bool:
        return not (self.behind or self.lost or self.gone or self.changed)


def describe(entity: Entity, row: Row) -> str:
    """As a person finds it in QuickBooks."""
    if entity.kind is RecordKind.CLIENT:
        return f"client {row.get('DisplayName')} (id {row['Id']})"
    ours = _REFERENCE.match(wire.our_line(row) or "")
    named = ours[0] if ours else f"{entity.kind} {row.get('DocNumber') or ''}".strip()
    return f"{named} of {row.get('TxnDate')}, {wire.amount(row, 'TotalAmt')} (id {row['Id']})"


def key_in(entity: Entity, row: Row) -> str | None:
    """Ours is the last: a person may have written down another's before it."""
    keys = MARKER.findall(str(row.get(entity.note) or ""))
    return str(keys[-1]) if keys else None
