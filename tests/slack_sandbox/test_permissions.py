"""Trigger ids live three seconds and open one view; response urls live half an hour, five uses."""

import httpx
import pytest

from sandbox.slack import CannotDo, Person, Workspace
from tests.slack_sandbox.conftest import Caller, FakeApp, ManualClock
from tests.slack_sandbox.kit import a_button, a_modal, a_section, actions


async def open_error(call: Caller, trigger_id: str) -> str | None:
    return (await call("views.open", trigger_id=trigger_id, view=a_modal())).get("error")


async def test_a_trigger_opens_one_view_only(call: Caller, app: FakeApp, anna: Person) -> None:
    await anna.command("/payment")
    trigger_id = app.last["trigger_id"]
    assert await open_error(call, trigger_id) is None
    assert await open_error(call, trigger_id) == "exchanged_trigger_id"


async def test_a_trigger_lives_three_seconds(
    call: Caller, app: FakeApp, anna: Person, clock: ManualClock
) -> None:
    await anna.command("/payment")
    clock.advance(3.0)
    assert await open_error(call, app.last["trigger_id"]) is None
    await anna.command("/payment")
    clock.advance(3.1)
    assert await open_error(call, app.last["trigger_id"]) == "expired_trigger_id"


async def test_an_invented_trigger_is_invalid(call: Caller) -> None:
    assert await open_error(call, "1.2.x") == "invalid_trigger_id"


async def respond(call: Caller, url: str, **message: object) -> httpx.Response:
    return await call.client.post(url, json=message)


async def test_a_response_url_is_used_five_times(call: Caller, app: FakeApp, anna: Person) -> None:
    await anna.command("/help")
    url = app.last["response_url"]
    statuses = [(await respond(call, url, text=str(n))).status_code for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [reply.text for reply in await anna.replies(5)] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_lives_thirty_minutes(
    call: Caller, app: FakeApp, anna: Person, clock: ManualClock
) -> None:
    await anna.command("/help")
    clock.advance(30 * 60 + 1)
    late = await respond(call, app.last["response_url"], text="too late")
    assert (late.status_code, late.json()["error"]) == (404, "expired_url")
    assert anna.ephemerals == []


async def test_in_channel_is_seen_by_all(call: Caller, app: FakeApp, anna: Person) -> None:
    general = call.workspace.add_channel("general", members=[anna])
    await anna.command("/report", channel=general)
    await respond(call, app.last["response_url"], text="All paid", response_type="in_channel")
    assert [message.plain for message in general.messages] == ["All paid"]
    assert anna.ephemerals == []


async def ask(call: Caller, app: FakeApp, anna: Person) -> None:
    await anna.command("/sync")
    blocks = [a_section("Really?"), actions(a_button("Yes", action_id="yes"))]
    await respond(call, app.last["response_url"], text="Really?", blocks=blocks)


async def test_the_original_is_replaced_and_stays_ephemeral(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    await ask(call, app, anna)
    [question] = await anna.replies()
    await question.press("Yes")
    await respond(call, app.last["response_url"], replace_original=True, text="Done")
    assert question.plain == "Done"
    assert question.buttons == []
    assert len(anna.ephemerals) == 1
    assert "message" not in app.last
    assert app.last["container"]["is_ephemeral"] is True


async def test_the_original_is_deleted(call: Caller, app: FakeApp, anna: Person) -> None:
    await ask(call, app, anna)
    [question] = await anna.replies()
    await question.press("Yes")
    await respond(call, app.last["response_url"], delete_original=True)
    assert anna.ephemerals == []
    with pytest.raises(CannotDo, match="no longer there"):
        await question.press("Yes")


async def test_what_a_person_typed_cannot_be_replaced(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    app.answer(text="One moment")
    reply = await anna.command("/sync")
    await respond(call, app.last["response_url"], replace_original=True, text="Done")
    assert reply.text == "One moment"
    assert [message.text for message in anna.ephemerals] == ["One moment", "Done"]


async def test_an_ephemeral_message_is_not_found_by_the_web_api(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    await ask(call, app, anna)
    [question] = anna.ephemerals
    refused = await call("chat.update", channel=question.channel, ts=question.ts, text="x")
    assert refused["error"] == "message_not_found"


async def test_invalid_blocks_do_not_arrive_by_response_url(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    await anna.command("/help")
    refused = await respond(call, app.last["response_url"], blocks=[{"type": "marquee"}])
    assert refused.json()["error"] == "invalid_blocks"
    assert anna.ephemerals == []


async def install_error(call: Caller, **args: str) -> str | None:
    workspace = call.workspace
    usual = {"client_id": workspace.client_id, "client_secret": workspace.client_secret}
    call.token = ""
    return (await call("oauth.v2.access", **{**usual, **args})).get("error")


async def test_an_install_code_is_redeemed_once(call: Caller, anna: Person) -> None:
    code = anna.install()
    assert await install_error(call, code=code) is None
    assert await install_error(call, code=code) == "invalid_code"
    assert "code" not in call.workspace.calls[0].args


async def test_an_install_code_lives_ten_minutes(
    call: Caller, anna: Person, clock: ManualClock
) -> None:
    code = anna.install()
    clock.advance(10 * 60 + 1)
    assert await install_error(call, code=code) == "invalid_code"


async def test_only_the_app_itself_can_redeem_a_code(call: Caller, anna: Person) -> None:
    code = anna.install()
    assert await install_error(call, code=code, client_id="1.2") == "invalid_client_id"
    assert await install_error(call, code=code, client_secret="x") == "bad_client_secret"


async def test_the_same_seed_gives_the_same_ids() -> None:
    import random  # noqa: PLC0415 - only this test needs chance of its own.

    first, second = (Workspace(chance=random.Random(3)) for _ in range(2))
    assert first.add_person("Anna Berg").id == second.add_person("Anna Berg").id
    assert first.bot_token == second.bot_token
