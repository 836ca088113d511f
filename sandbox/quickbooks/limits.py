"""Intuit's published limits, counted in sliding windows by the passed clock."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """How many requests pass; None lifts a limit. `retry_after` is what a 429 advises, if at all.

    No recorded 429 of QuickBooks carries Retry-After, so none is sent unless asked for.
    """

    requests_per_minute: int | None = 500  # Per company.
    requests_per_second: int | None = 10  # Per company and app.
    batches_per_minute: int | None = 40  # Per company and app.
    retry_after: timedelta | None = None

    @classmethod
    def none(cls) -> Self:
        return cls(requests_per_minute=None, requests_per_second=None, batches_per_minute=None)


class Throttle:
    """Counts what passed; what is turned away does not count."""

    def __init__(self) -> None:
        self._passed: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def admits(self, realm_id: str, *, batch: bool, limits: Limits, now: datetime) -> bool:
        windows = [
            (self._window(realm_id, axis, now - span), most)
            for axis, span, most in _axes(limits, batch=batch)
        ]
        if any(len(window) >= most for window, most in windows):
            return False
        for window, _ in windows:
            window.append(now)
        return True

    def _window(self, realm_id: str, axis: str, since: datetime) -> deque[datetime]:
        window = self._passed[realm_id, axis]
        while window and window[0] <= since:
            window.popleft()
        return window


def _axes(limits: Limits, *, batch: bool) -> Iterator[tuple[str, timedelta, int]]:
    if limits.requests_per_minute is not None:
        yield "minute", MINUTE, limits.requests_per_minute
    if limits.requests_per_second is not None:
        yield "second", SECOND, limits.requests_per_second
    if batch and limits.batches_per_minute is not None:
        yield "batches", MINUTE, limits.batches_per_minute
