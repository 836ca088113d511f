"""Socket Mode: the app's sockets, and what goes over them until it is acknowledged."""

import asyncio
import json
import random
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import Any, Protocol

from sandbox.slack.delivery import EVENT, Answer, Parcel
from sandbox.slack.mint import Clock, Mint
from sandbox.slack.records import Payload

MOST_SOCKETS = 10  # Slack's limit for an app.
TICKET_LIFE = 30.0  # Seconds between `apps.connections.open` and the socket.
MOST_TICKETS = 1_000
LIFETIME, LIFETIME_FOR_DEBUGGING = 3_600.0, 360.0  # Seconds that a socket lasts.
WARNED_BEFORE = 10.0  # Seconds before its end.
HEARD_OUT = 0.1  # Seconds in which what is on its way from the app is still taken at the end.
RETRIED = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
ACCEPTED = 200  # What an acknowledgement comes to over HTTP.


class Reason(StrEnum):
    """Why Slack wants a socket closed."""

    WARNING = "warning"  # In ten seconds.
    REFRESH_REQUESTED = "refresh_requested"  # At once.
    TOO_MANY_WEBSOCKETS = "too_many_websockets"
    LINK_DISABLED = "link_disabled"  # Socket Mode was switched off.


class Peer(Protocol):
    """The app's end of a socket."""

    async def send(self, text: str) -> None:
        """Raise ConnectionError where the line is broken."""

    async def close(self) -> None: ...

    def cut(self) -> None:
        """Break the line without a word."""


@dataclass(kw_only=True, eq=False)
class Socket:
    host: str
    peer: Peer
    lifetime: float
    warned_before: float  # Its end.
    frozen: bool = False
    leaving: bool = False  # Slack sends nothing more over it.

    async def tell(self, message: Mapping[str, Any]) -> None:
        """What is on its way when the line breaks is lost, as all is where nothing moves."""
        if not self.frozen:
            with suppress(ConnectionError):
                await self.peer.send(json.dumps(message))

    async def ask_to_leave(self, reason: Reason) -> None:
        debug = {"host": self.host}
        await self.tell({"type": "disconnect", "reason": reason, "debug_info": debug})

    async def warn(self) -> None:
        await self.ask_to_leave(Reason.WARNING)

    async def refresh(self) -> None:
        await self.end(Reason.REFRESH_REQUESTED)

    async def end(self, reason: Reason) -> None:
        self.leaving = True
        await self.ask_to_leave(reason)
        await asyncio.sleep(HEARD_OUT)
        await self.peer.close()

    def cut(self) -> None:
        self.peer.cut()

    def freeze(self) -> None:
        """From now on nothing moves either way, and neither side is told."""
        self.frozen = True

    async def wear_out(self) -> None:
        await asyncio.sleep(self.lifetime - self.warned_before)
        await self.warn()
        await asyncio.sleep(self.warned_before)
        await self.refresh()


class Fate(Enum):
    """What may become of an envelope on its way."""

    LOST = "lost"  # It leaves Slack and arrives nowhere.
    DOUBLED = "doubled"  # It arrives twice, over two sockets where there are two.


@dataclass(kw_only=True)
class Sockets:
    """All sockets of the one app. `go_on`: do something that nobody waits for."""

    app_id: str
    mint: Mint
    chance: random.Random
    clock: Clock
    go_on: Callable[[Coroutine[Any, Any, None]], None]
    changed: Callable[[], None]
    url: str = ""  # Where the app opens them.
    enabled: bool = True  # Socket Mode, in the app's settings.
    limit: int = MOST_SOCKETS
    lifetime: float = LIFETIME
    warned_before: float = WARNED_BEFORE
    open: list[Socket] = field(default_factory=list)
    fates: deque[Fate] = field(default_factory=deque)  # Of the next envelopes.
    opened: int = 0  # Of all times.
    _tickets: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _waiting: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)

    @property
    def staying(self) -> list[Socket]:
        return [socket for socket in self.open if not socket.leaving]

    def issue_url(self) -> str:
        """A ticket is good for one socket."""
        ticket = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        self._tickets[ticket] = self.clock() + TICKET_LIFE
        if len(self._tickets) > MOST_TICKETS:
            self._tickets.popitem(last=False)
        return f"{self.url}/link/?ticket={ticket}&app_id={self.app_id}"

    def redeem(self, ticket: str) -> bool:
        return self.clock() <= self._tickets.pop(ticket, float("-inf"))

    async def welcome(self, peer: Peer, *, for_debugging: bool = False) -> Socket | None:
        """None where it is turned away, which it has been told then."""
        socket = Socket(
            host=f"applink-{self.mint.secret(10)}-{self.mint.word(5).lower()}",
            peer=peer,
            lifetime=LIFETIME_FOR_DEBUGGING if for_debugging else self.lifetime,
            warned_before=self.warned_before,
        )
        if not self.enabled:
            await socket.end(Reason.LINK_DISABLED)
        elif len(self.open) >= self.limit:
            await socket.end(Reason.TOO_MANY_WEBSOCKETS)
        else:
            self.open.append(socket)
            self.opened += 1
            await socket.tell(self._hello(socket))
            self.changed()
            return socket
        return None

    def forget(self, socket: Socket) -> None:
        self.open.remove(socket)
        self.changed()

    def hear(self, text: str) -> None:
        """An acknowledgement, which may come over any of the sockets."""
        with suppress(AttributeError, TypeError, ValueError):
            told = json.loads(text)
            waiting = self._waiting.get(told.get("envelope_id"))
            if waiting and not waiting.done():
                payload = told.get("payload")
                body = json.dumps(payload) if payload else ""
                waiting.set_result(Answer(status=ACCEPTED, body=body))

    async def carry(self, parcel: Parcel, patience: float) -> Answer:
        """To any socket; what is not acknowledged in time goes to another one.

        An event's retries are told by who tells events; all else is delivered once more.
        """
        if not self.staying:
            return Answer(error="dispatch_failed")
        answer, socket = await self._once(parcel, patience)
        if answer.error and parcel.kind != EVENT:
            again = replace(parcel, headers=RETRIED)
            self.go_on(self._once_more(again, patience, socket))
        return answer

    async def _once_more(self, parcel: Parcel, patience: float, before: Socket) -> None:
        if self.staying:
            await self._once(parcel, patience, before)

    async def _once(
        self, parcel: Parcel, patience: float, before: Socket | None = None
    ) -> tuple[Answer, Socket]:
        envelope = self._envelope(parcel)
        waiting = self._waiting[envelope["envelope_id"]] = asyncio.Future()
        socket = await self._send(envelope, before)
        try:
            async with asyncio.timeout(patience):
                return await waiting, socket
        except TimeoutError:
            return Answer(error="operation_timeout"), socket
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def _send(self, envelope: Payload, before: Socket | None) -> Socket:
        socket = self._any_but(before)
        other = self._any_but(socket)
        fate = self.fates.popleft() if self.fates else None
        if fate is not Fate.LOST:
            await socket.tell(envelope)
        if fate is Fate.DOUBLED:
            await other.tell(envelope)
        return socket

    def _any_but(self, socket: Socket | None) -> Socket:
        others = [each for each in self.staying if each is not socket]
        return self.chance.choice(others or self.staying)

    def _envelope(self, parcel: Parcel) -> Payload:
        envelope = {
            "envelope_id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
            "payload": parcel.payload,
            "type": parcel.kind,
            "accepts_response_payload": parcel.kind != EVENT,
        }
        attempt = int(parcel.headers.get("X-Slack-Retry-Num", "0"))
        reason = parcel.headers.get("X-Slack-Retry-Reason", "").removeprefix("http_")
        if attempt or parcel.kind == EVENT:
            return {**envelope, "retry_attempt": attempt, "retry_reason": reason}
        return envelope

    def _hello(self, socket: Socket) -> Payload:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "connection_info": {"app_id": self.app_id},
            "debug_info": {
                "host": socket.host,
                "build_number": 10,
                "approximate_connection_time": int(socket.lifetime),
            },
        }

    async def disable(self) -> None:
        """Switch Socket Mode off in the app's settings."""
        self.enabled = False
        await self._each(lambda socket: socket.end(Reason.LINK_DISABLED))

    def enable(self) -> None:
        self.enabled = True

    def lose(self, count: int = 1) -> None:
        self.fates.extend([Fate.LOST] * count)

    def double(self, count: int = 1) -> None:
        self.fates.extend([Fate.DOUBLED] * count)

    def cut(self) -> None:
        for socket in list(self.open):
            socket.cut()

    def freeze(self) -> None:
        for socket in self.open:
            socket.freeze()

    async def warn(self) -> None:
        await self._each(Socket.warn)

    async def refresh(self) -> None:
        """All that are open now: an app that was not warned is without a socket for a moment."""
        await self._each(Socket.refresh)

    async def close(self) -> None:
        await self._each(lambda socket: socket.peer.close())

    async def _each(self, act: Callable[[Socket], Coroutine[Any, Any, None]]) -> None:
        await asyncio.gather(*(act(socket) for socket in list(self.open)))
