"""What Slack takes again only after a while, as it last said."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from slack_sdk.errors import SlackApiError

from services.domain.ids import FirmId

EDIT, POST, LOOK = "chat.update", "chat.postMessage", "conversations.info"
APART = {EDIT: 1.2, LOOK: 1.2, POST: 1.0}  # Seconds: Slack takes 50 a minute, or one a second.
SLOW_FOR = timedelta(minutes=1)  # Slack counts by the minute.
RATE_LIMITED_FOR = timedelta(seconds=30)  # Where Slack names no time.
NOT_INSTALLED = "not_installed"  # Ours, for what Slack was not asked.
# Whoever mends that, by a new token or a new installation, finds all that waited.
NO_ACCESS = frozenset(
    {
        *("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"),
        NOT_INSTALLED,
    }
)
PASSING = NO_ACCESS | {
    *("fatal_error", "internal_error", "request_timeout", "service_unavailable"),
}
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
_MOST_KEPT = 1_000  # Limits; those that are over are forgotten then.


class TooSoon(Exception):  # noqa: N818 - reads as what it would be.
    """Slack would not take it, and was not asked; `wait` says when it is its turn."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"not for {wait}")
        self.wait = wait


@dataclass
class _Limit:
    """Times are the event loop's. `waiting` have been told to wait since the last that went."""

    free_at: float
    slow_until: float
    waiting: int = 0


@dataclass
class Pace:
    """As fast as it comes until Slack refuses; then not before it says, and one by one for a while.

    Slack counts edits and looks by workspace, and messages by conversation too (`place`).
    `steady`: one by one from the start, for what can wait a second.
    """

    steady: bool = False
    _limits: dict[tuple[FirmId, str, str], _Limit] = field(default_factory=dict, init=False)

    def check(self, firm: FirmId, method: str, place: str = "", *, first: bool = False) -> None:
        """Right before it is called; raise TooSoon where Slack would refuse.

        What goes `first` waits for Slack alone, all else for its turn too.
        """
        limit = self._limit(firm, method, place)
        if limit is None:
            return
        now, apart = asyncio.get_running_loop().time(), APART[method]
        if now < limit.free_at:
            before = 0 if first else limit.waiting
            limit.waiting += not first
            raise TooSoon(timedelta(seconds=limit.free_at - now + apart * before))
        limit.waiting = 0
        if now < limit.slow_until:
            limit.free_at = now + apart

    def _limit(self, firm: FirmId, method: str, place: str) -> _Limit | None:
        key = (firm, method, place)
        if self.steady:
            now = asyncio.get_running_loop().time()
            if key not in self._limits:
                self._forget()
            limit = self._limits.setdefault(key, _Limit(free_at=now, slow_until=now))
            limit.slow_until = max(limit.slow_until, now + SLOW_FOR.total_seconds())
        return self._limits.get(key)

    def heed(self, firm: FirmId, error: SlackApiError, place: str) -> timedelta | None:
        """How long to wait where Slack refuses for its rate limits; None where it does not."""
        if reason(error) not in _RATE_LIMITED:
            return None
        named = error.response.headers.get("Retry-After")
        wait = timedelta(seconds=int(named)) if named else RATE_LIMITED_FOR
        method = str(error.response.api_url).rpartition("/")[2]
        free_at = asyncio.get_running_loop().time() + wait.total_seconds()
        self._forget()
        key = (firm, method, place if method == POST else "")
        self._limits[key] = _Limit(free_at, free_at + SLOW_FOR.total_seconds())
        return wait

    def _forget(self) -> None:
        if len(self._limits) >= _MOST_KEPT:
            now = asyncio.get_running_loop().time()
            kept = {key: limit for key, limit in self._limits.items() if limit.slow_until > now}
            self._limits = kept


def reason(error: SlackApiError) -> str:
    """Slack's word for it; a gateway before Slack answers with HTML and has none."""
    answer = error.response.data
    return str(answer.get("error")) if isinstance(answer, dict) else "internal_error"
