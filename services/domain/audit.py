"""The audit is a chain: each row vouches for itself, and for all rows of its firm before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Head:
    """How far a firm's chain goes: the number of its last row, and that row's hash."""

    sequence: int = 0
    hash: str = "0" * 64  # What stands before the first row.


@dataclass(frozen=True)
class Misfit:
    """The first row that is not as it was written, and what is wrong there."""

    sequence: int
    wrong: str


def seal(row: Mapping[str, Any], before: str) -> str:
    """Hash all that a row says, and the hash before it.

    What is None is not said: a column that is added later leaves older rows as they are.
    """
    said = {name: value for name, value in row.items() if value is not None and name != "hash"}
    text = json.dumps([before, said], sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> int:
    """An instant as whole microseconds, whatever its time zone."""
    if not isinstance(value, datetime):
        raise TypeError(f"an audit cannot say {value!r}")
    return (value - _EPOCH) // timedelta(microseconds=1)


def follow(head: Head, row: Mapping[str, Any]) -> Head | Misfit:
    """Go on from the row before to this one."""
    number = head.sequence + 1
    if row["sequence"] > number:
        return Misfit(number, "it is missing")
    if row["sequence"] < number:
        return Misfit(row["sequence"], "it was added by somebody else")
    sealed = seal(row, head.hash)
    if row["hash"] != sealed:
        return Misfit(number, "it is not as it was written, or not where it was")
    return Head(number, sealed)


def end(head: Head, kept: Head | None) -> Head | Misfit:
    """Compare the last row with what was `kept` of the chain's end apart from it."""
    kept = kept or Head()
    if head.sequence < kept.sequence:
        return Misfit(head.sequence + 1, "it is missing")
    if head.sequence > kept.sequence:
        return Misfit(kept.sequence + 1, "it was added by somebody else")
    if head.hash != kept.hash:
        return Misfit(head.sequence, "it is not as it was written")
    return head
