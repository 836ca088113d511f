"""What somebody seeks in a list of payments."""

from dataclasses import dataclass, field
from datetime import date

from services.domain.ledger import Method
from services.domain.sync import Status


@dataclass(frozen=True)
class PaymentFilter:
    """All that is said must hold; within one kind (statuses, methods, amounts) any.

    `words` must each be in the client's name or the reference. Amounts are in minor units, and
    days count from the first to the last. `void` seeks those that were deleted, which no other
    filter finds.
    """

    words: tuple[str, ...] = ()
    statuses: frozenset[Status] = field(default_factory=frozenset)
    methods: frozenset[Method] = field(default_factory=frozenset)
    numbers: frozenset[int] = field(default_factory=frozenset)
    amounts: frozenset[int] = field(default_factory=frozenset)
    least: int | None = None
    most: int | None = None
    since: date | None = None
    until: date | None = None
    void: bool = False
