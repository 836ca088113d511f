"""How each kind of field starts, what a person can enter, and what `view.state.values` says."""

from datetime import date

import pytest

from sandbox.slack import CannotDo, Person
from tests.slack_sandbox.conftest import Caller, FakeApp, open_modal
from tests.slack_sandbox.kit import (
    Body,
    a_section,
    a_select,
    actions,
    an_input,
    element,
    mrkdwn,
    options,
    plain,
)

TWO = options(2)

STATES: dict[str, tuple[Body, Body]] = {
    "text": (element("plain_text_input"), {"value": None}),
    "text begun": (element("plain_text_input", initial_value="x"), {"value": "x"}),
    "number": (
        element("number_input", is_decimal_allowed=True, initial_value="5"),
        {"value": "5"},
    ),
    "email": (element("email_text_input"), {"value": None}),
    "url": (element("url_text_input"), {"value": None}),
    "select": (element("static_select", options=TWO), {"selected_option": None}),
    "select begun": (
        element("static_select", options=TWO, initial_option=TWO[1]),
        {"selected_option": TWO[1]},
    ),
    "external": (element("external_select"), {"selected_option": None}),
    "multi": (element("multi_static_select", options=TWO), {"selected_options": []}),
    "multi begun": (
        element("multi_static_select", options=TWO, initial_options=TWO),
        {"selected_options": TWO},
    ),
    "multi external": (element("multi_external_select"), {"selected_options": []}),
    "boxes": (element("checkboxes", options=TWO), {"selected_options": []}),
    "boxes begun": (
        element("checkboxes", options=TWO, initial_options=TWO[:1]),
        {"selected_options": TWO[:1]},
    ),
    "radio": (element("radio_buttons", options=TWO), {"selected_option": None}),
    "date": (element("datepicker", initial_date="2026-03-01"), {"selected_date": "2026-03-01"}),
    "time": (element("timepicker"), {"selected_time": None}),
    "moment": (element("datetimepicker"), {"selected_date_time": None}),
    "user": (element("users_select", initial_user="U1"), {"selected_user": "U1"}),
    "users": (element("multi_users_select"), {"selected_users": []}),
    "conversation": (element("conversations_select"), {"selected_conversation": None}),
    "conversations": (element("multi_conversations_select"), {"selected_conversations": []}),
    "channel": (element("channels_select"), {"selected_channel": None}),
    "channels": (element("multi_channels_select"), {"selected_channels": []}),
    "rich text": (element("rich_text_input"), {"rich_text_value": None}),
    "files": (element("file_input"), {"files": []}),
}


def without_flags(node: object) -> object:
    """Drop the text flags that Slack adds to what it repeats."""
    if isinstance(node, list):
        return [without_flags(item) for item in node]
    if isinstance(node, dict):
        return {k: without_flags(v) for k, v in node.items() if k not in {"emoji", "verbatim"}}
    return node


@pytest.mark.parametrize("name", STATES)
async def test_an_untouched_field_says_how_it_began(
    call: Caller, app: FakeApp, anna: Person, name: str
) -> None:
    given, expected = STATES[name]
    modal = await open_modal(call, app, anna, an_input("Field", given, optional=True))
    await modal.submit()
    state = app.last["view"]["state"]["values"]["field"]["field"]
    assert without_flags(state) == {"type": given["type"], **expected}


async def test_every_kind_of_field_takes_what_a_person_enters(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    general = call.workspace.add_channel("general", members=[anna])
    modal = await open_modal(
        call,
        app,
        anna,
        an_input("Note"),
        an_input("Amount", element("number_input", is_decimal_allowed=True)),
        an_input("Date", element("datepicker")),
        an_input("Method", a_select()),
        an_input("Kind", element("radio_buttons", options=TWO)),
        an_input("Invoices", element("multi_static_select", options=TWO)),
        an_input("Owner", element("users_select")),
        an_input("Alerts", element("conversations_select", response_url_enabled=True)),
        an_input("Sync", element("checkboxes", options=TWO)),
    )
    await modal.fill("Note", "By post")
    await modal.fill("Amount", "500.00")
    await modal.set_date("Date", date(2026, 3, 5))
    await modal.choose("Method", "Option 1")
    await modal.choose("Kind", "Option 0")
    await modal.choose("Invoices", "Option 1")
    await modal.choose("Invoices", "Option 0")
    await modal.choose("Owner", "Anna Berg")
    await modal.choose("Alerts", "general")
    await modal.check("Option 1")

    seen = {label: modal.value(label) for label in modal.labels}
    assert seen == {
        "Note": "By post",
        "Amount": "500.00",
        "Date": date(2026, 3, 5),
        "Method": "Option 1",
        "Kind": "Option 0",
        "Invoices": ["Option 1", "Option 0"],
        "Owner": "Anna Berg",
        "Alerts": "general",
        "Sync": ["Option 1"],
    }
    await modal.submit()
    values = app.last["view"]["state"]["values"]
    assert values["date"]["date"] == {"type": "datepicker", "selected_date": "2026-03-05"}
    assert values["owner"]["owner"]["selected_user"] == anna.id
    assert values["method"]["method"]["selected_option"]["value"] == "option 1"
    [response] = app.last["response_urls"]
    assert (response["block_id"], response["channel_id"]) == ("alerts", general.id)


async def test_boxes_are_checked_and_unchecked(call: Caller, app: FakeApp, anna: Person) -> None:
    boxes = element("checkboxes", options=TWO, initial_options=TWO)
    modal = await open_modal(call, app, anna, an_input("Boxes", boxes))
    await modal.uncheck("Option 0")
    assert (modal.is_checked("Option 0"), modal.is_checked("Option 1")) == (False, True)


async def test_labels_that_are_not_there_are_answered_with_those_that_are(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"))
    with pytest.raises(CannotDo, match=r"'amount'.*\['Amount'\]"):
        await modal.fill("amount", "5")
    with pytest.raises(CannotDo, match="no checkbox says 'Sync'"):
        await modal.check("Sync")


async def test_only_what_is_offered_can_be_chosen(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, an_input("Method", a_select()))
    with pytest.raises(CannotDo, match="does not offer 'Gold'"):
        await modal.choose("Method", "Gold")
    with pytest.raises(CannotDo, match="no field to type into"):
        await modal.fill("Method", "Gold")


async def test_fields_in_sections_and_actions_tell_the_app_at_once(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(
        call,
        app,
        anna,
        {
            "type": "section",
            "text": mrkdwn("*Filter*"),
            "accessory": a_select(action_id="filter"),
        },
        actions({**a_select(action_id="sort"), "placeholder": plain("Sort by")}),
        an_input("Quiet", a_select()),
        an_input("Loud", a_select(), dispatch_action=True),
    )
    assert modal.labels == ["Filter", "Sort by", "Quiet", "Loud"]
    told = []
    for label in modal.labels:
        acts = len(app.received)
        await modal.choose(label, "Option 1")
        if len(app.received) > acts:
            told.append(app.last["actions"][0]["action_id"])
            assert app.last["actions"][0]["selected_option"]["value"] == "option 1"
    assert told == ["filter", "sort", "loud"]


COMPLAINTS: dict[str, tuple[Body, str]] = {
    "too short": (element("plain_text_input", min_length=3), "ab"),
    "too long": (element("plain_text_input", max_length=3), "abcd"),
    "no number": (element("number_input", is_decimal_allowed=True), "five"),
    "no whole number": (element("number_input", is_decimal_allowed=False), "5.5"),
    "too small": (element("number_input", is_decimal_allowed=True, min_value="1"), "0.5"),
    "too large": (element("number_input", is_decimal_allowed=True, max_value="9"), "10"),
    "no address": (element("email_text_input"), "anna"),
    "no link": (element("url_text_input"), "anna"),
    "empty": (element("plain_text_input"), ""),
}


@pytest.mark.parametrize("name", COMPLAINTS)
async def test_slacks_client_refuses_what_is(
    call: Caller, app: FakeApp, anna: Person, name: str
) -> None:
    given, typed = COMPLAINTS[name]
    modal = await open_modal(call, app, anna, an_input("Field", given))
    await modal.fill("Field", typed)
    acts = len(app.received)
    result = await modal.submit()
    assert (result.accepted, result.status, list(result.errors)) == (False, None, ["Field"])
    assert len(app.received) == acts
    assert modal.errors == result.errors


async def test_an_optional_field_may_stay_empty(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, an_input("Note", optional=True))
    assert (await modal.submit()).accepted


async def test_a_multi_select_stops_at_its_most(call: Caller, app: FakeApp, anna: Person) -> None:
    several = element("multi_static_select", options=TWO, max_selected_items=1)
    modal = await open_modal(call, app, anna, an_input("Invoices", several))
    await modal.choose("Invoices", "Option 0")
    with pytest.raises(CannotDo, match="no more than 1"):
        await modal.choose("Invoices", "Option 1")
    await modal.clear("Invoices")
    await modal.choose("Invoices", "Option 1")
    assert modal.value("Invoices") == ["Option 1"]


async def test_hints_and_all_visible_text_are_read(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(
        call,
        app,
        anna,
        a_section("*Acme* owes 500"),
        an_input("Description", hint=plain("Shown on the statement")),
    )
    assert modal.hint("Description") == "Shown on the statement"
    assert modal.text.splitlines() == [
        "Record a payment",
        "Acme owes 500",
        "Description",
        "Shown on the statement",
        "Record",
        "Cancel",
    ]
