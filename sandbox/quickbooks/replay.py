"""The request id store: what was answered once is answered again, word for word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sandbox.quickbooks.wire import JsonObject

MOST_REMEMBERED = 1_000_000  # Far above any run; the oldest answer is dropped first.


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the service, before it is rendered as JSON or XML."""

    status: int
    content: JsonObject


@dataclass(frozen=True, slots=True)
class _Remembered:
    reply: Reply
    digest: bytes
    at: datetime


class RequestIds:
    """One company's store; a batch item's key is the request id and its bId together."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], _Remembered] = {}

    def find(
        self, request_id: str, b_id: str = "", *, now: datetime, forgets_after: timedelta | None
    ) -> Reply | None:
        remembered = self._answers.get((request_id, b_id))
        if remembered is None:
            return None
        if forgets_after is not None and now - remembered.at >= forgets_after:
            del self._answers[request_id, b_id]
            return None
        return remembered.reply

    def same_body(self, request_id: str, body: bytes) -> bool:
        remembered = self._answers.get((request_id, ""))
        return remembered is None or remembered.digest == sha256(body).digest()

    def remember(
        self, request_id: str, b_id: str = "", *, reply: Reply, body: bytes, now: datetime
    ) -> None:
        if len(self._answers) >= MOST_REMEMBERED:
            del self._answers[next(iter(self._answers))]
        digest = sha256(body).digest()
        self._answers[request_id, b_id] = _Remembered(reply=reply, digest=digest, at=now)
