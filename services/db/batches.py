"""Many ids in statements of a bearable length."""

from collections.abc import Iterable
from typing import TypeVar

IDS_AT_ONCE = 500  # In one statement.
_Id = TypeVar("_Id")


def cut(ids: Iterable[_Id]) -> list[list[_Id]]:
    everything = list(ids)
    return [
        everything[start : start + IDS_AT_ONCE] for start in range(0, len(everything), IDS_AT_ONCE)
    ]
