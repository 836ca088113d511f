"""What Slack takes again only after a while, as it last said."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from slack_sdk.errors import SlackApiError

from services.domain.ids import FirmId

EDIT, POST, LOOK = "chat.update", "chat.postMessage", "conversations.info"
RATE_LIMITED_FOR = timedelta(seconds=30)  # Where Slack names no time.
PASSING = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
_MOST_KEPT = 1_000  # Of what rests; what has rested is forgotten then.


class TooSoon(Exception):  # noqa: N818 - reads as what it would be.
    """Slack would not take it, and was not asked; `wait` says how long that lasts."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"not for {wait}")
        self.wait = wait


@dataclass
class Pace:
    """Slack counts edits and looks by workspace, and messages by conversation too (`place`)."""

    _until: dict[tuple[FirmId, str, str], float] = field(default_factory=dict, init=False)

    def check(self, firm: FirmId, method: str, place: str = "") -> None:
        """Raise TooSoon while Slack has said to wait."""
        left = self._until.get((firm, method, place), 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            raise TooSoon(timedelta(seconds=left))

    def heed(self, firm: FirmId, error: SlackApiError, place: str) -> timedelta | None:
        """How long to wait where Slack refuses for its rate limits; None where it does not."""
        if reason(error) not in _RATE_LIMITED:
            return None
        named = error.response.headers.get("Retry-After")
        wait = timedelta(seconds=int(named)) if named else RATE_LIMITED_FOR
        method = str(error.response.api_url).rpartition("/")[2]
        now = asyncio.get_running_loop().time()
        if len(self._until) >= _MOST_KEPT:
            self._until = {what: until for what, until in self._until.items() if until > now}
        self._until[firm, method, place if method == POST else ""] = now + wait.total_seconds()
        return wait


def reason(error: SlackApiError) -> str:
    """Slack's word for it; a gateway before Slack answers with HTML and has none."""
    answer = error.response.data
    return str(answer.get("error")) if isinstance(answer, dict) else "internal_error"
