"""A workspace, a tiny real Bolt app, and both connected over loopback sockets."""

import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Person, Workspace
from sandbox.slack.serve import listening, serving

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

    async def __call__(self, method: str, **args: Any) -> dict[str, Any]:
        response = await self.post(method, **args)
        body: dict[str, Any] = response.json()
        return body

    async def post(self, method: str, **args: Any) -> httpx.Response:
        token = self.workspace.bot_token if self.token is None else self.token
        headers = {"Authorization": f"Bearer {token}"}
        return await self.client.post(f"/api/{method}", json=args, headers=headers)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:  # The SDK obeys them even for loopback.
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    workspace = Workspace(name="Larkspur", clock=clock, chance=random.Random(7))
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


def a_bolt_app(workspace: Workspace) -> AsyncApp:
    return AsyncApp(
        client=AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url),
        signing_secret=workspace.signing_secret,
        process_before_response=True,
    )


@asynccontextmanager
async def connected(workspace: Workspace) -> AsyncIterator[AsyncApp]:
    """Serve the workspace and a Bolt app, each on its own socket."""
    async with serving(workspace):
        app = a_bolt_app(workspace)
        async with listening(AsyncSlackRequestHandler(app)) as url:
            workspace.deliver_to(f"{url}/slack/events")
            yield app


@pytest.fixture
async def bolt() -> AsyncIterator[tuple[Workspace, AsyncApp]]:
    workspace = Workspace(name="Larkspur", chance=random.Random(7))
    async with connected(workspace) as app:
        yield workspace, app


def samples_folder() -> str:
    folder = os.environ.get("COUNTERFOIL_SAMPLES")
    if not folder:
        if os.environ.get("CI") == "true":
            pytest.fail("COUNTERFOIL_SAMPLES must name the sample payloads in CI")
        pytest.skip("COUNTERFOIL_SAMPLES names no folder of sample payloads")
    return folder
