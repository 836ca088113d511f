"""Scripted trouble: which requests it befalls, and what the client then sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from random import Random

from sandbox.quickbooks import refusals
from sandbox.quickbooks.calls import Call
from sandbox.quickbooks.refusals import FaultError

ITEM = "ITEM"
TOKEN = "token"
MOST_FAULTS = 10_000  # In one plan.
FALLBACK_CODE = "6000"


class Kind(Enum):
    """What happens to the request.

    A cut line announces a longer body than it sends and then closes. Over a socket the client
    sees an incomplete reply (httpx.RemoteProtocolError: peer closed connection without sending
    complete message body). In-process, httpx.ASGITransport raises `LineCut`, which is an
    httpx.RemoteProtocolError too.
    """

    CUT_BEFORE = "the line is cut, and nothing is processed"
    CUT_AFTER = "the request is processed, and the line is cut instead of the answer"
    LATE = "the line is cut, and the request is processed `wait` later"
    SLOW = "the request waits for `wait`, is then processed and answered, whoever still listens"
    SLOW_ANSWER = "the request is processed at once and answered `wait` later"
    UNAUTHORIZED = "401 of the gateway"
    FORBIDDEN = "403 of the gateway"
    THROTTLED = "429 of the gateway, with Retry-After if `wait` is given"
    FAILED = "500 of the gateway, in JSON"
    UNAVAILABLE = "503 as an HTML page"
    REFUSED = "400 of the service, with `code`, `message` and `detail`"
    GARBAGE = "200 with a body that is not JSON"
    HALF = "200 with the first half of the right answer, its length announced accordingly"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of trouble and the requests it befalls; what is None matches everything.

    `entity` is the path's word ("payment", "query", "batch", "cdc", "token"), `operation` is read,
    create, update, delete, void, query, cdc, batch, exchange or refresh. It starts with the `nth`
    match and befalls `count` matches (None: all that follow), each with `probability`.
    `committed` makes the kinds that answer for QuickBooks process the request first.
    The method "ITEM" means an item within a batch: it is REFUSED or THROTTLED, in a reply of 200.
    Token requests are befallen only where the entity says "token", by CUT_BEFORE, CUT_AFTER, SLOW,
    SLOW_ANSWER and UNAVAILABLE.
    """

    kind: Kind
    method: str | None = None
    entity: str | None = None
    operation: str | None = None
    nth: int = 1
    count: int | None = 1
    probability: float = 1.0
    committed: bool = False
    wait: timedelta | None = None
    code: str = FALLBACK_CODE
    message: str = "A business validation error has occurred while processing your request"
    detail: str = "Business Validation Error: Please wait a few minutes and try again."

    def matches(self, method: str, entity: str, operation: str) -> bool:
        if (self.method == ITEM) != (method == ITEM) or (self.entity == TOKEN) != (entity == TOKEN):
            return False  # Both are meant only where they are named.
        pairs = ((self.method, method), (self.entity, entity), (self.operation, operation))
        return all(wanted is None or wanted.lower() == found.lower() for wanted, found in pairs)

    def to_error(self) -> FaultError:
        if self.kind is Kind.THROTTLED:
            return refusals.throttled().to_error()
        return FaultError(self.code, self.message, self.detail, element="")


@dataclass(slots=True)
class _Pending:
    fault: Fault
    seen: int = 0
    done: int = 0

    def befalls(self, chance: Random) -> bool:
        self.seen += 1
        fault = self.fault
        if self.seen < fault.nth:
            return False
        if fault.probability < 1 and chance.random() >= fault.probability:
            return False
        self.done += 1
        return True

    @property
    def is_spent(self) -> bool:
        return self.fault.count is not None and self.done >= self.fault.count


class FaultPlan:
    """The faults in the order they were added; the first that befalls a request wins."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._pending: list[_Pending] = []

    def __iter__(self) -> Iterator[Fault]:
        """The faults still to come."""
        return (pending.fault for pending in self._pending)

    def add(self, fault: Fault) -> None:
        if len(self._pending) >= MOST_FAULTS:
            raise ValueError(f"A plan holds {MOST_FAULTS} faults at most")
        self._pending.append(_Pending(fault))

    def clear(self) -> None:
        self._pending.clear()

    def draw(self, call: Call) -> Fault | None:
        if not self._pending:
            return None  # The usual case costs nothing.
        return self._draw(call.method, call.resource, call.operation)

    def draw_for_token(self, operation: str) -> Fault | None:
        return self._draw("POST", TOKEN, operation)

    def draw_for_item(self, entity: str, operation: str) -> FaultError | None:
        fault = self._draw(ITEM, entity, operation)
        return fault.to_error() if fault else None

    def _draw(self, method: str, entity: str, operation: str) -> Fault | None:
        for pending in self._pending:
            if pending.fault.matches(method, entity, operation) and pending.befalls(self._chance):
                if pending.is_spent:
                    self._pending.remove(pending)
                return pending.fault
        return None
