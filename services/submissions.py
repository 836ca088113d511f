"""A form that comes twice is one record."""

import hashlib

from services.errors import AlreadySaved


def digest(*typed: object) -> str:
    """What was typed, so that another delivery of it can be told from a correction."""
    return hashlib.sha256(repr(typed).encode()).hexdigest()


def check_same(name: str, kept: str, typed: str) -> None:
    """Raise AlreadySaved where the form was saved before, with other values."""
    if kept != typed:
        raise AlreadySaved(
            f"This form was saved already, as {name}, with other values. "
            "Close it and look at that one before you record another."
        )
