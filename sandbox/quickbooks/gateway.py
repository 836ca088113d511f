"""The gateway before a company's API: who may in, how often, and what goes wrong on the way."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from sandbox.quickbooks import answers, refusals
from sandbox.quickbooks.answers import CutAnswer
from sandbox.quickbooks.calls import Call
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import Fault, FaultPlan, Kind
from sandbox.quickbooks.limits import Limits, Throttle
from sandbox.quickbooks.refusals import GatewayFault
from sandbox.quickbooks.replay import Reply
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.tokens import Connection, Tokens
from sandbox.quickbooks.weather import LATEST_ARRIVAL, Weather

MOST_LATE = 10_000  # Requests under way at once; beyond it they are processed on the spot.
NO_WAIT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Served:
    """One line of the request log; `status` is None where the client got no answer."""

    at: datetime
    method: str
    path: str
    query: str
    entity: str
    operation: str
    status: int | None
    tid: str
    disturbed: Kind | None = None


class Conditions(Protocol):
    """What the gateway looks up anew for every request."""

    clock: Callable[[], datetime]
    chance: Random
    weather: Weather
    limits: Limits
    rules: Rules
    faults: FaultPlan
    tokens: Tokens
    companies: dict[str, Company]

    def log(self, served: Served) -> None: ...


class Gateway:
    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._throttle = Throttle()
        self.under_way: set[asyncio.Task[Reply | GatewayFault]] = set()

    async def serve(self, request: Request) -> Response:
        conditions = self._conditions
        call = await _read(request, tid=_trace_id(conditions.chance))
        fault = conditions.faults.draw(call) or self._late(call)
        if fault is None:
            return self._answer(call, self._process(call))
        return await self._disturb(call, fault)

    def _late(self, call: Call) -> Fault | None:
        late, chance = self._conditions.weather.late, self._conditions.chance
        if not late or not call.is_write or chance.random() >= late:
            return None
        wait = timedelta(seconds=chance.uniform(0, LATEST_ARRIVAL.total_seconds()))
        return Fault(kind=Kind.LATE, wait=wait)

    async def _disturb(self, call: Call, fault: Fault) -> Response:
        wait = fault.wait or NO_WAIT
        match fault.kind:
            case Kind.CUT_BEFORE:
                return self._cut(call, fault)
            case Kind.CUT_AFTER:
                self._process(call)
                return self._cut(call, fault)
            case Kind.LATE:
                _ = self._arrive_later(call, wait)  # Nobody waits for it.
                return self._cut(call, fault)
            case Kind.SLOW:
                # Shielded: a request that has arrived is processed, whoever still listens.
                outcome = await asyncio.shield(self._arrive_later(call, wait, fault))
                return self._render(call, outcome, fault)
            case Kind.SLOW_ANSWER:
                outcome = self._process(call)
                await asyncio.sleep(wait.total_seconds())
                return self._answer(call, outcome, fault)
            case _:
                return self._broken(call, fault)

    def _broken(self, call: Call, fault: Fault) -> Response:
        if fault.kind is Kind.HALF:
            return answers.half_of(self._answer(call, self._process(call), fault))
        if fault.committed:
            self._process(call)
        match fault.kind:
            case Kind.UNAVAILABLE:
                self._log(call, 503, fault)
                return answers.unavailable(_headers(call))
            case Kind.GARBAGE:
                self._log(call, 200, fault)
                return answers.garbage(_headers(call))
            case _:
                return self._answer(call, self._refusal(fault), fault)

    def _refusal(self, fault: Fault) -> Reply | GatewayFault:
        match fault.kind:
            case Kind.UNAUTHORIZED:
                return refusals.not_authenticated(None)
            case Kind.FORBIDDEN:
                return refusals.not_authorized()
            case Kind.THROTTLED:
                return refusals.throttled()
            case Kind.FAILED:
                return refusals.gateway_failed()
            case _:
                content = {"Fault": fault.to_error().to_fault(), "time": self._time()}
                return Reply(400, content)

    def _cut(self, call: Call, fault: Fault) -> Response:
        self._log(call, None, fault)
        return CutAnswer()

    def _arrive_later(
        self, call: Call, wait: timedelta, fault: Fault | None = None
    ) -> asyncio.Task[Reply | GatewayFault]:
        if len(self.under_way) >= MOST_LATE:
            wait = NO_WAIT
        # An empty context: what happens here belongs to nobody who happens to be calling.
        task = asyncio.create_task(self._arrive(call, wait, fault), context=Context())
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return task

    async def _arrive(
        self, call: Call, wait: timedelta, fault: Fault | None
    ) -> Reply | GatewayFault:
        await asyncio.sleep(wait.total_seconds())
        outcome = self._process(call)
        self._log(call, outcome.status, fault)
        return outcome

    def _process(self, call: Call) -> Reply | GatewayFault:
        """All that happens to a request that arrives; nothing is awaited, so it is one step."""
        conditions = self._conditions
        connection = self._authenticate(call)
        if isinstance(connection, GatewayFault):
            return connection
        admitted = self._throttle.admits(
            call.realm_id,
            batch=call.resource == "batch",
            limits=conditions.limits,
            now=conditions.clock(),
        )
        if not admitted:
            return refusals.throttled()
        return conditions.companies[call.realm_id].answer(
            call,
            rules=conditions.rules,
            weather=conditions.weather,
            objection=conditions.faults.draw_for_item,
        )

    def _authenticate(self, call: Call) -> Connection | GatewayFault:
        scheme, _, token = (call.authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return refusals.not_authenticated(None)
        connection = self._conditions.tokens.find_bearer(token.strip())
        if not isinstance(connection, Connection):
            return refusals.not_authenticated(connection)
        if connection.realm_id != call.realm_id or call.realm_id not in self._conditions.companies:
            return refusals.not_authorized()
        return connection

    def _answer(
        self, call: Call, outcome: Reply | GatewayFault, fault: Fault | None = None
    ) -> Response:
        self._log(call, outcome.status, fault)
        return self._render(call, outcome, fault)

    def _render(self, call: Call, outcome: Reply | GatewayFault, fault: Fault | None) -> Response:
        now = self._conditions.clock()
        response = answers.render(
            outcome,
            wants_json=call.wants_json,
            headers=_headers(call),
            epoch_ms=int(now.timestamp() * 1000),
            time=now.isoformat(timespec="milliseconds"),
        )
        self._advise(response, fault)
        return response

    def _advise(self, response: Response, fault: Fault | None) -> None:
        match response.status_code:
            case 401:
                response.headers["WWW-Authenticate"] = (
                    'Bearer realm="Intuit", error="invalid_token"'
                )
            case 429:
                retry_after = fault.wait if fault else self._conditions.limits.retry_after
                if retry_after is not None:
                    response.headers["Retry-After"] = str(int(retry_after.total_seconds()))
            case _:
                pass

    def _log(self, call: Call, status: int | None, fault: Fault | None = None) -> None:
        served = Served(
            at=self._conditions.clock(),
            method=call.method,
            path=call.path,
            query=call.query,
            entity=call.resource,
            operation=call.operation,
            status=status,
            tid=call.tid,
            disturbed=fault.kind if fault else None,
        )
        self._conditions.log(served)

    def _time(self) -> str:
        return self._conditions.clock().isoformat(timespec="milliseconds")


async def _read(request: Request, *, tid: str) -> Call:
    scope = request.scope  # Read as it is: building a URL object would cost more than the rest.
    query = scope["query_string"].decode("latin-1")
    realm_id: str = request.path_params["realm_id"]
    rest: str = request.path_params["rest"]
    return Call(
        method=request.method,
        realm_id=realm_id,
        path=scope["path"],
        parts=tuple(rest.strip("/").split("/")),
        params=dict(parse_qsl(query, keep_blank_values=True)),
        query=query,
        body=await request.body(),
        authorization=request.headers.get("authorization"),
        wants_json="json" in request.headers.get("accept", ""),
        tid=tid,
    )


def _trace_id(chance: Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"1-{digits[:8]}-{digits[8:]}"


def _headers(call: Call) -> dict[str, str]:
    return {
        "intuit_tid": call.tid,
        "QBO-Version": "1999.101",
        "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
        "Expires": "0",
        "Strict-Transport-Security": "max-age=15552000",
    }
