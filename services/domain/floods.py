"""What one message tells of many payments."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.domain.ids import payment_reference
from services.domain.sync import Status

MOST_NAMED = 10  # Payments of one status; the rest is counted.
NAMED = (Status.FAILED, Status.SKIPPED)  # They may need a person.


@dataclass(frozen=True)
class Tally:
    """How many payments stand how; of those that may need a person, the newest by name."""

    counts: Mapping[Status, int]
    named: Mapping[Status, tuple[str, ...]]

    @classmethod
    def of(cls, payments: Iterable[tuple[int, Status]]) -> "Tally":
        """Each by its number, with its status."""
        known = sorted(payments, reverse=True)
        numbers = {each: [number for number, status in known if status is each] for each in NAMED}
        return cls(
            counts=Counter(status for _, status in known),
            named={
                each: tuple(map(payment_reference, found[:MOST_NAMED]))
                for each, found in numbers.items()
                if found
            },
        )

    @property
    def total(self) -> int:
        return sum(self.counts.values())
