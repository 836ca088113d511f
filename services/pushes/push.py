"""What every push does, and what it can see of QuickBooks while it does it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.entries import Entry
from services.domain.causes import Cause
from services.domain.connection import Company
from services.domain.ledger import Client, Note, Record, Settings
from services.domain.money import Money
from services.domain.sync import Accepted, Operation, Outcome, Rejected, Skipped, Stale
from services.pushes.sight import Sight
from services.quickbooks.mapping import wire

CLOCKS_DIFFER = timedelta(minutes=10)  # Between our clock and QuickBooks', at the very most.
MOST_LOOKS_FOR_WHAT_IS_GONE = 3  # Then QuickBooks' word counts.
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Case(Generic[R]):
    """One push at work: the record as the ledger has it, and what it becomes if it is a change.

    A record does not change while an entry of its is open.
    """

    entry: Entry
    record: R
    company: Company
    settings: Settings
    wanted: R | None = None

    @property
    def changed(self) -> R:
        return self.wanted or self.record

    def overrides(self, cause: Cause) -> bool:
        """Whether a person has seen this, and wants it sent all the same."""
        return self.entry.wish.overrides(cause)


AnyCase = Case[Any]


@dataclass(frozen=True)
class Seen:
    """QuickBooks' object as it is now; empty where there is none yet, and none is needed."""

    current: Mapping[str, Any]


NOTHING = Seen({})


class Push(ABC, Generic[R]):
    """One operation on one kind of record.

    `load`, `objection` and `look` come before the claim, `write` in it, `absorb` or `undo` in the
    transaction that settles it.
    """

    operation: ClassVar[Operation]

    @abstractmethod
    def entity(self, record: R) -> str:
        """What QuickBooks calls the object that is written."""

    @abstractmethod
    async def load(self, db: AsyncConnection, entry: Entry) -> tuple[R, R | None]:
        """The record, and what it shall become."""

    def objection(self, case: Case[R]) -> Rejected | Skipped | None:
        """Why it is not to be sent as things are; asked before anything was."""
        del case
        return None

    @abstractmethod
    async def look(self, case: Case[R], sight: Sight) -> Outcome | Seen:
        """See whether it is done already, must not be done, or what it starts from.

        Raise what reads raise.
        """

    @abstractmethod
    def write(self, case: Case[R], seen: Seen) -> Mapping[str, Any]:
        """What to send."""

    def judge(self, case: Case[R], outcome: Outcome) -> Outcome:
        """What QuickBooks' answer means for this operation."""
        del case
        return outcome

    async def absorb(self, db: AsyncConnection, case: Case[R], accepted: Accepted) -> Note | None:
        """Write down what QuickBooks has made of it; a note where that is not what was asked."""
        del db, case, accepted
        return None

    async def undo(self, db: AsyncConnection, case: Case[R]) -> None:
        """It will not happen: give back what was held for it."""
        del db, case


class Release(Push[R], ABC):
    """Nothing is written: QuickBooks keeps it, and we let go of it."""

    operation = Operation.RELEASE

    async def look(self, case: Case[R], sight: Sight) -> Outcome | Seen:
        del sight
        return Accepted(case.record.sync.qbo_id or "", "")

    def write(self, case: Case[R], seen: Seen) -> Mapping[str, Any]:
        del seen
        raise LookupError(f"entry {case.entry.id} writes nothing")  # `look` has settled it.


class Delete(Push[R], ABC):
    operation = Operation.DELETE

    async def look(self, case: Case[R], sight: Sight) -> Outcome | Seen:
        """Gone is gone, whoever did it."""
        qbo_id = case.record.sync.qbo_id or ""
        current = await sight.find(self.entity(case.record), qbo_id)
        if current is None:
            return Accepted(qbo_id, "")
        return self.may_go(current) or Seen(current)

    def may_go(self, current: Mapping[str, Any]) -> Rejected | None:
        """Say why not; QuickBooks has its own reasons beside."""
        del current
        return None

    def judge(self, case: Case[R], outcome: Outcome) -> Outcome:
        """What is said to be gone was removed by somebody else meanwhile: the next look tells."""
        is_gone = isinstance(outcome, Rejected) and outcome.cause in {Cause.GONE, Cause.INACTIVE}
        if is_gone and case.entry.attempt <= MOST_LOOKS_FOR_WHAT_IS_GONE:
            return Stale("it may be gone already")
        return outcome

    def write(self, case: Case[R], seen: Seen) -> Mapping[str, Any]:
        del case
        return wire.to_handle(seen.current)


def found(row: Mapping[str, Any], *, linked: bool = False) -> Accepted:
    """It is there already, as this object."""
    return Accepted(str(row["Id"]), str(row.get("SyncToken", "0")), linked=linked, body=row)


def why_not(client: Client, money: Money, case: Case[R]) -> Skipped | None:
    """What keeps any record of this client's out."""
    if client.excluded and not case.overrides(Cause.CLIENT_EXCLUDED):
        return Skipped(Cause.CLIENT_EXCLUDED, f"{client.name} is excluded from QuickBooks.")
    if money.currency != case.company.currency:
        words = f"The books are in {case.company.currency}, this is in {money.currency}."
        return Skipped(Cause.FOREIGN_CURRENCY, words)
    return None


def too_early(on: date, case: Case[R]) -> Skipped | None:
    """What is from before the firm began with us is in its books already."""
    start_on = case.settings.start_on
    if start_on is None or on >= start_on or case.overrides(Cause.BEFORE_START_DATE):
        return None
    return Skipped(Cause.BEFORE_START_DATE, f"It is of {on}; the start date is {start_on}.")


def sent_since(entry: Entry) -> datetime:
    """What this entry has made in QuickBooks cannot be older."""
    if entry.first_sent_at is None:
        raise LookupError(f"entry {entry.id} was not claimed")
    return entry.first_sent_at - CLOCKS_DIFFER


def gone_for(entry: Entry, what: str) -> LookupError:
    return LookupError(f"entry {entry.id} has no {what}")
