"""A workspace, a tiny real Bolt app, and both connected over loopback sockets."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl

import httpx
import pytest
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.loopback import listening
from sandbox.slack import Modal, Person, Workspace
from sandbox.slack.serve import serving
from tests.slack_sandbox.kit import Body, a_modal

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
START = 1_700_000_000.0


@dataclass
class ManualClock:
    now: float = START

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Caller:
    """Calls the Web API in this process, with the workspace's own token."""

    workspace: Workspace
    client: httpx.AsyncClient
    token: str | None = field(default=None)

    async def __call__(self, method: str, **args: object) -> dict[str, Any]:
        response = await self.post(method, **args)
        body: dict[str, Any] = response.json()
        return body

    async def post(self, method: str, **args: object) -> httpx.Response:
        token = self.workspace.bot_token if self.token is None else self.token
        headers = {"Authorization": f"Bearer {token}"}
        return await self.client.post(f"/api/{method}", json=args, headers=headers)


@dataclass
class FakeApp:
    """An app that notes every payload and answers what it was told to, in order, then with 200."""

    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    silent: asyncio.Event | None = None  # While it is set up and clear, no answer comes.
    reached: asyncio.Event = field(default_factory=asyncio.Event)  # While silent.

    @property
    def last(self) -> dict[str, Any]:
        return self.received[-1]

    def answer(self, **body: object) -> None:
        self.answers.append(JSONResponse(body))

    def fail(self, status: int, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Response(status_code=status, headers=named))

    async def receive(self, request: Request) -> Response:
        body = await request.body()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        self.received.append(_decoded(body))
        answer = self.answers.pop(0) if self.answers else Response()
        if self.silent:
            self.reached.set()
            await self.silent.wait()
        return answer


def _decoded(body: bytes) -> dict[str, Any]:
    text = body.decode()
    if text.startswith("{"):
        decoded: dict[str, Any] = json.loads(text)
        return decoded
    fields = dict(parse_qsl(text, keep_blank_values=True))
    return json.loads(fields["payload"]) if "payload" in fields else fields


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:  # The SDK obeys them even for loopback.
        monkeypatch.delenv(name, raising=False)


def _seeded() -> random.Random:
    return random.Random(7)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    workspace = Workspace(name="Larkspur", clock=clock, chance=_seeded())
    workspace.base_url = "http://slack.test"
    yield workspace
    await workspace.close()


@pytest.fixture
def anna(workspace: Workspace) -> Person:
    return workspace.add_person("Anna Berg")


@pytest.fixture
async def call(workspace: Workspace) -> AsyncIterator[Caller]:
    transport = httpx.ASGITransport(workspace.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://slack.test") as client:
        yield Caller(workspace, client)


@pytest.fixture
async def app(workspace: Workspace) -> AsyncIterator[FakeApp]:
    async with heard_by(workspace) as app:
        yield app


@asynccontextmanager
async def heard_by(workspace: Workspace) -> AsyncIterator[FakeApp]:
    app = FakeApp()
    asgi = Starlette(routes=[Route("/slack/events", app.receive, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi)) as client:
        workspace.deliver_to("http://app.test/slack/events", client=client)
        yield app


def a_bolt_app(workspace: Workspace) -> AsyncApp:
    return AsyncApp(
        client=AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url),
        signing_secret=workspace.signing_secret,
        process_before_response=True,
    )


async def open_modal(call: Caller, app: FakeApp, person: Person, *blocks: Body) -> Modal:
    await person.command("/open")
    opened = await call(
        "views.open", trigger_id=app.last["trigger_id"], view=a_modal(*blocks, callback_id="form")
    )
    assert opened["ok"], opened
    return await person.modal()


def as_asgi(app: AsyncApp) -> ASGIApp:
    return cast("ASGIApp", AsyncSlackRequestHandler(app))  # Bolt types the scope more narrowly.


@asynccontextmanager
async def connected(workspace: Workspace) -> AsyncIterator[AsyncApp]:
    """Serve the workspace and a Bolt app, each on its own socket."""
    async with serving(workspace):
        app = a_bolt_app(workspace)
        async with listening(as_asgi(app)) as url:
            workspace.deliver_to(f"{url}/slack/events")
            yield app


@pytest.fixture
async def bolt() -> AsyncIterator[tuple[Workspace, AsyncApp]]:
    workspace = Workspace(name="Larkspur", chance=_seeded())
    async with connected(workspace) as app:
        yield workspace, app
