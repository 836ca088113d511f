"""What QuickBooks holds in place of a record, where a person would see that it differs."""

from dataclasses import dataclass
from enum import Enum, auto

from services.domain.twins import Candidate


@dataclass(frozen=True)
class Different:
    """`client`: whose it is there, where that is another's."""

    found: Candidate
    client: str | None


class Unseen(Enum):
    GONE = auto()  # QuickBooks no longer holds it.
    UNKNOWN = auto()  # QuickBooks did not say while a person waited.


Presence = Different | Unseen | None  # None: it is as the ledger has it.
