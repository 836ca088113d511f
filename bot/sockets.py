"""Slack's requests without a public address: over a few sockets that we open.

Slack ends each socket every few hours. The next one is up before the old one is gone, and what
came over either is acknowledged.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.edges import unless_broken
from bot.envelopes import Answers
from bot.socket import Message, NoSocket, Socket, open_socket
from services.domain.backoff import wait_before

log = structlog.get_logger()

PLACES = 2  # Sockets at a time, of the ten that Slack grants an app, and as many that leave.
MOST_AT_ONCE = 100  # Envelopes; the rest waits in the line, where Slack's clock runs.
FINISH_WITHIN = timedelta(seconds=2)  # As long as what is written may take.
LEAVES_WITHIN = timedelta(minutes=1)  # Slack ends a socket ten seconds after its warning.
STEADY_AFTER = timedelta(seconds=10)  # A socket that ends sooner is no end of the trouble.
RETRY_BASE, LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=20)
MEANINGS = {
    "invalid_auth": "SLACK_APP_TOKEN is no token of this app, or not any more",
    "link_disabled": "Socket Mode is switched off in the app's settings at Slack",
    "too_many_websockets": "ten are open: how many processes share this SLACK_APP_TOKEN?",
}


@dataclass
class Sockets:
    bolt: AsyncApp
    client: AsyncWebClient
    session: aiohttp.ClientSession
    token: str
    chance: Random
    note_ack: Callable[[float], None]  # Told how many seconds each took.
    _open: list[Socket] = field(default_factory=list, init=False)
    _keepers: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _readers: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _work: set[asyncio.Task[bool]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._answers = Answers(self.bolt)

    @property
    def up(self) -> bool:
        """Whether Slack can reach us."""
        return bool(self._open)

    @property
    def count(self) -> int:
        return len(self._open)

    def start(self) -> None:
        self._keepers = {asyncio.create_task(self._keep_on()) for _ in range(PLACES)}

    async def stop(self) -> None:
        """Take nothing more; acknowledge what was taken; then go."""
        listening = self._keepers | self._readers
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        if self._work:
            await asyncio.wait(self._work, timeout=FINISH_WITHIN.total_seconds())
        await asyncio.gather(*(socket.close() for socket in self._open))
        self._open.clear()

    async def _keep_on(self) -> None:
        while True:
            await unless_broken(self._keep(), "place for a socket lost")
            await asyncio.sleep(LONGEST_WAIT.total_seconds())

    async def _keep(self) -> None:
        """Keep one place taken: try again at once after the first failure, then ever later."""
        failures, wait = 0, timedelta(0)
        while True:
            try:
                socket = await open_socket(self.client, self.session, token=self.token)
            except NoSocket as none:
                log.warning("no socket to slack", why=MEANINGS.get(none.why, none.why))
                failures, wait = failures + 1, none.wait
            else:
                steady = await self._serve(socket)
                failures, wait = (0 if steady else failures + 1), timedelta(0)
            await asyncio.sleep(max(wait, self._pause(failures)).total_seconds())

    def _pause(self, failures: int) -> timedelta:
        if failures < 2:  # noqa: PLR2004 - what happens once is no trouble yet.
            return timedelta(0)
        return min(wait_before(failures - 1, base=RETRY_BASE, chance=self.chance), LONGEST_WAIT)

    async def _serve(self, socket: Socket) -> bool:
        """Until it is time for the next one; whether it lasted."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        log.info("socket to slack opened")
        self._open.append(socket)
        reader = asyncio.create_task(self._listen(socket))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        await socket.leaving.wait()
        return loop.time() - began >= STEADY_AFTER.total_seconds()

    async def _listen(self, socket: Socket) -> None:
        """Take what comes to its end. A stop breaks it off, and leaves the socket to answer by."""
        try:
            async with asyncio.timeout(None) as patience:
                async for message in socket.messages():
                    if message.get("type") == "disconnect":
                        log.info("socket to slack leaves", why=message.get("reason"))
                        socket.leaving.set()
                        ends = asyncio.get_running_loop().time() + LEAVES_WITHIN.total_seconds()
                        patience.reschedule(ends)
                    elif isinstance(message.get("payload"), dict):
                        await self._take(socket, message)
        except TimeoutError:
            log.info("socket to slack was not ended")
        self._open.remove(socket)
        socket.leaving.set()
        await socket.close()

    async def _take(self, socket: Socket, message: Message) -> None:
        request = SocketModeRequest.from_dict(message)
        if request is None:
            return  # A kind of message that is still to be invented.
        came_at = asyncio.get_running_loop().time()
        await self._room.acquire()
        answering = self._answer(socket, request, came_at)
        work = asyncio.create_task(unless_broken(answering, "envelope not answered"))
        self._work.add(work)
        work.add_done_callback(self._done)

    def _done(self, work: asyncio.Task[bool]) -> None:
        self._work.discard(work)
        self._room.release()

    async def _answer(self, socket: Socket, request: SocketModeRequest, came_at: float) -> None:
        """By the socket that it came by; where that one leaves, by another as well.

        Slack says that it takes an acknowledgement, not by which socket.
        """
        response = await self._answers.to(request)
        if response is None:
            return
        sent = await socket.send(response)
        if not sent or socket.leaving.is_set():
            sent = await self._send_by_another(socket, response) or sent
        if sent:
            self.note_ack(asyncio.get_running_loop().time() - came_at)
        else:
            log.warning("acknowledgement not sent")

    async def _send_by_another(self, socket: Socket, response: SocketModeResponse) -> bool:
        staying = [each for each in self._open if not each.leaving.is_set()]
        for other in staying:
            if other is not socket and await other.send(response):
                return True
        return False
