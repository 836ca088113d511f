"""Ids, secrets and timestamps in Slack's form, the same for the same seed."""

import random
import string
from collections.abc import Callable

Clock = Callable[[], float]

ID_LENGTH = 10  # "U", "C", "V"… and ten characters is what Slack issues today.
MICROSECONDS = 1_000_000
CAPITALS = string.ascii_uppercase + string.digits
LETTERS = string.ascii_letters + string.digits


class Mint:
    def __init__(self, *, chance: random.Random, clock: Clock) -> None:
        self._chance = chance
        self._clock = clock
        self._latest_ts = 0

    def identity(self, prefix: str) -> str:
        return prefix + "".join(self._chance.choices(CAPITALS, k=ID_LENGTH))

    def word(self, length: int) -> str:
        return "".join(self._chance.choices(LETTERS, k=length))

    def secret(self, length: int) -> str:
        return "".join(self._chance.choices("0123456789abcdef", k=length))

    def trigger(self) -> str:
        first, second = self._chance.randrange(10**12), self._chance.randrange(10**12)
        return f"{first}.{second}.{self.secret(32)}"

    def view_hash(self) -> str:
        return f"{int(self._clock())}.{self.word(8)}"

    def ts(self) -> str:
        """A message's identity in its channel: unique and rising, even on a clock that stands."""
        now = int(self._clock() * MICROSECONDS)
        self._latest_ts = max(now, self._latest_ts + 1)
        seconds, fraction = divmod(self._latest_ts, MICROSECONDS)
        return f"{seconds}.{fraction:06d}"
