"""`view.state.values`: how each kind of element holds what a person entered."""

import copy
from typing import NamedTuple

from sandbox.slack.blocks.walk import interactive
from sandbox.slack.records import FormState, Payload


class Slot(NamedTuple):
    """Where an element's state keeps its value, and which property of the element starts it."""

    key: str
    initial: str | None
    many: bool = False


SLOTS = {
    "plain_text_input": Slot("value", "initial_value"),
    "number_input": Slot("value", "initial_value"),
    "email_text_input": Slot("value", "initial_value"),
    "url_text_input": Slot("value", "initial_value"),
    "rich_text_input": Slot("rich_text_value", "initial_value"),
    "file_input": Slot("files", None, many=True),
    "datepicker": Slot("selected_date", "initial_date"),
    "timepicker": Slot("selected_time", "initial_time"),
    "datetimepicker": Slot("selected_date_time", "initial_date_time"),
    "checkboxes": Slot("selected_options", "initial_options", many=True),
    "radio_buttons": Slot("selected_option", "initial_option"),
    "static_select": Slot("selected_option", "initial_option"),
    "external_select": Slot("selected_option", "initial_option"),
    "users_select": Slot("selected_user", "initial_user"),
    "conversations_select": Slot("selected_conversation", "initial_conversation"),
    "channels_select": Slot("selected_channel", "initial_channel"),
    "multi_static_select": Slot("selected_options", "initial_options", many=True),
    "multi_external_select": Slot("selected_options", "initial_options", many=True),
    "multi_users_select": Slot("selected_users", "initial_users", many=True),
    "multi_conversations_select": Slot(
        "selected_conversations", "initial_conversations", many=True
    ),
    "multi_channels_select": Slot("selected_channels", "initial_channels", many=True),
}


def untouched(element: Payload) -> Payload:
    slot = SLOTS[element["type"]]
    initial = element.get(slot.initial) if slot.initial else None
    empty: list[object] | None = [] if slot.many else None
    return {"type": element["type"], slot.key: copy.deepcopy(initial) if initial else empty}


def fresh(blocks: list[Payload]) -> FormState:
    form: FormState = {}
    for block, element in interactive(blocks):
        if element["type"] in SLOTS:
            form.setdefault(block["block_id"], {})[element["action_id"]] = untouched(element)
    return form


def carried_over(form: FormState, blocks: list[Payload]) -> FormState:
    """Keep what was entered where block_id, action_id and type are the same, as an update does."""
    result = fresh(blocks)
    for block_id, elements in result.items():
        for action_id, state in elements.items():
            entered = form.get(block_id, {}).get(action_id)
            if entered and entered["type"] == state["type"]:
                elements[action_id] = entered
    return result
