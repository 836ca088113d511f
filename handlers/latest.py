"""Of what comes quickly, one after the other, only the last counts."""

from collections import OrderedDict
from dataclasses import dataclass, field

MOST_KEPT = 1000  # Forms that are open at the same time.


@dataclass(frozen=True)
class Turn:
    latest: "Latest"
    key: str
    number: int

    @property
    def is_last(self) -> bool:
        return self.latest.numbers.get(self.key) == self.number


@dataclass
class Latest:
    """Kept by one process: another one's form is at worst drawn twice."""

    numbers: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _count: int = 0

    def turn(self, key: str) -> Turn:
        """Take the last turn of `key`; the one that was last is it no more."""
        self._count += 1
        self.numbers.pop(key, None)
        self.numbers[key] = self._count
        if len(self.numbers) > MOST_KEPT:
            self.numbers.popitem(last=False)
        return Turn(self, key, self._count)
