"""How long to wait before trying again."""

from datetime import timedelta
from random import Random

LONGEST_WAIT = timedelta(minutes=15)  # A firm should not wait longer once QuickBooks is back.
_LAST_STEP = 20  # 2**20 steps are far beyond the longest wait; keeps the power small.


def wait_before(attempt: int, *, base: timedelta, chance: Random) -> timedelta:
    """Double with each attempt (1, 2, …) up to the longest wait, less up to half of it by chance.

    The chance keeps firms that were cut off together from coming back together.
    """
    longest = min(base * (1 << min(attempt - 1, _LAST_STEP)), LONGEST_WAIT)
    return longest * chance.uniform(0.5, 1.0)
