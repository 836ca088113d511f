"""Every interactive element with its published limits, and where each may stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.slack.blocks.rules import (
    Problem,
    Rule,
    all_of,
    anything,
    chars,
    flag,
    items,
    one_of,
    record,
    text,
    whole,
)

EITHER = ("plain_text", "mrkdwn")
LONGEST_ID = 255
LONGEST_URL = 3_000
LONGEST_INPUT = 3_000
MOST_OPTIONS = 100
MOST_BOXES = 10  # Checkboxes and radio buttons show all at once.
MOST_OVERFLOW = 5
MOST_FILES = 10
NUMERIC = r"-?\d+(\.\d+)?"

IDENTITY = chars(LONGEST_ID, minimum=1)
PLACEHOLDER = text(150)
CONFIRM = record(
    {
        "title": text(100),
        "text": text(300, kinds=EITHER),
        "confirm": text(30),
        "deny": text(30),
    },
    {"style": one_of("primary", "danger")},
)


def _option(*, kinds: tuple[str, ...] = ("plain_text",), url: bool = False) -> Rule:
    fields = {"text": text(75, kinds=kinds), "value": chars(150, minimum=1)}
    extras: dict[str, Rule] = {"description": text(75, kinds=kinds)}
    if url:
        extras["url"] = chars(LONGEST_URL)
    return record(fields, extras)


OPTION = _option()
OPTIONS = items(OPTION, most=MOST_OPTIONS)
BOXES = items(_option(kinds=EITHER), most=MOST_BOXES)
OPTION_GROUPS = items(
    record({"label": text(75), "options": OPTIONS}),
    most=MOST_OPTIONS,
)
DISPATCH = record(
    {},
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), most=2)},
)
FILTER = record(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)


def offered_options(element: Mapping[str, Any]) -> list[Any]:
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(o for g in groups for o in g["options"])]


def _starts_with_what_it_offers(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - a well-formed element.
    """`initial_option(s)` must be exactly one of the options, description included."""
    offered = offered_options(value)
    chosen = [("initial_option", value["initial_option"])] if "initial_option" in value else []
    chosen += [("initial_options", option) for option in value.get("initial_options", [])]
    for name, option in chosen:
        if option not in offered:
            yield Problem(f"{at}/{name}", "initial option must be among the options")


def _one_source_of_options(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - a well-formed element.
    if ("options" in value) == ("option_groups" in value):
        yield Problem(at, "exactly one of options and option_groups is required")


def _lengths_in_order(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - a well-formed element.
    if value.get("min_length", 0) > value.get("max_length", LONGEST_INPUT):
        yield Problem(f"{at}/min_length", "min_length must not exceed max_length")


def _element(required: Mapping[str, Rule], /, **optional: Rule) -> Rule:
    return record({"type": anything, **required}, {"action_id": IDENTITY, **optional})


def _menu(**optional: Rule) -> Rule:
    return _element({}, placeholder=PLACEHOLDER, confirm=CONFIRM, focus_on_load=flag, **optional)


def _several(**optional: Rule) -> Rule:
    return _menu(max_selected_items=whole(1, MOST_OPTIONS), **optional)


def _typed(required: Mapping[str, Rule], /, **optional: Rule) -> Rule:
    return _element(
        required,
        placeholder=PLACEHOLDER,
        dispatch_action_config=DISPATCH,
        focus_on_load=flag,
        **optional,
    )


NAMES = items(chars(LONGEST_ID), most=MOST_OPTIONS, least=0)
CHOICE = {"options": OPTIONS, "option_groups": OPTION_GROUPS}

BUTTON = _element(
    {"text": text(75)},
    url=chars(LONGEST_URL),
    value=chars(2_000),
    style=one_of("primary", "danger"),
    confirm=CONFIRM,
    accessibility_label=chars(75),
)
IMAGE = record(
    {"type": anything, "alt_text": chars(2_000)},
    {"image_url": chars(LONGEST_URL), "slack_file": anything},
)

ELEMENTS: dict[str, Rule] = {
    "button": BUTTON,
    "image": IMAGE,
    "overflow": _element(
        {"options": items(_option(url=True), most=MOST_OVERFLOW)}, confirm=CONFIRM
    ),
    "checkboxes": all_of(
        _element({"options": BOXES}, initial_options=BOXES, confirm=CONFIRM, focus_on_load=flag),
        _starts_with_what_it_offers,
    ),
    "radio_buttons": all_of(
        _element(
            {"options": BOXES},
            initial_option=_option(kinds=EITHER),
            confirm=CONFIRM,
            focus_on_load=flag,
        ),
        _starts_with_what_it_offers,
    ),
    "static_select": all_of(
        _menu(**CHOICE, initial_option=OPTION),
        _one_source_of_options,
        _starts_with_what_it_offers,
    ),
    "multi_static_select": all_of(
        _several(**CHOICE, initial_options=OPTIONS),
        _one_source_of_options,
        _starts_with_what_it_offers,
    ),
    "external_select": _menu(min_query_length=whole(0, 255), initial_option=OPTION),
    "multi_external_select": _several(min_query_length=whole(0, 255), initial_options=OPTIONS),
    "users_select": _menu(initial_user=chars(LONGEST_ID)),
    "multi_users_select": _several(initial_users=NAMES),
    "conversations_select": _menu(
        initial_conversation=chars(LONGEST_ID),
        default_to_current_conversation=flag,
        response_url_enabled=flag,
        filter=FILTER,
    ),
    "multi_conversations_select": _several(
        initial_conversations=NAMES, default_to_current_conversation=flag, filter=FILTER
    ),
    "channels_select": _menu(initial_channel=chars(LONGEST_ID), response_url_enabled=flag),
    "multi_channels_select": _several(initial_channels=NAMES),
    "datepicker": _menu(initial_date=chars(10, pattern=r"\d{4}-\d{2}-\d{2}")),
    "timepicker": _menu(
        initial_time=chars(5, pattern=r"([01]\d|2[0-3]):[0-5]\d"), timezone=chars(LONGEST_ID)
    ),
    "datetimepicker": _element(
        {}, initial_date_time=whole(10**9, 10**10 - 1), confirm=CONFIRM, focus_on_load=flag
    ),
    "plain_text_input": all_of(
        _typed(
            {},
            initial_value=chars(LONGEST_INPUT),
            multiline=flag,
            min_length=whole(0, LONGEST_INPUT),
            max_length=whole(1, LONGEST_INPUT),
        ),
        _lengths_in_order,
    ),
    "number_input": _typed(
        {"is_decimal_allowed": flag},
        initial_value=chars(LONGEST_ID, pattern=NUMERIC),
        min_value=chars(LONGEST_ID, pattern=NUMERIC),
        max_value=chars(LONGEST_ID, pattern=NUMERIC),
    ),
    "email_text_input": _typed({}, initial_value=chars(LONGEST_INPUT)),
    "url_text_input": _typed({}, initial_value=chars(LONGEST_INPUT)),
    "rich_text_input": _typed({}, initial_value=anything),
    "file_input": _element(
        {}, filetypes=items(chars(LONGEST_ID), most=MOST_OPTIONS), max_files=whole(1, MOST_FILES)
    ),
    "workflow_button": _element({"text": text(75), "workflow": anything}),
    "feedback_buttons": _element({"positive_button": anything, "negative_button": anything}),
    "icon_button": _element({"text": text(75), "icon": anything}, value=chars(2_000)),
}


def _only(*kinds: str) -> dict[str, Rule]:
    return {kind: ELEMENTS[kind] for kind in kinds}


MENUS = ("static_select", "external_select", "users_select", "conversations_select")
SINGLE = (*MENUS, "channels_select")
MULTI = tuple(f"multi_{kind}" for kind in SINGLE)
PICKED = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input")

IN_SECTION = _only("button", "image", "overflow", "workflow_button", *PICKED, *SINGLE, *MULTI)
IN_ACTIONS = _only("button", "overflow", "workflow_button", "datetimepicker", *PICKED, *SINGLE)
IN_INPUT = _only(
    *TYPED, "rich_text_input", "file_input", "datetimepicker", *PICKED, *SINGLE, *MULTI
)
IN_CONTEXT_ACTIONS = _only("feedback_buttons", "icon_button")
