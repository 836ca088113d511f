"""An exception as the log tells it: its kind, and where it went through.

What an exception says may hold a client's name, an amount, a statement's values or a token, so it
is left out, but for what an operating system or a database says of itself.
"""

import traceback
from collections.abc import Iterator

from sqlalchemy.exc import DataError, DBAPIError

LONGEST_CHAIN = 5  # Exceptions that led to one another.
MOST_FRAMES = 30  # Of each.
MOST_OF_A_GROUP = 3
_OF_THE_SYSTEM = frozenset({"builtins", "socket", "ssl"})


def told(error: BaseException) -> str:
    return "\n".join(_lines(error, LONGEST_CHAIN))


def _lines(error: BaseException, left: int) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and left > 1:
        yield from _lines(before, left - 1)
        yield "It led to:"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__, limit=-MOST_FRAMES)).rstrip("\n")
    yield f"{type(error).__qualname__}: {_said(error)}"
    if isinstance(error, BaseExceptionGroup) and left > 1:
        for number, inner in enumerate(error.exceptions[:MOST_OF_A_GROUP], start=1):
            yield f"Number {number} of {len(error.exceptions)} in it:"
            yield from _lines(inner, left - 1)


def _said(error: BaseException) -> str:
    """What is known to hold nothing of a firm's."""
    if isinstance(error, OSError) and type(error).__module__ in _OF_THE_SYSTEM and error.errno:
        return f"[Errno {error.errno}] {error.strerror}"
    # A PostgreSQL server names values from its second line on, and in all it says of bad data.
    if isinstance(error, DBAPIError) and not isinstance(error, DataError):
        first, _, _ = str(error.orig).partition("\n")
        return f"{type(error.orig).__qualname__}: {first}"
    return "…"
