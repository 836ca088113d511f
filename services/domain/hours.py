"""A firm's hours, in its own time zone: when it is quiet, when an hour, a day or a week begins."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain.settings import Alerting

MORNING = time(9)  # When people read what came together over a day or a week.
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def is_quiet(alerting: Alerting, at: datetime) -> bool:
    """Whether the firm wants to hear nothing at that instant; the hours may span midnight."""
    begins, ends = alerting.quiet_from, alerting.quiet_until
    if begins is None or ends is None:
        return False
    local = at.astimezone(ZoneInfo(alerting.time_zone)).time()
    if begins <= ends:
        return begins <= local < ends
    return local >= begins or local < ends


def after_quiet(alerting: Alerting, at: datetime) -> datetime:
    """That instant, or the end of the quiet hours that it falls into."""
    if alerting.quiet_until is None or not is_quiet(alerting, at):
        return at
    return _next(alerting.time_zone, at, alerting.quiet_until)


def next_hour(zone: str, at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return at - past + timedelta(hours=1)  # In absolute time: hours that come twice are two.


def next_morning(zone: str, at: datetime) -> datetime:
    return _next(zone, at, MORNING)


def next_monday(zone: str, at: datetime) -> datetime:
    """The morning on which the next week begins."""
    return _next(zone, at, MORNING, weekday=0)


def _next(zone: str, at: datetime, wall: time, *, weekday: int | None = None) -> datetime:
    """The next instant at which the clock there shows this."""
    local = at.astimezone(ZoneInfo(zone))
    found = local.replace(
        hour=wall.hour, minute=wall.minute, second=wall.second, microsecond=0, fold=0
    )
    step = _DAY
    if weekday is not None:
        found, step = found + (weekday - local.weekday()) * _DAY, _WEEK
    while found.astimezone(UTC) <= at:
        found += step
    return found.astimezone(UTC)
