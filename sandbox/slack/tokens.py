"""A workspace's bot tokens: which one Slack takes, and what it says of all others."""

from collections import OrderedDict

from sandbox.slack.errors import ApiError
from sandbox.slack.mint import Clock, Mint
from sandbox.slack.records import Payload

EXPIRES_IN = 12 * 3_600  # Seconds, where tokens rotate.
NEVER = float("inf")
MOST_KEPT = 100  # Former tokens; older ones are as good as invented.


class Tokens:
    """`current` is empty where the app was never installed."""

    def __init__(self, *, mint: Mint, clock: Clock) -> None:
        self.current = ""
        self._mint = mint
        self._clock = clock
        self._ends_at = 0.0
        self._refresh = ""
        self._former: OrderedDict[str, str] = OrderedDict()  # Token → what Slack says of it.

    def knows(self, token: str) -> bool:
        return bool(token) and (token in {self.current, self._refresh} or token in self._former)

    def check(self, token: str) -> None:
        if token in self._former:
            raise ApiError(self._former[token])
        if not token or token != self.current:
            raise ApiError("invalid_auth")
        if self._clock() >= self._ends_at:
            raise ApiError("token_expired")

    def grant(self, *, lasts: int | None = None) -> Payload:
        """For an installation. A token that does not rotate stays the same until it is revoked."""
        if lasts is not None:
            return self._rotate(lasts)
        if not self.current or self._ends_at != NEVER:
            self._issue("xoxb-", ends_at=NEVER)
        return {"access_token": self.current}

    def refresh(self, token: str, *, lasts: int) -> Payload:
        """A refresh token works once."""
        if not token or token != self._refresh:
            raise ApiError("invalid_refresh_token")
        return self._rotate(lasts)

    def expire(self) -> None:
        """The current one has come to its end."""
        self._ends_at = self._clock()

    def revoke(self, reason: str) -> None:
        if self.current:
            self._former[self.current] = reason
        if len(self._former) > MOST_KEPT:
            self._former.popitem(last=False)
        self.current = self._refresh = ""

    def _rotate(self, lasts: int) -> Payload:
        self._issue("xoxe.xoxb-1-", ends_at=self._clock() + lasts)
        self._refresh = f"xoxe-1-{self._mint.word(48)}"
        return {
            "access_token": self.current,
            "refresh_token": self._refresh,
            "expires_in": lasts,
        }

    def _issue(self, prefix: str, *, ends_at: float) -> None:
        """Slack's pages do not say whether the one before works on until its end: here it does not.

        Whoever can live with that can live with both.
        """
        self.revoke("token_revoked")
        self.current, self._ends_at = f"{prefix}{self._mint.word(24)}", ends_at
