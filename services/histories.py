"""What became of a payment and its refunds, from the audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.db import ledger
from services.db.engine import Database
from services.db.ledger import lists
from services.domain.causes import Cause
from services.domain.ids import FirmId, PaymentId
from services.domain.ledger import Refund
from services.domain.sync import Status
from services.errors import NotFound

MOST_EVENTS = 25  # The latest; as much as a person reads in a form.


@dataclass(frozen=True)
class Event:
    """`record` is named; `status` is what it became, where that changed.

    `actor` is a Slack user's id, or `quickbooks`. `why` is a person's words, or a cause.
    """

    at: datetime
    actor: str
    record: str
    action: str
    status: Status | None
    why: str | Cause | None


@dataclass(frozen=True)
class History:
    """The latest event first."""

    refunds: tuple[Refund, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Histories:
    database: Database

    async def of_payment(self, firm: FirmId, wanted: PaymentId) -> History:
        async with self.database.read() as db:
            payment = await ledger.find_payment(db, firm, wanted)
            if payment is None:
                raise NotFound("There is no such payment.")
            refunds = await lists.all_refunds(db, payment)
            names = {str(payment.id): payment.name}
            names |= {str(each.id): each.name for each in refunds}
            rows = await lists.history(db, firm, list(names), most=MOST_EVENTS)
        events = tuple(
            Event(
                at=row.at,
                actor=row.actor,
                record=names[row.record_id],
                action=row.action,
                status=_status(row.change),
                why=_why(row.change),
            )
            for row in rows
        )
        return History(tuple(refunds), events)


def _status(change: Mapping[str, Any]) -> Status | None:
    """What it became; None where nothing became of it."""
    statuses = change.get("status") or [None, None]
    return Status(statuses[1]) if statuses[1] else None


def _why(change: Mapping[str, Any]) -> str | Cause | None:
    cause = change["note"][1] if change.get("note") else change.get("cause")
    return Cause(cause) if cause else change.get("why")
