"""What was looked at, what was found, and how to mend it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """It is as it should be where there is nothing to `mend`."""

    about: str
    words: str
    mend: str | None = None


Findings = AsyncIterator[Finding]
