"""Rate limits per method and minute, and one message a second in each channel."""

import math
from collections import defaultdict, deque
from enum import Enum

from sandbox.slack.mint import Clock

WINDOW = 60.0  # Seconds in which a tier's calls are counted.
POSTS_PER_SECOND = 1.0
SHORT_BURST = 10  # Messages at once in a channel; Slack publishes no number for "short bursts".


class Tier(Enum):
    """Calls a minute; special methods have rules of their own."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100
    SPECIAL = None


class RateLimits:
    def __init__(self, *, clock: Clock, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._allowance: dict[str, tuple[float, float]] = {}  # Channel → messages left, as of when.

    def spend_call(self, method: str, tier: Tier) -> int | None:
        """Return None where the call may pass, else the seconds to wait."""
        if not self.enabled or tier.value is None:
            return None
        now, calls = self._clock(), self._calls[method]
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= tier.value:
            return _whole_seconds(calls[0] + WINDOW - now)
        calls.append(now)
        return None

    def spend_post(self, channel_id: str) -> int | None:
        """Return None where the message may pass, else the seconds to wait."""
        if not self.enabled:
            return None
        now = self._clock()
        left, as_of = self._allowance.get(channel_id, (float(SHORT_BURST), now))
        left = min(float(SHORT_BURST), left + (now - as_of) * POSTS_PER_SECOND)
        if left < 1:
            self._allowance[channel_id] = (left, now)
            return _whole_seconds((1 - left) / POSTS_PER_SECOND)
        self._allowance[channel_id] = (left - 1, now)
        return None


def _whole_seconds(wait: float) -> int:
    return max(1, math.ceil(wait))
