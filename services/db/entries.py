"""An entry of the outbox, as the program holds it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.domain.causes import Cause
from services.domain.ids import EntryId, FirmId, UserId
from services.domain.sync import EntryState, Operation, RecordKind, Rejected, WireKey
from services.domain.wishes import Wish


@dataclass(frozen=True)
class Entry:
    """One push: one intention to bring one record to QuickBooks.

    `unresolved`: an attempt before this one may have arrived. `refused`: QuickBooks refused it,
    but an older attempt may still arrive, so a last look decides.
    """

    id: EntryId
    firm_id: FirmId
    record_kind: RecordKind
    record_id: UUID
    operation: Operation
    key: WireKey
    body: str | None
    state: EntryState
    attempt: int
    unresolved: bool
    due_at: datetime
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    waits_for: str | None
    refused: Rejected | None
    same_answers: int
    wish: Wish
    requested_by: UserId

    @property
    def may_be_cancelled(self) -> bool:
        """While it was never sent, and is not the second half of something that was."""
        return self.state is EntryState.PENDING and not self.wish.follows


@dataclass(frozen=True)
class Facts:
    """What is written beside the state when an entry is settled."""

    due_at: datetime
    settled_at: datetime | None
    waits_for: str | None
    refused: Rejected | None
    attempt: int
    same_answers: int
    request_id: str
    body: str | None
    first_sent_at: datetime | None

    def columns(self) -> dict[str, Any]:
        """By the names of the outbox."""
        refusal = self.refused
        return {
            **{name: value for name, value in vars(self).items() if name != "refused"},
            "refused_cause": refusal.cause if refusal else None,
            "refused_detail": refusal.detail if refusal else None,
            "refused_code": refusal.code if refusal else None,
            "refused_tid": refusal.tid if refusal else None,
        }


def _read_refusal(row: Row[Any]) -> Rejected | None:
    if row.refused_cause is None:
        return None
    return Rejected(
        Cause(row.refused_cause),
        row.refused_detail,
        code=row.refused_code or "",
        tid=row.refused_tid,
    )


def read_entry(row: Row[Any]) -> Entry:
    return Entry(
        id=EntryId(row.id),
        firm_id=FirmId(row.firm_id),
        record_kind=RecordKind(row.record_kind),
        record_id=row.record_id,
        operation=Operation(row.operation),
        key=WireKey(row.request_id),
        body=row.body,
        state=EntryState(row.state),
        attempt=row.attempt,
        unresolved=row.unresolved,
        due_at=row.due_at,
        first_sent_at=row.first_sent_at,
        last_sent_at=row.last_sent_at,
        waits_for=row.waits_for,
        refused=_read_refusal(row),
        same_answers=row.same_answers,
        wish=Wish(
            details=row.details or {},
            then=Operation(row.then_operation) if row.then_operation else None,
            follows=row.follows,
            voids_record=row.voids_record,
            override=Cause(row.override_cause) if row.override_cause else None,
            override_twin=row.override_twin,
        ),
        requested_by=UserId(row.requested_by),
    )
