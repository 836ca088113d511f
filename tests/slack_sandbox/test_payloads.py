"""What the app is told has the keys and types of payloads recorded from Slack."""

import json
from typing import Any

import pytest
from jsonschema import validate
from jsonschema.exceptions import ValidationError

from sandbox.slack import Person
from tests.samples import samples_folder
from tests.slack_sandbox.conftest import Caller, FakeApp, open_modal
from tests.slack_sandbox.kit import (
    Body,
    a_button,
    a_section,
    actions,
    an_input,
    an_overflow,
    element,
)

ENTERPRISE = frozenset({"enterprise_id", "enterprise_name"})  # Of grids; this is one workspace.
VALUES = frozenset({"values"})  # Its keys are the app's own names.
OLDER = frozenset({"authed_users"})  # `authorizations` took its place.


def sample(name: str) -> Body:
    path = samples_folder() / "slack" / "bolt-python-payloads" / f"{name}.json"
    found: Body = json.loads(path.read_text())
    return found


def schema_of(recorded: Any, *, free: frozenset[str] = frozenset()) -> Body:
    """Demand every recorded key with the recorded type; `free` keys are not looked into."""
    match recorded:
        case bool():
            return {"type": "boolean"}
        case str():
            return {"type": "string"}
        case int():
            return {"type": "integer"}
        case None:
            return {"type": ["null", "string"]}
        case dict():
            kept = {key: value for key, value in recorded.items() if key not in ENTERPRISE | OLDER}
            inner = {k: {} if k in free else schema_of(v, free=free) for k, v in kept.items()}
            return {"type": "object", "required": list(kept), "properties": inner}
        case _:
            return {"type": "array"}


def assert_shaped_like(recorded: Body, told: Body, *, free: frozenset[str] = frozenset()) -> None:
    validate(told, schema_of(recorded, free=free))


async def test_a_slash_command(app: FakeApp, anna: Person) -> None:
    await anna.command("/payment new  Acme")
    assert_shaped_like(sample("test_slash_command__slash_command_body"), app.last)
    assert (app.last["command"], app.last["text"]) == ("/payment", "new  Acme")
    assert app.last["channel_name"] == "directmessage"


async def test_a_command_in_a_private_channel_does_not_tell_its_name(
    app: FakeApp, anna: Person, call: Caller
) -> None:
    secret = call.workspace.add_channel("alerts", private=True, members=[anna])
    await anna.command("/payment", channel=secret)
    assert app.last["channel_name"] == "privategroup"


async def test_a_press_in_a_message(call: Caller, app: FakeApp, anna: Person) -> None:
    button = a_button("Sync", action_id="sync", value="1", style="primary")
    menu = an_overflow("Edit", "Void", action_id="more")
    blocks = [{**actions(button, menu), "block_id": "acts"}]
    posted = await call("chat.postMessage", channel=anna.id, text="P-1001", blocks=blocks)
    [message] = anna.direct_messages
    await message.press("Sync")

    recorded = sample("test_block_actions__body")
    assert_shaped_like(recorded, app.last)
    assert_shaped_like(recorded["actions"][0], app.last["actions"][0])
    assert app.last["actions"][0]["value"] == "1"
    assert app.last["message"]["ts"] == posted["ts"]
    assert app.last["container"]["is_ephemeral"] is False

    await message.press("Void")
    [action] = app.last["actions"]
    assert (action["type"], action["action_id"], action["block_id"]) == ("overflow", "more", "acts")
    assert action["selected_option"]["value"] == "void"


async def test_plain_text_comes_back_escaped_and_the_value_does_not(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    blocks = [actions(a_button("Tom & Jerry <Ltd>", action_id="pay", value="Tom & Jerry"))]
    await call("chat.postMessage", channel=anna.id, text="x", blocks=blocks)
    [message] = anna.direct_messages
    await message.press("Tom & Jerry <Ltd>")
    [action] = app.last["actions"]
    assert action["text"]["text"] == "Tom &amp; Jerry &lt;Ltd&gt;"
    assert action["value"] == "Tom & Jerry"
    repeated = app.last["message"]["blocks"][0]["elements"][0]["text"]["text"]
    assert repeated == "Tom &amp; Jerry &lt;Ltd&gt;"


async def test_two_presses_at_once_have_triggers_of_their_own(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    blocks = [actions(a_button("Sync", action_id="sync"))]
    await call("chat.postMessage", channel=anna.id, text="x", blocks=blocks)
    await anna.direct_messages[0].press("Sync", times=2)
    first, second = app.received
    assert first["trigger_id"] != second["trigger_id"]
    assert first["actions"][0]["action_ts"] != second["actions"][0]["action_ts"]


async def test_a_press_in_a_modal(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, actions(a_button("More", action_id="more")))
    await modal.press("More")
    recorded = sample("test_view_submission__body")["view"]
    assert_shaped_like(recorded, app.last["view"], free=VALUES)
    assert app.last["container"] == {"type": "view", "view_id": modal.id}
    assert app.last["type"] == "block_actions"
    assert not {"response_url", "message", "channel"} & app.last.keys()


async def test_a_submission(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"))
    await modal.fill("Amount", "500.00")
    await modal.submit()
    assert_shaped_like(sample("test_view_submission__body"), app.last, free=VALUES)
    [entered] = sample("test_view_submission__body")["view"]["state"]["values"].values()
    [ours] = app.last["view"]["state"]["values"].values()
    assert_shaped_like(entered["maBWU"], ours["amount"])


async def test_a_closed_view(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, actions(a_button("More", action_id="more")))
    view = {**modal.payload, "notify_on_close": True}
    kept = {name: view[name] for name in ("type", "title", "blocks", "close", "notify_on_close")}
    await call("views.update", view_id=modal.id, view=kept)
    await modal.cancel()
    recorded = sample("test_view_closed__body")
    del recorded["view"]["submit"]  # This one has no button to submit.
    assert_shaped_like(recorded, app.last)


async def test_a_search(call: Caller, app: FakeApp, anna: Person) -> None:
    menu = an_input("Client", element("external_select"))
    modal = await open_modal(call, app, anna, menu)
    app.answer(options=[])
    await modal.search("Client", "acme")
    assert_shaped_like(sample("test_block_suggestion__body"), app.last)


async def test_an_event(call: Caller, app: FakeApp, anna: Person) -> None:
    await call.workspace.change(anna, locale="de-DE")
    recorded = sample("test_message_bot__user_message_event_payload")
    assert_shaped_like({**recorded, "event": {}}, app.last)
    [authorization] = app.last["authorizations"]
    assert authorization.keys() == recorded["authorizations"][0].keys()
    assert app.last["event"]["user"]["locale"] == "de-DE"


async def test_someone_of_another_workspace_is_told_apart(call: Caller, app: FakeApp) -> None:
    stranger = call.workspace.add_person("Eve Other", team_id="T0OTHER")
    await stranger.command("/payment")
    assert app.last["team_id"] == "T0OTHER"
    user = (await call("users.info", user=stranger.id))["user"]
    assert (user["team_id"], user["is_stranger"]) == ("T0OTHER", True)


async def test_a_message_in_history(call: Caller, anna: Person) -> None:
    posted = await call("chat.postMessage", channel=anna.id, text="x", blocks=[a_section()])
    history = await call("conversations.history", channel=posted["channel"])
    recorded = sample("test_message_bot__bot_message_event_payload")["event"]
    for elsewhere in ("channel", "event_ts", "channel_type", "bot_profile"):
        del recorded[elsewhere]  # Told around a message, not in it.
    assert_shaped_like(recorded, history["messages"][0])


def test_the_comparison_notices_a_missing_key_and_another_type() -> None:
    recorded = {"view": {"id": "V1"}}
    with pytest.raises(ValidationError):
        assert_shaped_like(recorded, {"view": {}})
    with pytest.raises(ValidationError):
        assert_shaped_like(recorded, {"view": {"id": 1}})
