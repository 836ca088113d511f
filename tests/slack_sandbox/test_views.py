"""Modals opened, updated, stacked and submitted, and what each answer of the app does to them."""

import asyncio

import pytest

from sandbox.slack import CannotDo, Person
from tests.slack_sandbox.conftest import Caller, FakeApp, open_modal
from tests.slack_sandbox.kit import (
    a_button,
    a_home,
    a_modal,
    a_section,
    actions,
    an_input,
    element,
    plain,
)


async def test_what_was_entered_survives_an_update_under_the_same_names(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"), an_input("Note"))
    await modal.fill("Amount", "500.00")
    await modal.fill("Note", "By post")
    renamed = {**an_input("Note"), "block_id": "note_2"}
    await call("views.update", view_id=modal.id, view=a_modal(an_input("Amount"), renamed))
    assert modal.value("Amount") == "500.00"
    assert modal.value("Note") is None


async def test_what_was_entered_is_lost_when_the_kind_of_field_changes(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"))
    await modal.fill("Amount", "500.00")
    number = an_input("Amount", element("number_input", is_decimal_allowed=True))
    await call("views.update", view_id=modal.id, view=a_modal(number))
    assert modal.value("Amount") is None


async def test_an_update_with_an_old_hash_conflicts(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"))
    old = modal.payload["hash"]
    first = await call("views.update", view_id=modal.id, hash=old, view=a_modal())
    second = await call("views.update", view_id=modal.id, hash=old, view=a_modal(a_section()))
    assert first["view"]["hash"] != old
    assert second["error"] == "hash_conflict"
    assert modal.labels == []


async def test_a_view_is_found_by_its_external_id_which_is_unique(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    view = a_modal(a_section("Ready"), external_id="payment-1")
    await call("views.update", view_id=modal.id, view=view)
    again = a_modal(a_section("Readier"), external_id="payment-1")
    assert (await call("views.update", external_id="payment-1", view=again))["ok"] is True
    assert "Readier" in modal.text
    ben = call.workspace.add_person("Ben Okafor")
    await ben.command("/open")
    refused = await call("views.open", trigger_id=app.last["trigger_id"], view=view)
    assert refused["error"] == "duplicate_external_id"


async def test_a_closed_view_is_not_found(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna)
    await modal.cancel()
    assert (await call("views.update", view_id=modal.id, view=a_modal()))["error"] == "not_found"
    with pytest.raises(CannotDo, match="not in front"):
        await modal.submit()


async def test_three_views_stack_and_no_more(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, actions(a_button("More", action_id="more")))
    errors = []
    for _ in range(3):
        await modal.press("More")
        pushed = a_modal(actions(a_button("More", action_id="more")))
        answer = await call("views.push", trigger_id=app.last["trigger_id"], view=pushed)
        errors.append(answer.get("error"))
        modal = await anna.modal()
    assert errors == [None, None, "push_limit_reached"]
    assert modal.payload["previous_view_id"] != modal.payload["root_view_id"]


async def test_only_a_trigger_from_inside_a_modal_can_push(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    await open_modal(call, app, anna)
    await anna.command("/other")
    refused = await call("views.push", trigger_id=app.last["trigger_id"], view=a_modal())
    assert refused["error"] == "invalid_trigger_id"


async def test_an_empty_answer_closes_only_the_view_in_front(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    below = await open_modal(call, app, anna)
    app.answer(response_action="push", view=a_modal(a_section("Second")))
    result = await below.submit()
    above = await anna.modal()
    assert (result.accepted, result.response_action) == (True, "push")
    assert "Second" in above.text
    await above.submit()
    assert (above.is_open, below.is_open) == (False, True)
    assert (await anna.modal()).id == below.id


async def test_a_modal_opened_before_the_answer_is_closed_by_it(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    app.silent = asyncio.Event()
    submitting = asyncio.create_task(modal.submit())
    await app.reached.wait()
    await call("views.open", trigger_id=app.last["trigger_id"], view=a_modal(a_section("New")))
    opened = await anna.modal()
    app.silent.set()
    await submitting
    assert (modal.is_open, opened.is_open) == (False, False)


async def test_clear_closes_the_whole_stack(call: Caller, app: FakeApp, anna: Person) -> None:
    below = await open_modal(call, app, anna)
    app.answer(response_action="push", view=a_modal())
    await below.submit()
    above = await anna.modal()
    app.answer(response_action="clear")
    await above.submit()
    assert (above.is_open, below.is_open) == (False, False)


async def test_update_shows_the_new_view_in_its_place(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    view = {"type": "modal", "title": plain("Recorded"), "blocks": [a_section("P-1001")]}
    app.answer(response_action="update", view=view)
    result = await modal.submit()
    assert (result.accepted, modal.is_open, modal.title) == (True, True, "Recorded")


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "dance"},
    ],
)
async def test_an_answer_that_slack_refuses_leaves_the_modal_open(
    call: Caller, app: FakeApp, anna: Person, answer: dict[str, object]
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount", optional=True))
    app.answer(**answer)
    result = await modal.submit()
    assert not result.accepted
    assert result.error is not None
    assert result.error.startswith("invalid_response")
    assert modal.is_open


async def test_errors_stand_until_the_next_submission(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"))
    await modal.fill("Amount", "0")
    app.answer(response_action="errors", errors={"amount": "More than zero, please."})
    await modal.submit()
    assert modal.errors == {"Amount": "More than zero, please."}
    assert "More than zero, please." in modal.text
    await modal.fill("Amount", "5")
    assert (await modal.submit()).accepted
    assert modal.errors == {}


async def test_cancel_is_told_only_where_asked_for(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    await modal.cancel()
    assert app.last.get("type") != "view_closed"
    modal = await open_modal(call, app, anna)
    await call("views.update", view_id=modal.id, view=a_modal(notify_on_close=True))
    await modal.cancel()
    assert (app.last["type"], app.last["is_cleared"]) == ("view_closed", False)


async def test_a_loading_modal_becomes_the_form(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, a_section("Loading"))
    waiting = asyncio.create_task(call.workspace.wait_until(lambda: "Amount" in modal.labels))
    await call("views.update", view_id=modal.id, view=a_modal(an_input("Amount")))
    assert await waiting is True


async def test_a_person_who_waits_in_vain_gives_up(anna: Person) -> None:
    with pytest.raises(TimeoutError):
        await anna.modal(timeout=0.01)


async def test_the_home_tab_is_published_and_pressed(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    button = a_button("Connect", action_id="connect", url="https://qbo.example/connect")
    first = await call("views.publish", user_id=anna.id, view=a_home(actions(button)))
    home = anna.home
    assert home is not None
    assert home.link("Connect") == "https://qbo.example/connect"
    await home.press("Connect")
    assert (app.last["view"]["type"], app.last["container"]["type"]) == ("home", "view")
    stale = await call(
        "views.publish", user_id=anna.id, view=a_home(a_section("New")), hash="1.old"
    )
    assert stale["error"] == "hash_conflict"
    await call(
        "views.publish",
        user_id=anna.id,
        view=a_home(a_section("New")),
        hash=first["view"]["hash"],
    )
    assert home.text == "New"
