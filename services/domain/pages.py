"""Lists, a page at a time: each page is found by its neighbour's last row, not by counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.domain.sync import Status

ROWS = 10  # On one page.
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where a page begins: right behind the row that `mark` names, or right before it."""

    mark: str
    back: bool = False


@dataclass(frozen=True)
class Search:
    """Rows of any of these statuses that hold all of these words; nothing said is everything."""

    statuses: frozenset[Status] = frozenset()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page(Generic[T]):
    """`before` and `after` lead to the neighbours, where there are any."""

    rows: tuple[T, ...]
    before: Place | None = None
    after: Place | None = None


def cut(found: Sequence[tuple[str, T]], place: Place | None) -> Page[T]:
    """Make a page of what was read from `place` on: each row by its mark, one more than fits.

    What was read backwards is turned round.
    """
    back = place is not None and place.back
    more = len(found) > ROWS
    kept = list(found[:ROWS])
    if back:
        kept.reverse()
    is_first, is_last = (not more, False) if back else (place is None, not more)
    if not kept:
        return Page(())
    return Page(
        rows=tuple(row for _, row in kept),
        before=None if is_first else Place(kept[0][0], back=True),
        after=None if is_last else Place(kept[-1][0]),
    )
