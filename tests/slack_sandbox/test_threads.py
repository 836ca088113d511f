"""Replies: in their thread, counted at their parent, and in the channel only where it is asked."""

from typing import Any

import pytest

from sandbox.slack import Channel, Person, Workspace
from tests.slack_sandbox.conftest import Caller, FakeApp
from tests.slack_sandbox.kit import a_button, a_section, actions

METADATA = {"event_type": "alert", "event_payload": {"id": "1"}}


@pytest.fixture
def alerts(workspace: Workspace, anna: Person) -> Channel:
    return workspace.add_channel("alerts", members=[anna])


@pytest.fixture
async def parent(call: Caller, alerts: Channel) -> str:
    """Its ts."""
    return str((await call("chat.postMessage", channel=alerts.id, text="3 Failed"))["ts"])


async def reply(
    call: Caller, alerts: Channel, parent: str, text: str, **more: object
) -> dict[str, Any]:
    posted = await call("chat.postMessage", channel=alerts.id, thread_ts=parent, text=text, **more)
    assert posted["ok"], posted
    return posted


async def history(call: Caller, channel: Channel) -> list[dict[str, Any]]:
    found = await call("conversations.history", channel=channel.id)
    return list(found["messages"])


async def replies(call: Caller, channel: Channel, ts: str, **more: object) -> dict[str, Any]:
    return await call("conversations.replies", channel=channel.id, ts=ts, **more)


def texts(told: dict[str, Any]) -> list[str]:
    return [message["text"] for message in told["messages"]]


async def test_a_reply_stands_in_its_thread_alone(
    call: Caller, anna: Person, alerts: Channel, parent: str
) -> None:
    await reply(call, alerts, parent, "Anna claimed it")
    assert [message["text"] for message in await history(call, alerts)] == ["3 Failed"]
    (shown,) = alerts.messages
    assert [each.text for each in shown.replies] == ["Anna claimed it"]
    assert [message.text for message in anna.messages(alerts)] == ["3 Failed"]


async def test_a_thread_is_told_from_its_parent_on(
    call: Caller, alerts: Channel, parent: str
) -> None:
    for text in ("first", "second"):
        await reply(call, alerts, parent, text)
    found = await replies(call, alerts, parent)
    assert texts(found) == ["3 Failed", "first", "second"]
    assert {message["thread_ts"] for message in found["messages"]} == {parent}
    assert found["messages"][1]["parent_user_id"] == call.workspace.bot_user_id
    assert found["has_more"] is False


async def test_a_parent_counts_its_replies(call: Caller, alerts: Channel, parent: str) -> None:
    assert "reply_count" not in (await history(call, alerts))[0]
    await reply(call, alerts, parent, "first")
    last = await reply(call, alerts, parent, "second")
    (told,) = await history(call, alerts)
    assert (told["thread_ts"], told["latest_reply"]) == (parent, last["ts"])
    assert (told["reply_count"], told["reply_users_count"]) == (2, 1)
    assert told["reply_users"] == [call.workspace.bot_user_id]


async def test_a_message_without_replies_is_told_alone(
    call: Caller, alerts: Channel, parent: str
) -> None:
    assert texts(await replies(call, alerts, parent)) == ["3 Failed"]


async def test_a_thread_is_paged_from_the_oldest(
    call: Caller, alerts: Channel, parent: str
) -> None:
    for number in range(3):
        await reply(call, alerts, parent, str(number))
    first = await replies(call, alerts, parent, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await replies(call, alerts, parent, limit=2, cursor=cursor)
    assert (texts(first), texts(rest)) == (["3 Failed", "0"], ["1", "2"])
    assert (first["has_more"], rest["has_more"]) == (True, False)


async def test_a_thread_can_be_cut_by_time_and_keeps_its_parent(
    call: Caller, alerts: Channel, parent: str
) -> None:
    early = await reply(call, alerts, parent, "early")
    await reply(call, alerts, parent, "late")
    cut = await replies(call, alerts, parent, oldest=early["ts"])
    assert texts(cut) == ["3 Failed", "late"]


async def test_metadata_of_a_reply_is_told_where_it_is_asked_for(
    call: Caller, alerts: Channel, parent: str
) -> None:
    await reply(call, alerts, parent, "Claimed", metadata=METADATA)
    plain = await replies(call, alerts, parent)
    full = await replies(call, alerts, parent, include_all_metadata=True)
    assert "metadata" not in plain["messages"][1]
    assert full["messages"][1]["metadata"] == METADATA


async def test_a_broadcast_reply_is_in_the_channel_too(
    call: Caller, alerts: Channel, parent: str
) -> None:
    posted = await reply(call, alerts, parent, "Still open", reply_broadcast=True)
    newest, _ = await history(call, alerts)
    assert (newest["subtype"], newest["ts"]) == ("thread_broadcast", posted["ts"])
    assert (newest["root"]["text"], newest["root"]["reply_count"]) == ("3 Failed", 1)
    assert texts(await replies(call, alerts, parent)) == ["3 Failed", "Still open"]
    shown, broadcast = alerts.messages
    assert [each.is_broadcast for each in (shown, broadcast)] == [False, True]
    assert [each.ts for each in shown.replies] == [broadcast.ts]


async def test_only_a_reply_can_be_broadcast(call: Caller, alerts: Channel) -> None:
    await call("chat.postMessage", channel=alerts.id, text="3 Failed", reply_broadcast=True)
    (shown,) = alerts.messages
    assert not shown.is_broadcast
    assert "subtype" not in (await history(call, alerts))[0]


async def test_a_deleted_reply_no_longer_counts(call: Caller, alerts: Channel, parent: str) -> None:
    posted = await reply(call, alerts, parent, "Claimed")
    await call("chat.delete", channel=alerts.id, ts=posted["ts"])
    assert texts(await replies(call, alerts, parent)) == ["3 Failed"]
    assert alerts.messages[0].replies == []


@pytest.mark.parametrize("ts", ["1.2", "x"])
async def test_what_is_no_message_has_no_thread(call: Caller, alerts: Channel, ts: str) -> None:
    assert (await replies(call, alerts, ts))["error"] == "thread_not_found"


async def test_a_thread_whose_parent_was_deleted_is_not_found(
    call: Caller, alerts: Channel, parent: str
) -> None:
    await reply(call, alerts, parent, "Claimed")
    await call("chat.delete", channel=alerts.id, ts=parent)
    assert (await replies(call, alerts, parent))["error"] == "thread_not_found"
    assert await history(call, alerts) == []


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
@pytest.mark.parametrize(("private", "scope"), [(False, "channels"), (True, "groups")])
async def test_a_thread_is_read_with_the_scope_of_its_channels_kind(
    call: Caller, alerts: Channel, parent: str, method: str, scope: str, *, private: bool
) -> None:
    if private:
        alerts.make_private()
    everything = {"channels:history", "groups:history", "im:history", "mpim:history"}
    call.workspace.scopes = everything - {f"{scope}:history"}
    refused = await call(method, channel=alerts.id, ts=parent)
    assert (refused["error"], refused["needed"]) == ("missing_scope", f"{scope}:history")
    call.workspace.scopes = {f"{scope}:history"}
    assert (await call(method, channel=alerts.id, ts=parent))["ok"]


async def test_a_thread_is_read_from_inside_only(
    call: Caller, alerts: Channel, parent: str
) -> None:
    alerts.remove_app()
    assert (await replies(call, alerts, parent))["error"] == "not_in_channel"
    alerts.make_private()
    assert (await replies(call, alerts, parent))["error"] == "channel_not_found"
    alerts.add_app()
    assert texts(await replies(call, alerts, parent)) == ["3 Failed"]


async def test_a_button_in_a_thread_is_pressed_like_any_other(
    call: Caller, app: FakeApp, anna: Person, alerts: Channel, parent: str
) -> None:
    blocks = [a_section("Claimed"), actions(a_button("Take over", action_id="claim"))]
    await reply(call, alerts, parent, "Claimed", blocks=blocks)
    (shown,) = anna.messages(alerts)
    (claimed,) = shown.replies
    await claimed.press("Take over")
    assert app.last["message"]["thread_ts"] == parent
    await shown.replies[0].press("Take over")
    assert app.last["container"]["message_ts"] == claimed.ts
