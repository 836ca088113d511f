"""The wall clock of a simulated world, which can jump where the loop's time cannot."""

from datetime import UTC, datetime, timedelta

from tests.simulation.kernel.loop import UPTIME_AT_START, VirtualLoop

MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class VirtualClock:
    def __init__(self, loop: VirtualLoop, *, start: datetime = MONDAY_MORNING) -> None:
        if start.tzinfo is None:
            raise ValueError("The start must say its time zone.")
        self._loop = loop
        self._at_boot = start.astimezone(UTC) - timedelta(seconds=UPTIME_AT_START)

    def now(self) -> datetime:
        return self._at_boot + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        return self._loop.time()

    def jump(self, by: timedelta) -> None:
        """Set the wall clock as an operator or NTP does; timers do not notice."""
        self._at_boot += by
