"""The workspace as a process of its own: it introduces itself, and people act over HTTP."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.slack import Person, Workspace
from sandbox.slack.serve import a_furnished_workspace, serve, whole_app
from tests.slack_sandbox.conftest import Caller, FakeApp
from tests.slack_sandbox.kit import (
    a_button,
    a_home,
    a_modal,
    a_section,
    actions,
    an_input,
    an_option,
)

SOON = 5.0  # Seconds until a server on loopback must have spoken or stopped.


@pytest.fixture
async def remote(workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(whole_app(workspace))
    async with httpx.AsyncClient(transport=transport, base_url="http://slack.test") as client:
        yield client


async def test_the_first_line_says_where_everything_is(capsys: pytest.CaptureFixture[str]) -> None:
    workspace = a_furnished_workspace()
    serving = asyncio.create_task(serve(0, workspace=workspace))
    await workspace.wait_until(lambda: workspace.base_url, SOON)
    async with asyncio.timeout(SOON):
        async with httpx.AsyncClient(trust_env=False) as client:
            response = await client.post(
                f"{workspace.api_url}auth.test",
                headers={"Authorization": f"Bearer {workspace.bot_token}"},
            )
        os.kill(os.getpid(), signal.SIGTERM)
        await serving
    told = json.loads(capsys.readouterr().out.splitlines()[0])
    assert response.json()["team_id"] == told["team_id"] == workspace.team_id
    assert (told["api_url"], told["bot_token"]) == (workspace.api_url, workspace.bot_token)
    assert told["signing_secret"] == workspace.signing_secret
    assert told["app_token"] == workspace.app_token
    assert told["people"].keys() == {"Anna Berg", "Ben Okafor", "Clara Weiss", "Gil Guest"}


async def test_a_payment_is_entered_over_http(
    remote: httpx.AsyncClient, call: Caller, app: FakeApp, anna: Person
) -> None:
    async def act(path: str, **body: object) -> dict[str, Any]:
        response = await remote.post(f"/people/{anna.id}/{path}", json=body)
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    [introduced] = (await remote.get("/people")).json()
    assert (introduced["name"], introduced["id"]) == ("Anna Berg", anna.id)

    await act("command", line="/payment new")
    boxes = {"type": "checkboxes", "options": [an_option("Sync")]}
    view = a_modal(
        an_input("Amount"),
        an_input("Date", {"type": "datepicker"}),
        an_input("Client", {"type": "external_select"}),
        an_input("Options", boxes),
    )
    await call("views.open", trigger_id=app.last["trigger_id"], view=view)
    app.answer(options=[an_option("Acme")])
    assert (await act("modal/search", label="Client", text="acm"))["result"] == ["Acme"]
    await act("modal/choose", label="Client", text="Acme")
    await act("modal/set_date", label="Date", day="2026-03-05")
    await act("modal/check", label="Sync")
    refused = await act("modal/submit")
    assert refused["result"]["errors"] == {"Amount": "Please complete this required field."}
    assert refused["screen"]["modal"]["errors"] == refused["result"]["errors"]
    await act("modal/fill", label="Amount", text="500.00")
    accepted = await act("modal/submit")

    assert accepted["result"]["accepted"] is True
    assert accepted["screen"]["modal"] is None
    assert app.last["view"]["state"]["values"]["amount"]["amount"]["value"] == "500.00"


async def test_messages_and_the_home_tab_are_pressed_over_http(
    remote: httpx.AsyncClient, call: Caller, app: FakeApp, anna: Person
) -> None:
    blocks = [a_section("P-1001"), actions(a_button("Sync", action_id="sync"))]
    await call("chat.postMessage", channel=anna.id, text="P-1001", blocks=blocks)
    await call("views.publish", user_id=anna.id, view=a_home(*blocks))
    screen = (await remote.get(f"/people/{anna.id}/screen")).json()
    [message] = screen["direct_messages"]
    assert (message["plain"], message["buttons"]) == ("P-1001", ["Sync"])
    assert screen["home"]["buttons"] == ["Sync"]

    pressed = f"/people/{anna.id}/messages/{message['ts']}/press"
    await remote.post(pressed, json={"label": "Sync", "times": 2})
    await remote.post(f"/people/{anna.id}/home/press", json={"label": "Sync"})
    await remote.post(f"/people/{anna.id}/home")

    kinds = [payload.get("container", {}).get("type", payload["type"]) for payload in app.received]
    assert kinds == ["message", "message", "view", "event_callback"]


async def test_a_screen_shows_what_stands_in_channels_and_their_threads(
    remote: httpx.AsyncClient, call: Caller, anna: Person
) -> None:
    channel = call.workspace.add_channel("alerts", members=[anna])
    posted = await call("chat.postMessage", channel=channel.id, text="3 Failed")
    await call("chat.postMessage", channel=channel.id, thread_ts=posted["ts"], text="Claimed")
    screen = (await remote.get(f"/people/{anna.id}/screen")).json()
    shown = [(message["text"], message["thread_ts"]) for message in screen["channel_messages"]]
    assert shown == [("3 Failed", None), ("Claimed", posted["ts"])]


async def test_a_screen_waits_for_what_comes_next(
    remote: httpx.AsyncClient, call: Caller, anna: Person
) -> None:
    path = f"/people/{anna.id}/screen"
    revision = (await remote.get(path)).json()["revision"]
    waiting = asyncio.create_task(remote.get(path, params={"after": revision}))
    await asyncio.sleep(0)
    assert not waiting.done()
    await call("chat.postMessage", channel=anna.id, text="Hello")
    screen = (await waiting).json()
    assert [message["plain"] for message in screen["direct_messages"]] == ["Hello"]
    assert screen["revision"] > revision


async def test_the_app_can_be_named_later(remote: httpx.AsyncClient, anna: Person) -> None:
    await remote.post("/app", json={"url": "http://127.0.0.1:1/slack/events"})
    answer = (await remote.post(f"/people/{anna.id}/command", json={"line": "/payment"})).json()
    assert answer["result"]["error"] == "dispatch_failed"


async def test_a_deactivation_over_http_reaches_the_app(
    remote: httpx.AsyncClient, app: FakeApp, anna: Person
) -> None:
    await remote.post(f"/people/{anna.id}/deactivate")
    assert app.last["event"]["user"]["deleted"] is True


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/people/U0/command", {"line": "/x"}, 404),
        ("/people/{anna}/command", {"line": "x"}, 409),
        ("/people/{anna}/command", {}, 400),
        ("/people/{anna}/command", [], 400),
        ("/people/{anna}/modal/submit", {}, 409),
        ("/people/{anna}/messages/1.1/press", {"label": "x"}, 404),
        ("/people/{anna}/home/press", {"label": "x"}, 409),
    ],
)
@pytest.mark.usefixtures("app")
async def test_what_cannot_be_done_says_why(
    remote: httpx.AsyncClient, anna: Person, path: str, body: object, status: int
) -> None:
    response = await remote.post(path.format(anna=anna.id), json=body)
    assert response.status_code == status
    assert response.json()["error"]
