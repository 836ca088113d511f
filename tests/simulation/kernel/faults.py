"""What may happen to a request between a client and a server, and how often."""

from dataclasses import dataclass, fields
from enum import Enum
from random import Random


class Fate(Enum):
    """Each value is the name of its probability in `Faults`."""

    ANSWERED = "answered"
    # It never arrives.
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect_timeout"
    POOL_TIMEOUT = "pool_timeout"
    CUT_BEFORE = "cut_before"
    # It arrives, and the sender does not hear of it.
    CUT_AFTER = "cut_after"
    READ_TIMEOUT = "read_timeout"
    LATE = "late"  # By seconds or minutes; mostly the sender has given up by then.
    # It arrives twice, and the sender hears of the first.
    DUPLICATED = "duplicated"


NEVER_ARRIVES = frozenset({Fate.REFUSED, Fate.CONNECT_TIMEOUT, Fate.POOL_TIMEOUT, Fate.CUT_BEFORE})


@dataclass(frozen=True, kw_only=True)
class Faults:
    """The probability of each fate; what is left is answered."""

    refused: float = 0.0
    connect_timeout: float = 0.0
    pool_timeout: float = 0.0
    cut_before: float = 0.0
    cut_after: float = 0.0
    read_timeout: float = 0.0
    late: float = 0.0
    duplicated: float = 0.0

    def __post_init__(self) -> None:
        shares = [getattr(self, field.name) for field in fields(self)]
        if min(shares) < 0 or sum(shares) > 1:
            raise ValueError(f"Not probabilities that exclude each other: {self}.")

    def draw(self, chance: Random) -> Fate:
        roll = chance.random()
        for field in fields(self):
            share: float = getattr(self, field.name)
            if roll < share:
                return Fate(field.name)
            roll -= share
        return Fate.ANSWERED
