"""What the team is alerted to, and when it is said."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.domain import hours
from services.domain.blame import CULPRITS, Culprit, cause_blamed
from services.domain.causes import Cause
from services.domain.ids import AlertId, FirmId, UserId
from services.domain.ledger import Record
from services.domain.money import Money
from services.domain.settings import Alerting, Rhythm
from services.domain.sync import RecordKind, Status

ACCESS_ENDS_WITHIN = timedelta(days=14)  # Time enough to find an admin.
SAID_AGAIN_AFTER = timedelta(days=1)
MOST_APART = 20  # Topics of one firm; failures beyond them share one alert.
MOST_NAMED = 5  # Records in one message; the rest is counted.


class TopicKind(StrEnum):
    FAILURES = "failures"  # Of one cause, for which one object is to blame.
    CONNECTION = "connection"  # It is lost, and everything waits.
    ACCESS = "access"  # It ends soon, however often it is renewed.
    UNCONFIRMED = "unconfirmed"  # Nobody knows for a day whether it arrived.
    PARKED = "parked"  # Something went wrong on our side.


@dataclass(frozen=True)
class Topic:
    """What one message is about; `about` is what failures have in common."""

    kind: TopicKind
    about: str = ""

    @property
    def cause(self) -> Cause | None:
        """Of failures, unless they share no cause."""
        return cause_blamed(self.about) if self.about else None


OTHERS = Topic(TopicKind.FAILURES)
CONNECTION = Topic(TopicKind.CONNECTION)
ACCESS = Topic(TopicKind.ACCESS)
UNCONFIRMED = Topic(TopicKind.UNCONFIRMED)
PARKED = Topic(TopicKind.PARKED)


def topic_of(blame: str) -> Topic:
    """Where each record is to blame by itself, the cause is what they have in common."""
    cause = cause_blamed(blame)
    alone = CULPRITS[cause] is Culprit.RECORD
    return Topic(TopicKind.FAILURES, f"{cause}:" if alone else blame)


class Member(NamedTuple):
    """A record that an alert is about."""

    kind: RecordKind
    id: UUID


Wrong = Mapping[Topic, frozenset[Member]]


class Act(StrEnum):
    """What became of an alert, as its thread tells it."""

    CLAIMED = "claimed"
    RETRIED = "retried"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Event:
    """`by` are those who did it, if anybody; `words` is the reason that somebody gave, if any."""

    id: int
    act: Act
    at: datetime
    by: tuple[UserId, ...]
    count: int = 0
    until: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Alert:
    """One episode of a topic: from the first record until none is left."""

    id: AlertId
    firm_id: FirmId
    topic: Topic
    opened_at: datetime
    speak_at: datetime
    resolved_at: datetime | None = None
    claimed_by: UserId | None = None
    snoozed_until: datetime | None = None
    snoozed_by: UserId | None = None

    def is_snoozed(self, now: datetime) -> bool:
        return self.snoozed_until is not None and now < self.snoozed_until

    def may_be_said(self, alerting: Alerting, now: datetime) -> bool:
        """Whether something new may be posted about it now; edits always may be made."""
        due = now >= self.speak_at and not self.is_snoozed(now)
        return due and not hours.is_quiet(alerting, now)

    def said_again_at(self, said_at: datetime) -> datetime:
        """When it is said once more, if it is still open: after a day, or once it was snoozed."""
        snoozed = self.snoozed_until
        if snoozed is not None and snoozed > said_at:
            return snoozed
        return said_at + SAID_AGAIN_AFTER


@dataclass(frozen=True)
class Standing:
    """How it stands at this moment.

    `counts` are the records that are not solved, by kind and status; `sums` what those of a kind
    amount to, one per currency; `first` the oldest of them; `behind` others that wait for them.
    `waiting` is what waits for the connection. `solved` and `solvers` count and name, once it is
    resolved, what was solved and who did it.
    """

    alert: Alert
    counts: Mapping[tuple[RecordKind, Status], int] = field(default_factory=dict)
    sums: Mapping[RecordKind, tuple[Money, ...]] = field(default_factory=dict)
    first: tuple[Record, ...] = ()
    behind: Mapping[RecordKind, int] = field(default_factory=dict)
    waiting: int = 0
    is_connected: bool = True
    because: str = ""
    ends_at: datetime | None = None
    solved: int = 0
    solvers: tuple[UserId, ...] = ()
    is_snoozed: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def kinds(self) -> Mapping[RecordKind, int]:
        """All of them."""
        return self._by_kind(frozenset(Status))

    @property
    def needy(self) -> Mapping[RecordKind, int]:
        """What needs a person at this moment: not what Failed and was asked for again."""
        rests = self.alert.topic.kind is TopicKind.FAILURES
        return self._by_kind(frozenset(Status) - ({Status.SYNCING} if rests else set()))

    def _by_kind(self, statuses: frozenset[Status]) -> Mapping[RecordKind, int]:
        found = Counter[RecordKind]()
        for (kind, status), number in self.counts.items():
            found[kind] += number if status in statuses else 0
        return +found

    def count(self, status: Status) -> int:
        return sum(number for (_, each), number in self.counts.items() if each is status)


def speak_at(alerting: Alerting, now: datetime, *, settle: timedelta) -> datetime:
    """When it is said, if it is still true by then: a burst has settled, the rhythm is kept."""
    match alerting.rhythm:
        case Rhythm.AT_ONCE:
            return now + settle
        case Rhythm.HOURLY:
            return hours.next_hour(alerting.time_zone, now)
        case Rhythm.DAILY:
            return hours.next_morning(alerting.time_zone, now)
