"""A network between HTTP clients and one ASGI application, with faults and a memory of them."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

import httpx

from tests.simulation.kernel.faults import NEVER_ARRIVES, Fate, Faults
from tests.simulation.kernel.loop import VirtualLoop, VirtualTimeError
from tests.simulation.kernel.process import CrashedError, Process, current_process

App = Callable[..., Any]  # An ASGI application, as loosely typed as httpx and Starlette have it.

EVENTS_KEPT = 10_000
SCRIPTS_AT_ONCE = 1_000
LATEST_ARRIVAL = timedelta(seconds=180)
TCP_GIVES_UP = 900.0  # Seconds, for a client that set no time-out: Linux retries for about this.
NOTICED = 0.5  # Of the late requests: their senders see a reset and need no time-out.
LOST_WITH_ITS_SENDER = 0.5  # Of the requests that a crashing process had under way.


class Seconds(NamedTuple):
    low: float
    high: float


LATENCY = Seconds(0.01, 0.15)  # One way, within a continent, the odd retransmission included.


@dataclass(frozen=True)
class Event:
    """One line of the log: `number` is the request's, `at` is monotonic time."""

    at: float
    number: int
    sender: str
    request: str
    what: str


@dataclass(frozen=True)
class Reply:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True)
class Parcel:
    number: int
    sender: Process | None
    request: httpx.Request
    line: str
    fate: Fate
    reply: asyncio.Future[Reply]


@dataclass
class Script:
    """The fate of the `nth` request from now on whose line contains `line`."""

    fate: Fate
    line: str
    nth: int

    def strikes(self, line: str) -> bool:
        if self.line not in line:
            return False
        self.nth -= 1
        return self.nth == 0


class Network:
    """Everything here happens outside the processes: a parcel travels on when its sender dies.

    With a `host` the application runs in that process: a dead host refuses connections, one that
    dies loses its replies. `faults` may be exchanged at any time.
    """

    def __init__(
        self,
        app: App,
        chance: Random,
        *,
        faults: Faults | None = None,
        latency: Seconds = LATENCY,
        late_by: timedelta = LATEST_ARRIVAL,
        host: Process | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            raise VirtualTimeError("A simulated network needs a VirtualLoop.")
        self.faults = faults or Faults()
        self.log: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._loop = loop
        self._app = httpx.ASGITransport(app)
        self._chance = chance
        self._latency = latency
        self._late_by = late_by.total_seconds()
        self._host = host
        self._sent = 0
        self._scripts: list[Script] = []
        self._travelling: set[asyncio.Task[None]] = set()  # asyncio's own references are weak.

    def transport(self, process: Process | None = None) -> httpx.AsyncBaseTransport:
        """Without a process a request is sent by whichever process sends it, if any."""
        return SimulatedTransport(self, process)

    def script(self, fate: Fate, *, line: str = "", nth: int = 1) -> None:
        """Seal the fate of the `nth` request from now whose "METHOD /path?query" contains `line`.

        The first script that strikes wins over chance.
        """
        if len(self._scripts) >= SCRIPTS_AT_ONCE:
            raise ValueError(f"More than {SCRIPTS_AT_ONCE} scripts.")
        self._scripts.append(Script(fate, line, nth))

    @property
    def under_way(self) -> int:
        """How many requests still travel or are being answered, late ones included."""
        return len(self._travelling)

    def send(self, request: httpx.Request, sender: Process | None) -> asyncio.Future[Reply]:
        self._sent += 1
        line = f"{request.method} {request.url.raw_path.decode()}"
        fate = self._fate_of(line)
        parcel = Parcel(self._sent, sender, request, line, fate, self._loop.create_future())
        self._note(parcel, f"sent, to be {fate.value}")
        self._limit_waiting(parcel)
        task = self._loop.create_task(self._carry(parcel), context=Context())
        self._travelling.add(task)
        task.add_done_callback(self._travelling.discard, context=Context())
        return parcel.reply

    def _fate_of(self, line: str) -> Fate:
        struck = [script for script in self._scripts if script.strikes(line)]
        self._scripts = [script for script in self._scripts if script.nth > 0]
        drawn = self.faults.draw(self._chance)  # Always, so that a script moves no other draw.
        return struck[0].fate if struck else drawn

    def _limit_waiting(self, parcel: Parcel) -> None:
        seconds, error = _time_out(parcel)
        timer = self._loop.outside(seconds, self._fail, parcel, error)
        parcel.reply.add_done_callback(lambda _: timer.cancel(), context=Context())

    async def _carry(self, parcel: Parcel) -> None:
        await self._travel()
        if self._is_lost_with_sender(parcel):
            self._note(parcel, "lost with its sender")
            parcel.reply.cancel()  # Nobody is left to hear of it.
        elif parcel.fate in NEVER_ARRIVES:
            self._lose(parcel)
        elif parcel.fate is Fate.LATE:
            await self._deliver_late(parcel)
        else:
            await self._deliver_in_time(parcel)

    def _is_lost_with_sender(self, parcel: Parcel) -> bool:
        if parcel.sender is None or parcel.sender.alive:
            return False
        return self._chance.random() < LOST_WITH_ITS_SENDER

    def _lose(self, parcel: Parcel) -> None:
        if parcel.fate is Fate.REFUSED:
            self._fail(parcel, httpx.ConnectError("Connection refused"))
        elif parcel.fate is Fate.CUT_BEFORE:
            cut = self._chance.choice([httpx.WriteError, httpx.ReadError])
            self._fail(parcel, cut("Connection reset before the request was received"))
        # The other fates wait for their time-out.

    async def _deliver_late(self, parcel: Parcel) -> None:
        if self._chance.random() < NOTICED:
            self._fail(parcel, httpx.ReadError("Connection reset while the request was under way"))
        await asyncio.sleep(self._chance.uniform(0, self._late_by))
        await self._deliver(parcel)

    async def _deliver_in_time(self, parcel: Parcel) -> None:
        reply = await self._deliver(parcel)
        await self._travel()
        if reply is None or parcel.fate is Fate.CUT_AFTER:
            self._fail(parcel, httpx.ReadError("Connection reset before the reply"))
        elif parcel.fate is not Fate.READ_TIMEOUT:
            self._answer(parcel, reply)
        if parcel.fate is Fate.DUPLICATED:
            await asyncio.sleep(self._chance.uniform(0, self._late_by))
            await self._deliver(parcel)

    async def _deliver(self, parcel: Parcel) -> Reply | None:
        """Hand the request to the application, or find that its host is dead or dies."""
        if self._host is not None and not self._host.alive:
            self._fail(parcel, httpx.ConnectError("Connection refused"))
            return None
        self._note(parcel, "arrived")
        answering = self._ask(parcel.request)
        try:
            reply = await (self._host.run(answering) if self._host else answering)
        except CrashedError:
            self._note(parcel, "lost with its receiver")
            return None
        self._note(parcel, f"answered {reply.status}")
        return reply

    async def _ask(self, request: httpx.Request) -> Reply:
        arriving = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.content
        )
        response = await self._app.handle_async_request(arriving)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        body = b"".join([chunk async for chunk in response.stream])
        return Reply(response.status_code, response.headers.raw, body)

    async def _travel(self) -> None:
        await asyncio.sleep(self._chance.uniform(*self._latency))

    def _answer(self, parcel: Parcel, reply: Reply) -> None:
        if parcel.reply.done():
            self._note(parcel, "reply came too late")
        else:
            parcel.reply.set_result(reply)

    def _fail(self, parcel: Parcel, error: httpx.TransportError) -> None:
        if not parcel.reply.done():
            self._note(parcel, f"failed, {type(error).__name__}")
            parcel.reply.set_exception(error)
            parcel.reply.exception()  # A dead sender retrieves nothing.

    def _note(self, parcel: Parcel, what: str) -> None:
        sender = parcel.sender.name if parcel.sender else "outside"
        self.log.append(Event(self._loop.time(), parcel.number, sender, parcel.line, what))


class SimulatedTransport(httpx.AsyncBaseTransport):
    def __init__(self, network: Network, process: Process | None) -> None:
        self._network = network
        self._process = process

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        sender = self._process or current_process()
        line = f"{request.method} {request.url.raw_path.decode()}"
        if sender is not None:
            await sender.point("before", line)
        try:
            reply = await self._network.send(request, sender)
        except httpx.TransportError as error:
            error.request = request
            raise
        finally:
            if sender is not None:
                await sender.point("after", line)
        stream = httpx.ByteStream(reply.body)
        return httpx.Response(reply.status, headers=reply.headers, stream=stream)


def _time_out(parcel: Parcel) -> tuple[float, httpx.TransportError]:
    limits: dict[str, float | None] = parcel.request.extensions.get("timeout", {})
    match parcel.fate:
        case Fate.CONNECT_TIMEOUT:
            return _seconds(limits, "connect"), httpx.ConnectTimeout("No connection in time")
        case Fate.POOL_TIMEOUT:
            return _seconds(limits, "pool"), httpx.PoolTimeout("No connection was free in time")
        case _:
            return _seconds(limits, "read"), httpx.ReadTimeout("No reply in time")


def _seconds(limits: dict[str, float | None], name: str) -> float:
    limit = limits.get(name)
    return TCP_GIVES_UP if limit is None else limit
