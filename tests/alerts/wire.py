"""Slack's wire in virtual time: as much of aiohttp as the SDK uses, over a simulated network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any, cast

import aiohttp
import httpx

from bot.slack import SLACK_TIMEOUT_SECONDS
from sandbox.slack import Workspace
from tests.simulation.kernel import Fate, Faults, Network, Process

SLACK_URL = "https://slack.test"
DEAD = Faults(refused=1.0)


class SlackWire:
    """The way from every process to one workspace, and what is ordered to go wrong on it."""

    def __init__(self, workspace: Workspace, chance: Random) -> None:
        workspace.base_url = SLACK_URL
        self._network = Network(workspace.app, chance)
        self._deadly: list[str] = []

    def session(self, process: Process) -> aiohttp.ClientSession:
        transport = _Deadly(self._network.transport(process), process, self._deadly)
        return cast("aiohttp.ClientSession", Session(transport))

    def cut(self) -> None:
        """Slack cannot be reached any more."""
        self._network.faults = DEAD

    def mend(self) -> None:
        self._network.faults = Faults()

    def lose_reply(self, method: str) -> None:
        """The next call of it is carried out, and its caller never hears of that."""
        self._network.script(Fate.CUT_AFTER, line=f"/api/{method}")

    def keep_waiting(self, method: str) -> None:
        """As `lose_reply`, but the caller only gives up when its time is over."""
        self._network.script(Fate.READ_TIMEOUT, line=f"/api/{method}")

    def kill_after(self, method: str) -> None:
        """Whoever calls it next dies of the answer."""
        self._deadly.append(method)


class _Deadly(httpx.AsyncBaseTransport):
    def __init__(
        self, inner: httpx.AsyncBaseTransport, process: Process, deadly: list[str]
    ) -> None:
        self._inner, self._process, self._deadly = inner, process, deadly

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        method = request.url.path.rpartition("/")[2]
        if method in self._deadly:
            self._deadly.remove(method)
            self._process.crash(f"after {method}")
            await asyncio.sleep(0)  # From which nobody returns.
        return response


class Session:
    """As much of `aiohttp.ClientSession` as Slack's SDK asks of it."""

    closed = False

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._http = httpx.AsyncClient(transport=transport, timeout=SLACK_TIMEOUT_SECONDS)

    @asynccontextmanager
    async def request(
        self, method: str, url: str, *, headers: dict[str, str], **content: Any
    ) -> AsyncIterator["Answer"]:
        sent: dict[str, Any] = {name: content.get(name) for name in ("params", "json", "data")}
        if isinstance(sent["data"], str):
            sent["content"] = sent.pop("data")
        try:
            response = await self._http.request(method, url, headers=headers, **sent)
        except httpx.TimeoutException:
            raise TimeoutError from None
        except httpx.ConnectError as error:
            raise aiohttp.ClientConnectionError(str(error)) from None
        except httpx.TransportError as error:
            raise aiohttp.ServerDisconnectedError(str(error)) from None
        yield Answer(response)


class Answer:
    """As much of `aiohttp.ClientResponse` as the SDK asks of it."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status, self.headers = response.status_code, response.headers
        self.content_type = response.headers.get("content-type", "").partition(";")[0]

    async def text(self) -> str:
        return self._response.text

    async def json(self) -> Any:
        return self._response.json()
