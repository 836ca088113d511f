"""What happened in one life, in order, and how often what is worth counting did."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from tests.simulation.kernel import Network, VirtualClock

LINES_KEPT = 10_000
# Exceptions that nobody foresaw.
BUGS = frozenset({"entry parked", "worker round failed", "turn failed"})


class Journal:
    """`bugs`: what the program itself took for a mistake of its own."""

    def __init__(self, clock: VirtualClock) -> None:
        self.sightings: Counter[str] = Counter()
        self.bugs: list[str] = []
        self.is_closed = False
        self._clock = clock
        self._began = clock.monotonic()
        self._lines: deque[tuple[float, str]] = deque(maxlen=LINES_KEPT)

    def note(self, who: str, what: str) -> None:
        self._lines.append((self._clock.monotonic(), f"{who}: {what}"))

    def saw(self, sighting: str) -> None:
        self.sightings[sighting] += 1

    def lines(self, network: Network) -> Iterator[str]:
        """Everything that is remembered, what the network did included."""
        travels = [
            (event.at, f"{event.sender}: [{event.number}] {event.request} {event.what}")
            for event in network.log
        ]
        for at, line in sorted([*self._lines, *travels], key=lambda each: each[0]):
            yield f"{at - self._began:10.3f}  {line}"

    def keep(self, level: str, event: dict[str, Any]) -> None:
        """Take a line of the program's log."""
        words = str(event.pop("event"))
        trace = event.pop("exception", None)
        facts = ", ".join(f"{name}={value}" for name, value in event.items())
        self.saw(f"log: {words}")
        self.note("log", f"{level} {words}, {facts}" + (f"\n{trace}" if trace else ""))
        if words in BUGS:
            self.bugs.append(f"{words}: {trace}")


@contextmanager
def logs_kept(journals: list[Journal]) -> Iterator[None]:
    """Give what the program logs to the journal that is put into the list, while that is open.

    What is logged after its end are the last words of processes whose memory is given back.
    """

    def keep(_: object, level: str, event: Any) -> Any:
        for journal in journals:
            if not journal.is_closed:
                journal.keep(level, event)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, keep],
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)
