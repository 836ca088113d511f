"""Rate limits by tier and channel, driven by the clock, and failures ordered for a test."""

import asyncio

import httpx
import pytest

from sandbox.slack import Person, Workspace
from sandbox.slack.serve import whole_app
from tests.slack_sandbox.conftest import Caller, FakeApp, ManualClock


async def test_a_tier_two_method_is_called_twenty_times_a_minute(
    call: Caller, clock: ManualClock
) -> None:
    for _ in range(20):
        assert (await call("users.list"))["ok"] is True
    clock.advance(18.5)
    refused = await call.post("users.list")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "42")
    assert refused.json() == {"ok": False, "error": "ratelimited"}
    clock.advance(42)
    assert (await call("users.list"))["ok"] is True


@pytest.mark.parametrize(
    ("method", "a_minute"), [("users.list", 20), ("team.info", 50), ("users.info", 100)]
)
async def test_each_tier_has_its_number(
    call: Caller, anna: Person, method: str, a_minute: int
) -> None:
    answers = [await call(method, user=anna.id) for _ in range(a_minute + 1)]
    assert [answer["ok"] for answer in answers] == [True] * a_minute + [False]


async def test_methods_have_separate_allowances(call: Caller, anna: Person) -> None:
    for _ in range(21):
        await call("users.list")
    assert (await call("users.info", user=anna.id))["ok"] is True


async def test_a_channel_takes_a_burst_and_then_one_message_a_second(
    call: Caller, anna: Person, clock: ManualClock
) -> None:
    ben = call.workspace.add_person("Ben Okafor")
    statuses = [
        (await call.post("chat.postMessage", channel=anna.id, text="x")).status_code
        for _ in range(11)
    ]
    assert statuses == [200] * 10 + [429]
    assert (await call("chat.postMessage", channel=ben.id, text="x"))["ok"] is True
    clock.advance(1)
    assert (await call("chat.postMessage", channel=anna.id, text="x"))["ok"] is True
    assert len(anna.direct_messages) == 11


async def test_limits_can_be_switched_off(call: Caller) -> None:
    call.workspace.rate_limits.enabled = False
    answers = [await call("users.list") for _ in range(50)]
    assert all(answer["ok"] for answer in answers)


async def test_an_ordered_error_comes_as_often_as_ordered(call: Caller, anna: Person) -> None:
    call.workspace.failures.add(method="chat.postMessage", error="internal_error", count=2)
    answers = [await call("chat.postMessage", channel=anna.id, text="x") for _ in range(3)]
    assert [answer.get("error") for answer in answers] == ["internal_error"] * 2 + [None]
    assert len(anna.direct_messages) == 1


async def test_ordered_statuses_and_pauses(call: Caller) -> None:
    call.workspace.failures.add(method="auth.test", http=503)
    call.workspace.failures.add(method="auth.test", retry_after=7)
    broken, paused = await call.post("auth.test"), await call.post("auth.test")
    assert (broken.status_code, paused.status_code) == (503, 429)
    assert paused.headers["Retry-After"] == "7"


async def test_a_lost_answer_leaves_the_message_there(call: Caller, anna: Person) -> None:
    call.workspace.failures.add(method="chat.postMessage", http=500, applied=True)
    response = await call.post("chat.postMessage", channel=anna.id, text="x")
    assert response.status_code == 500
    assert [message.text for message in anna.direct_messages] == ["x"]


async def test_an_ordered_silence_lasts_until_the_workspace_closes(call: Caller) -> None:
    call.workspace.failures.add(method="auth.test", timeout=True)
    waiting = asyncio.create_task(call.post("auth.test"))
    await call.workspace.wait_until(lambda: call.workspace.calls)
    assert not waiting.done()
    call.workspace.closing.set()
    assert (await waiting).status_code == 504


def test_a_failure_says_one_thing(call: Caller) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        call.workspace.failures.add(method="auth.test")


async def test_slack_can_be_down_altogether(call: Caller, app: FakeApp, anna: Person) -> None:
    await anna.command("/payment")
    url = app.last["response_url"]
    call.workspace.failures.go_down()
    for _ in range(2):
        assert (await call.post("auth.test")).status_code == 503
    assert (await call.post("chat.postMessage", channel=anna.id, text="x")).status_code == 503
    assert (await call.client.post(url, json={"text": "x"})).status_code == 503
    call.workspace.failures.clear()
    assert (await call("chat.postMessage", channel=anna.id, text="y"))["ok"] is True
    assert (await call.client.post(url, json={"text": "y"})).status_code == 200
    assert [message.text for message in anna.direct_messages] == ["y"]
    assert [message.text for message in anna.ephemerals] == ["y"]


async def test_an_answer_by_response_url_can_be_lost(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    await anna.command("/payment")
    url = app.last["response_url"]
    call.workspace.failures.add(method="response_url", http=500, applied=True)
    assert (await call.client.post(url, json={"text": "x"})).status_code == 500
    assert [message.text for message in anna.ephemerals] == ["x"]


async def test_failures_are_ordered_over_http(workspace: Workspace, call: Caller) -> None:
    transport = httpx.ASGITransport(whole_app(workspace))
    async with httpx.AsyncClient(transport=transport, base_url="http://slack.test") as remote:
        await remote.post("/failures", json={"method": "auth.test", "error": "internal_error"})
        assert (await call("auth.test"))["error"] == "internal_error"
        assert (await call("auth.test"))["ok"] is True
        await remote.post("/failures", json={"http": 503, "count": None})
        assert (await call.post("auth.test")).status_code == 503
        await remote.delete("/failures")
        assert (await call("auth.test"))["ok"] is True
        for malformed in ("{}", '{"http": 503, "error": "x"}', '{"often": true}', "[]", "x"):
            assert (await remote.post("/failures", content=malformed)).status_code == 400
