"""A clock that moves only when it is told to, for whoever scripts a run."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)  # A Monday morning in the company's Pacific time.


class ManualClock:
    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, span: timedelta) -> None:
        self._now += span
