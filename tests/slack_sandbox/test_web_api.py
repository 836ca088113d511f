"""The Web API's contract: who may call, how arguments arrive, and what is refused by which name."""

import json
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from sandbox.slack import Person, Workspace
from sandbox.slack.api import METHODS
from tests.samples import samples_folder
from tests.slack_sandbox.conftest import Caller
from tests.slack_sandbox.kit import a_section, plain

METADATA = {"event_type": "payment", "event_payload": {"id": "1"}}
SPECIAL = "t5"


def contracts() -> dict[str, Any]:
    path = samples_folder() / "slack" / "method_contracts.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_scopes_tiers_and_required_arguments_are_slacks() -> None:
    published = contracts()
    for name, method in METHODS.items():
        contract = published[name]
        tier = f"t{['ONE', 'TWO', 'THREE', 'FOUR', 'SPECIAL'].index(method.tier.name) + 1}"
        assert tier == contract["rate"], name
        assert set(method.scopes) == set(contract["bot_scopes"]), name
        assert set(method.required) - {"trigger_id"} == set(contract["required"]), name


async def test_a_call_without_a_token_is_not_authed(call: Caller) -> None:
    call.token = ""
    assert await call("auth.test") == {"ok": False, "error": "not_authed"}


async def test_a_call_with_another_token_is_refused(call: Caller) -> None:
    call.token = "xoxb-another"
    assert (await call("auth.test"))["error"] == "invalid_auth"


async def test_an_unknown_method_says_so(call: Caller) -> None:
    assert (await call("chat.shout"))["error"] == "unknown_method"


async def test_a_missing_scope_is_named_with_those_there(call: Caller, anna: Person) -> None:
    call.workspace.scopes = {"users:read", "im:write"}
    refused = await call("chat.postMessage", channel=anna.id, text="Hello")
    assert refused == {
        "ok": False,
        "error": "missing_scope",
        "needed": "chat:write",
        "provided": "im:write,users:read",
    }


async def test_reading_a_conversation_needs_the_scope_of_its_kind(
    call: Caller, anna: Person
) -> None:
    channel = call.workspace.add_channel("alerts", private=True, members=[anna])
    call.workspace.scopes = {"im:history"}
    refused = await call("conversations.history", channel=channel.id)
    assert (refused["error"], refused["needed"]) == ("missing_scope", "groups:history")


async def test_arguments_come_by_json_form_and_query_alike(call: Caller, anna: Person) -> None:
    headers = {"Authorization": f"Bearer {call.workspace.bot_token}"}
    blocks = json.dumps([a_section("by form")])
    await call("chat.postMessage", channel=anna.id, text="by json")
    await call.client.post(
        "/api/chat.postMessage",
        headers=headers,
        data={"channel": anna.id, "text": "by form", "blocks": blocks},
    )
    await call.client.get(
        "/api/chat.postMessage", headers=headers, params={"channel": anna.id, "text": "by query"}
    )
    assert [message.plain for message in anna.direct_messages] == ["by json", "by form", "by query"]


async def test_a_token_may_come_as_an_argument(call: Caller) -> None:
    token = call.workspace.bot_token
    response = await call.client.post("/api/auth.test", data={"token": token})
    assert response.json()["ok"] is True
    assert "token" not in call.workspace.calls[-1].args


async def test_missing_arguments_are_named(call: Caller) -> None:
    refused = await call("users.info")
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == ["[ERROR] missing required field: user"]


async def test_the_log_tells_what_was_called(call: Caller, anna: Person) -> None:
    posted = await call("chat.postMessage", channel=anna.id, text="Hello")
    logged = call.workspace.calls[-1]
    assert (logged.method, logged.args["text"], logged.ts) == (
        "chat.postMessage",
        "Hello",
        posted["ts"],
    )


async def test_every_method_works_through_the_sdk(bolt: tuple[Workspace, AsyncApp]) -> None:
    workspace, app = bolt
    client = app.client
    anna = workspace.add_person("Anna Berg", locale="de-DE", tz="Europe/Berlin")
    general = workspace.add_channel("general", members=[anna])

    opened = await client.conversations_open(users=anna.id)
    direct = opened["channel"]["id"]
    posted = await client.chat_postMessage(channel=direct, text="Hello", metadata=METADATA)
    await client.chat_update(channel=direct, ts=posted["ts"], text="Hello again")
    history = await client.conversations_history(channel=direct, include_all_metadata=True)
    await client.chat_postEphemeral(channel=general.id, user=anna.id, text="Psst")
    people = await client.users_list()
    channels = await client.conversations_list(types="public_channel,private_channel")
    members = await client.conversations_members(channel=general.id)
    link = await client.chat_getPermalink(channel=direct, message_ts=posted["ts"])
    user = (await client.users_info(user=anna.id, include_locale=True))["user"]

    assert (await client.auth_test())["bot_id"] == workspace.bot_id
    assert (await client.team_info())["team"]["name"] == "Larkspur"
    assert (await client.conversations_info(channel=direct))["channel"]["user"] == anna.id
    assert history["messages"][0]["text"] == "Hello again"
    assert history["messages"][0]["metadata"] == METADATA
    assert [message.plain for message in anna.ephemerals] == ["Psst"]
    assert anna.id in [member["id"] for member in people["members"]]
    assert [channel["name"] for channel in channels["channels"]] == ["general"]
    assert anna.id in members["members"]
    assert link["permalink"].endswith(posted["ts"].replace(".", ""))
    assert (user["locale"], user["tz"], user["tz_offset"] in {3600, 7200}) == (
        "de-DE",
        "Europe/Berlin",
        True,
    )

    await client.chat_delete(channel=direct, ts=posted["ts"])
    assert anna.direct_messages == []
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel=direct, ts=posted["ts"], text="Too late")


async def test_metadata_is_told_only_where_asked_for(call: Caller, anna: Person) -> None:
    posted = await call("chat.postMessage", channel=anna.id, text="Hello", metadata=METADATA)
    channel = posted["channel"]
    plain_history = await call("conversations.history", channel=channel)
    full_history = await call("conversations.history", channel=channel, include_all_metadata=True)
    assert "metadata" not in plain_history["messages"][0]
    assert full_history["messages"][0]["metadata"] == METADATA


async def test_history_is_paged_from_the_newest(call: Caller, anna: Person) -> None:
    for number in range(3):
        await call("chat.postMessage", channel=anna.id, text=str(number))
    channel = anna.direct_messages[0].channel
    first = await call("conversations.history", channel=channel, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await call("conversations.history", channel=channel, limit=2, cursor=cursor)
    assert [message["text"] for message in first["messages"]] == ["2", "1"]
    assert [message["text"] for message in rest["messages"]] == ["0"]
    assert (first["has_more"], rest["has_more"]) == (True, False)


async def test_history_can_be_cut_by_time(call: Caller, anna: Person) -> None:
    early = await call("chat.postMessage", channel=anna.id, text="early")
    late = await call("chat.postMessage", channel=anna.id, text="late")
    found = await call("conversations.history", channel=late["channel"], oldest=early["ts"])
    both = await call(
        "conversations.history", channel=late["channel"], oldest=early["ts"], inclusive=True
    )
    assert [message["text"] for message in found["messages"]] == ["late"]
    assert len(both["messages"]) == 2


async def post_error(call: Caller, method: str, **args: object) -> str:
    return str((await call(method, **args))["error"])


async def test_conversations_that_cannot_be_written_to(call: Caller, anna: Person) -> None:
    workspace = call.workspace
    secret = workspace.add_channel("partners", private=True, members=[anna], with_app=False)
    public = workspace.add_channel("random", members=[anna], with_app=False)
    gone = workspace.add_person("Gone", deleted=True)

    async def error(channel: str) -> str:
        return await post_error(call, "chat.postMessage", channel=channel, text="x")

    assert await error("C0") == "channel_not_found"
    assert await error(secret.id) == "channel_not_found"
    assert await error(public.id) == "not_in_channel"
    assert await error(gone.id) == "channel_not_found"
    assert await post_error(call, "conversations.open", users=gone.id) == "user_disabled"
    assert await post_error(call, "conversations.open", users="U0") == "user_not_found"
    assert await post_error(call, "users.info", user="U0") == "user_not_found"


async def test_messages_without_content_or_with_too_much_are_refused(
    call: Caller, anna: Person
) -> None:
    posted = await call("chat.postMessage", channel=anna.id, text="x")
    place = {"channel": posted["channel"], "ts": posted["ts"]}
    assert await post_error(call, "chat.postMessage", channel=anna.id) == "no_text"
    assert await post_error(call, "chat.update", **place) == "no_text"
    assert await post_error(call, "chat.update", **place, text="x" * 4001) == "msg_too_long"
    assert (await call("chat.update", **place, text="x" * 4000))["ok"] is True


async def test_a_message_of_someone_else_cannot_be_changed(call: Caller, anna: Person) -> None:
    channel = call.workspace.add_channel("general", members=[anna])
    said = anna.say("Good morning", channel)
    place = {"channel": channel.id, "ts": said.ts}
    assert await post_error(call, "chat.update", **place, text="x") == "cant_update_message"
    assert await post_error(call, "chat.delete", **place) == "cant_delete_message"


async def test_an_ephemeral_message_needs_its_reader_in_the_channel(
    call: Caller, anna: Person
) -> None:
    channel = call.workspace.add_channel("general", members=[])
    error = await post_error(call, "chat.postEphemeral", channel=channel.id, user=anna.id, text="x")
    assert error == "user_not_in_channel"


async def test_an_update_keeps_the_blocks_it_does_not_name(call: Caller, anna: Person) -> None:
    posted = await call("chat.postMessage", channel=anna.id, text="x", blocks=[a_section("kept")])
    await call("chat.update", channel=posted["channel"], ts=posted["ts"], text="y")
    [message] = anna.direct_messages
    assert (message.text, message.plain) == ("y", "kept")


async def test_invalid_blocks_are_explained(call: Caller, anna: Person) -> None:
    blocks = [{"type": "header", "text": plain("x" * 151)}]
    refused = await call("chat.postMessage", channel=anna.id, text="x", blocks=blocks)
    assert refused["error"] == "invalid_blocks"
    assert refused["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert anna.direct_messages == []
