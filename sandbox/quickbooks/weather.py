"""The conditions QuickBooks works under: what lags, what arrives late, what is forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_LAG = timedelta(minutes=5)  # History is kept this long, so no lag can be longer.
LATEST_ARRIVAL = timedelta(seconds=180)  # A request from a frozen sender arrives by then.


@dataclass(frozen=True)
class Weather:
    # Queries and change data capture show every object as it was this long ago. Reads by id,
    # writes, uniqueness of names and request ids are always up to date.
    query_lag: timedelta = timedelta(0)
    # The share of writes whose line is cut at once, but which reach the books within
    # LATEST_ARRIVAL and are then processed like any other request.
    late: float = 0.0
    # A request id older than this is forgotten, and its request done again; None: never.
    forgets_after: timedelta | None = None

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.query_lag <= LONGEST_LAG:
            raise ValueError(f"The query lag is between 0 and {LONGEST_LAG}")
        if not 0 <= self.late <= 1:
            raise ValueError("The share of late writes is between 0 and 1")

    def index_stands_at(self, now: datetime) -> datetime | None:
        """Until when queries know of changes; None: they know everything."""
        return now - self.query_lag if self.query_lag else None
