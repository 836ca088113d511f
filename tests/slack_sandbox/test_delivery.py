"""Events are told again until they are taken; commands and presses are told once."""

import asyncio
import hashlib
import hmac
import random

import httpx
import pytest

from sandbox.slack import CannotDo, Person, Workspace
from tests.slack_sandbox.conftest import START, Caller, FakeApp
from tests.slack_sandbox.kit import a_button, a_section, actions, an_overflow


async def settled(workspace: Workspace) -> None:
    await workspace.wait_until(lambda: not workspace.tasks)


@pytest.fixture
def pauses(workspace: Workspace) -> list[float]:
    """Make the time between retries pass at once, and note it."""
    noted: list[float] = []

    async def sleep(seconds: float) -> None:
        noted.append(seconds)
        await asyncio.sleep(0)

    workspace.sleep = sleep
    return noted


async def test_a_request_is_signed_over_its_time_and_body(
    workspace: Workspace, app: FakeApp, anna: Person
) -> None:
    await anna.command("/payment")
    stamp = app.headers[-1]["x-slack-request-timestamp"]
    base = f"v0:{stamp}:".encode() + app.bodies[-1]
    digest = hmac.new(workspace.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    assert stamp == str(int(START))
    assert app.headers[-1]["x-slack-signature"] == f"v0={digest}"
    assert app.headers[-1]["content-type"] == "application/x-www-form-urlencoded"


async def test_an_event_is_told_three_times_more(
    workspace: Workspace, app: FakeApp, anna: Person, pauses: list[float]
) -> None:
    for _ in range(4):
        app.fail(500)
    await workspace.deactivate(anna)
    await settled(workspace)
    assert pauses == [0, 60, 300]
    assert [headers.get("x-slack-retry-num") for headers in app.headers] == [None, "1", "2", "3"]
    assert app.headers[-1]["x-slack-retry-reason"] == "http_error"
    assert len({payload["event_id"] for payload in app.received}) == 1


async def test_an_event_that_was_taken_is_not_told_again(
    workspace: Workspace, app: FakeApp, anna: Person, pauses: list[float]
) -> None:
    app.fail(500)
    await workspace.deactivate(anna)
    await settled(workspace)
    assert (len(app.received), pauses) == (2, [0])


async def test_an_app_can_refuse_retries(
    workspace: Workspace, app: FakeApp, anna: Person, pauses: list[float]
) -> None:
    app.fail(500, x_slack_no_retry="1")
    await workspace.deactivate(anna)
    await settled(workspace)
    assert (len(app.received), pauses) == (1, [])


async def test_a_slow_app_hears_the_reason(
    workspace: Workspace, app: FakeApp, anna: Person, pauses: list[float]
) -> None:
    workspace.courier.patience = 0.01
    app.silent = asyncio.Event()
    await workspace.deactivate(anna)
    app.silent.set()
    await settled(workspace)
    assert app.headers[1]["x-slack-retry-reason"] == "http_timeout"
    assert pauses == [0]


@pytest.mark.usefixtures("pauses")
async def test_a_failed_command_is_seen_and_not_told_again(
    workspace: Workspace, app: FakeApp, anna: Person
) -> None:
    app.fail(500)
    reply = await anna.command("/payment")
    await settled(workspace)
    assert (reply.status, reply.error, len(app.received)) == (500, "dispatch_failed", 1)


async def test_an_app_that_is_not_there_fails_the_command(anna: Person) -> None:
    workspace = anna._world

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        workspace.courier.aim("http://app.test/", client)
        reply = await anna.command("/payment")
    assert (reply.status, reply.error) == (None, "dispatch_failed")


async def test_a_late_app_still_finishes_its_work(
    workspace: Workspace, app: FakeApp, anna: Person
) -> None:
    workspace.courier.patience = 0.01
    app.silent = asyncio.Event()
    reply = await anna.command("/payment")
    assert reply.error == "operation_timeout"
    assert len(app.received) == 1
    app.silent.set()


async def test_an_acknowledgement_with_invalid_blocks_shows_nothing(
    app: FakeApp, anna: Person
) -> None:
    app.answer(blocks=[{"type": "marquee"}])
    reply = await anna.command("/payment")
    assert reply.error is not None
    assert reply.error.startswith("invalid_command_response")
    assert anna.ephemerals == []


async def test_an_acknowledgement_with_buttons_can_be_pressed(app: FakeApp, anna: Person) -> None:
    button = a_button("Connect", action_id="c", url="https://qbo.example")
    app.answer(text="Not connected", blocks=[a_section("Not connected"), actions(button)])
    reply = await anna.command("/payment")
    assert (reply.plain, reply.buttons) == ("Not connected", ["Connect"])
    assert reply.link("Connect") == "https://qbo.example"
    await reply.press("Connect")
    assert app.last["actions"][0]["action_id"] == "c"


async def test_a_button_that_is_not_there_is_answered_with_those_that_are(
    call: Caller, anna: Person
) -> None:
    blocks = [actions(a_button("Edit"), a_button("Edit"), an_overflow("Void"))]
    await call("chat.postMessage", channel=anna.id, text="x", blocks=blocks)
    [message] = anna.direct_messages
    with pytest.raises(CannotDo, match=r"\['Edit', 'Edit', 'Void'\]"):
        await message.press("Sync")
    with pytest.raises(CannotDo, match="choose one with nth="):
        await message.press("Edit")
    with pytest.raises(CannotDo, match="only 2 things"):
        await message.press("Edit", nth=2)
    with pytest.raises(CannotDo, match="no link"):
        message.link("Void")


async def test_the_question_before_a_press_is_read(call: Caller, anna: Person) -> None:
    texts = {"title": "Void?", "text": "It leaves QuickBooks too.", "confirm": "Void", "deny": "No"}
    confirm = {name: {"type": "plain_text", "text": text} for name, text in texts.items()}
    blocks = [actions(a_button("Void", confirm=confirm), a_button("Edit"))]
    await call("chat.postMessage", channel=anna.id, text="x", blocks=blocks)
    [message] = anna.direct_messages
    assert message.confirmation("Void") == "It leaves QuickBooks too."
    assert message.confirmation("Edit") is None


async def test_a_deactivated_person_does_nothing_more(
    workspace: Workspace, app: FakeApp, anna: Person
) -> None:
    await workspace.deactivate(anna)
    with pytest.raises(CannotDo, match="deactivated"):
        await anna.command("/payment")
    assert app.last["event"]["user"]["deleted"] is True


async def test_a_channel_is_read_by_its_members_only(workspace: Workspace, anna: Person) -> None:
    ben = workspace.add_person("Ben Okafor")
    alerts = workspace.add_channel("alerts", private=True, members=[anna])
    anna.say("Good morning", alerts)
    assert [message.plain for message in anna.messages(alerts)] == ["Good morning"]
    with pytest.raises(CannotDo, match="not in #alerts"):
        ben.messages(alerts)


async def test_replies_count_from_the_last_act(call: Caller, app: FakeApp, anna: Person) -> None:
    await anna.command("/help")
    await call.client.post(app.last["response_url"], json={"text": "first"})
    assert [reply.text for reply in await anna.replies()] == ["first"]
    await anna.command("/help")
    waiting = asyncio.create_task(anna.replies())
    await call.client.post(app.last["response_url"], json={"text": "second"})
    assert [reply.text for reply in await waiting] == ["second"]


async def test_nothing_is_delivered_before_it_is_known_where() -> None:
    workspace = Workspace(chance=random.Random(1))
    with pytest.raises(RuntimeError, match="call deliver_to"):
        await workspace.add_person("Anna Berg").command("/payment")
