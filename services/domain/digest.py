"""A firm's week, and what is told of it once it is over."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from statistics import median
from zoneinfo import ZoneInfo

from services.domain import hours
from services.domain.money import Money
from services.domain.settings import Alerting
from services.domain.sync import RecordKind, Status

LIES_TOO_LONG = timedelta(days=7)  # In Undeposited Funds: most firms go to the bank each week.
LOOKED_BACK = timedelta(days=364)  # What lies there for longer is for the bookkeeper to find.
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """Monday to Sunday, as the clocks of `zone` have it; `begins_on` is its Monday."""

    begins_on: date
    zone: str

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.begins_on + day * _DAY for day in range(7))

    @property
    def begins_at(self) -> datetime:
        return self._midnight(self.begins_on)

    @property
    def ends_at(self) -> datetime:
        """When the next one begins."""
        return self._midnight(self.begins_on + _WEEK)

    @property
    def told_at(self) -> datetime:
        """The morning after."""
        return hours.next_monday(self.zone, self.ends_at)

    def span(self, day: date) -> tuple[datetime, datetime]:
        """From the day's beginning to the next one's, where clocks are changed too."""
        return self._midnight(day), self._midnight(day + _DAY)

    def _midnight(self, day: date) -> datetime:
        """Where the clock leaps over it the day begins with the leap, as `fold=0` has it."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


def last_week(zone: str, now: datetime) -> Week:
    """The latest that is over."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Week(today - today.weekday() * _DAY - _WEEK, zone)


def week_to_tell(alerting: Alerting, now: datetime) -> Week | None:
    """The week before this one, from Monday morning on but for the quiet hours.

    What was missed is made up for until the next week begins, and then no more.
    """
    week = last_week(alerting.time_zone, now)
    return week if week.told_at <= now and not hours.is_quiet(alerting, now) else None


@dataclass(frozen=True)
class Group:
    """Payments that stand alike now: how many, and what they amount to as they were received.

    `account_id` is where QuickBooks put them, while they are there.
    """

    status: Status
    count: int
    amount: Money
    voided: bool = False
    in_quickbooks: bool = False
    account_id: str | None = None


@dataclass(frozen=True)
class Sum:
    """What QuickBooks put into one account; None where it does not name it."""

    account_id: str | None
    count: int
    amount: Money


@dataclass(frozen=True)
class Push:
    """A payment that got to QuickBooks by a push of ours."""

    number: int
    asked_at: datetime
    there_at: datetime

    @property
    def took(self) -> timedelta:
        return max(self.there_at - self.asked_at, timedelta(0))


@dataclass(frozen=True)
class Speed:
    median: timedelta
    slowest: Push


@dataclass(frozen=True)
class Held:
    """A payment that QuickBooks put into Undeposited Funds."""

    number: int
    qbo_id: str
    received_on: date
    amount: Money


@dataclass(frozen=True)
class Undeposited:
    """What lies there for too long: how much of each currency, and what was received first."""

    count: int = 0
    amounts: tuple[Money, ...] = ()
    oldest: Held | None = None

    def plus(self, later: Sequence[Held]) -> "Undeposited":
        """`later` were received after all that is counted already."""
        oldest = self.oldest or min(later, key=lambda each: each.received_on, default=None)
        amounts = totals([*self.amounts, *(each.amount for each in later)])
        return Undeposited(self.count + len(later), amounts, oldest)


@dataclass(frozen=True)
class Digest:
    """What became of a week, as it stands at `made_at`.

    Numbers count payments unless they say otherwise. Of a week are those that were entered here
    within it, whenever the money came, and they count as they stand now.

    - `speed`: of the week's that got to QuickBooks by a push, the time from when somebody first
      asked for it until it was there, with all that a person had to do in between. What was
      called back was not asked for.
    - `by_account`: the week's that are in QuickBooks, where it put them, as they were received:
      a refund takes nothing away.
    - `undeposited`: of any week, received within LOOKED_BACK but not within LIES_TOO_LONG, put
      into Undeposited Funds by QuickBooks, and on none of its deposits. None: it did not say.
    - `troubled`, `waiting`: records of any week that need a person, and that are on their way.
    """

    week: Week
    made_at: datetime
    days: Mapping[date, tuple[Group, ...]]
    account_names: Mapping[str, str]
    speed: Speed | None
    undeposited: Undeposited | None
    troubled: Mapping[RecordKind, int]
    waiting: int

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(chain.from_iterable(self.days.values()))

    def by_account(self) -> list[Sum]:
        """The largest first, each currency apart."""
        there = [each for each in self.groups if each.in_quickbooks and not each.voided]
        keys = {(each.account_id, each.amount.currency) for each in there}
        sums = [
            _sum(account, currency, [each for each in there if _key(each) == (account, currency)])
            for account, currency in keys
        ]
        return sorted(sums, key=lambda each: (-each.amount.minor, each.account_id or ""))


def _key(group: Group) -> tuple[str | None, str]:
    return group.account_id, group.amount.currency


def _sum(account: str | None, currency: str, groups: Sequence[Group]) -> Sum:
    minor = sum(each.amount.minor for each in groups)
    return Sum(account, recorded(groups), Money(minor, currency))


def recorded(groups: Iterable[Group]) -> int:
    """Void ones too."""
    return sum(each.count for each in groups)


def standing(groups: Iterable[Group], status: Status) -> int:
    """Void ones stand nowhere."""
    return sum(each.count for each in groups if each.status is status and not each.voided)


def void(groups: Iterable[Group]) -> int:
    return sum(each.count for each in groups if each.voided)


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One for each currency."""
    by_currency: Counter[str] = Counter()
    for each in amounts:
        by_currency[each.currency] += each.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(by_currency.items()))


def speed_of(pushes: Sequence[Push]) -> Speed | None:
    """None where nothing got there."""
    if not pushes:
        return None
    middle = median(each.took.total_seconds() for each in pushes)
    return Speed(timedelta(seconds=middle), max(pushes, key=lambda each: each.took))
