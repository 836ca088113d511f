"""Each published limit of Block Kit, at the limit and one past it."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.slack.blocks.layouts import SHAPES, SURFACES, Surface
from sandbox.slack.blocks.validate import check_message_blocks, check_view
from sandbox.slack.errors import ApiError
from tests.slack_sandbox.kit import (
    Body,
    a_button,
    a_home,
    a_modal,
    a_section,
    a_select,
    actions,
    an_input,
    an_option,
    an_overflow,
    mrkdwn,
    options,
    plain,
)

Build = Callable[[int], list[Body]]


def confirm(**texts: Body) -> Body:
    usual = {"title": plain("Sure?"), "text": plain("It is gone."), "confirm": plain("Void")}
    return {**usual, "deny": plain("Keep"), **texts}


def table(rows: int, columns: int, cell: str = "1") -> Body:
    row = [{"type": "raw_text", "text": cell}] * columns
    return {"type": "table", "rows": [row] * rows}


def table_of(characters: int) -> Body:
    cells = [table(1, 1, "x" * size)["rows"][0] for size in (3000, 3000, 3000, characters - 9000)]
    return {"type": "table", "rows": cells}


def several(**more: object) -> Body:
    return {"type": "multi_static_select", "options": options(2), **more}


def data_table(rows: int) -> Body:
    row = [{"type": "raw_text", "text": "1"}]
    return {"type": "data_table", "caption": "Payments", "rows": [row] * rows}


MESSAGE_LIMITS: dict[str, tuple[int, Build]] = {
    "blocks in a message": (50, lambda n: [a_section() for _ in range(n)]),
    "block_id": (255, lambda n: [a_section(block_id="b" * n)]),
    "section text": (3000, lambda n: [a_section("x" * n)]),
    "section fields": (10, lambda n: [{"type": "section", "fields": [mrkdwn("x")] * n}]),
    "section field": (2000, lambda n: [{"type": "section", "fields": [mrkdwn("x" * n)]}]),
    "header": (150, lambda n: [{"type": "header", "text": plain("x" * n)}]),
    "context elements": (10, lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}]),
    "actions elements": (25, lambda n: [actions(*[a_button() for _ in range(n)])]),
    "button text": (75, lambda n: [actions(a_button("x" * n))]),
    "button value": (2000, lambda n: [actions(a_button(value="x" * n))]),
    "button url": (3000, lambda n: [actions(a_button(url="x" * n))]),
    "button accessibility_label": (75, lambda n: [actions(a_button(accessibility_label="x" * n))]),
    "action_id": (255, lambda n: [actions(a_button(action_id="a" * n))]),
    "overflow options": (5, lambda n: [actions(an_overflow(*map(str, range(n))))]),
    "overflow option url": (
        3000,
        lambda n: [actions({"type": "overflow", "options": [an_option(url="x" * n)]})],
    ),
    "select options": (100, lambda n: [actions(a_select(n))]),
    "option groups": (
        100,
        lambda n: [
            actions(
                {
                    "type": "static_select",
                    "option_groups": [{"label": plain("x"), "options": options(1)}] * n,
                }
            )
        ],
    ),
    "option text": (75, lambda n: [actions(a_select(options=[an_option("x" * n)]))]),
    "option value": (150, lambda n: [actions(a_select(options=[an_option(value="x" * n)]))]),
    "option description": (
        75,
        lambda n: [actions(a_select(options=[an_option(description=plain("x" * n))]))],
    ),
    "placeholder": (150, lambda n: [actions(a_select(placeholder=plain("x" * n)))]),
    "checkboxes": (10, lambda n: [actions({"type": "checkboxes", "options": options(n)})]),
    "radio buttons": (10, lambda n: [actions({"type": "radio_buttons", "options": options(n)})]),
    "confirm title": (100, lambda n: [actions(a_button(confirm=confirm(title=plain("x" * n))))]),
    "confirm text": (300, lambda n: [actions(a_button(confirm=confirm(text=plain("x" * n))))]),
    "confirm yes": (30, lambda n: [actions(a_button(confirm=confirm(confirm=plain("x" * n))))]),
    "confirm no": (30, lambda n: [actions(a_button(confirm=confirm(deny=plain("x" * n))))]),
    "image alt_text": (2000, lambda n: [{"type": "image", "image_url": "u", "alt_text": "x" * n}]),
    "image url": (3000, lambda n: [{"type": "image", "image_url": "u" * n, "alt_text": "x"}]),
    "markdown in one block": (12_000, lambda n: [{"type": "markdown", "text": "x" * n}]),
    "markdown over all blocks": (
        12_000,
        lambda n: [{"type": "markdown", "text": "x"}, {"type": "markdown", "text": "x" * (n - 1)}],
    ),
    "table rows": (100, lambda n: [table(n, 1)]),
    "table columns": (20, lambda n: [table(1, n)]),
    "table characters": (10_000, lambda n: [table_of(n)]),
    "tables in a message": (1, lambda n: [table(1, 1)] * n),
    "data table rows": (201, lambda n: [data_table(n)]),
    "data table page": (100, lambda n: [{**data_table(2), "page_size": n}]),
    "card title": (150, lambda n: [{"type": "card", "title": plain("x" * n)}]),
    "card body": (200, lambda n: [{"type": "card", "body": plain("x" * n)}]),
    "card buttons": (3, lambda n: [{"type": "card", "actions": [a_button()] * n}]),
    "selected items": (100, lambda n: [a_section(accessory=several(max_selected_items=n))]),
}  # fmt: skip

VIEW_LIMITS: dict[str, tuple[int, Callable[[int], Body]]] = {
    "blocks in a modal": (100, lambda n: a_modal(*[a_section() for _ in range(n)])),
    "title": (24, lambda n: a_modal(title=plain("x" * n))),
    "submit": (24, lambda n: a_modal(submit=plain("x" * n))),
    "close": (24, lambda n: a_modal(close=plain("x" * n))),
    "private_metadata": (3000, lambda n: a_modal(private_metadata="x" * n)),
    "callback_id": (255, lambda n: a_modal(callback_id="x" * n)),
    "external_id": (255, lambda n: a_modal(external_id="x" * n)),
    "input label": (2000, lambda n: a_modal({**an_input("x"), "label": plain("x" * n)})),
    "input hint": (2000, lambda n: a_modal(an_input("x", hint=plain("x" * n)))),
    "alert": (200, lambda n: a_modal({"type": "alert", "text": plain("x" * n)})),
    "min_length": (3000, lambda n: a_modal(an_input("x", typed(min_length=n)))),
    "max_length": (3000, lambda n: a_modal(an_input("x", typed(max_length=n)))),
    "initial_value": (3000, lambda n: a_modal(an_input("x", typed(initial_value="x" * n)))),
    "files": (10, lambda n: a_modal(an_input("x", {"type": "file_input", "max_files": n}))),
    "focus_on_load": (
        1,
        lambda n: a_modal(*[an_input(f"x{i}", typed(focus_on_load=True)) for i in range(n)]),
    ),
}


def typed(**more: object) -> Body:
    return {"type": "plain_text_input", **more}


def refusal(check: Callable[[], None]) -> ApiError:
    with pytest.raises(ApiError) as refused:
        check()
    return refused.value


@pytest.mark.parametrize("name", MESSAGE_LIMITS)
def test_a_message_at_its_limit_is_accepted_and_one_past_it_is_not(name: str) -> None:
    limit, build = MESSAGE_LIMITS[name]
    check_message_blocks(build(limit))
    refused = refusal(lambda: check_message_blocks(build(limit + 1)))
    assert refused.code == "invalid_blocks"
    assert all("json-pointer:/blocks" in message for message in refused.messages)


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_view_at_its_limit_is_accepted_and_one_past_it_is_not(name: str) -> None:
    limit, build = VIEW_LIMITS[name]
    check_view(build(limit), surface=Surface.MODAL)
    refused = refusal(lambda: check_view(build(limit + 1), surface=Surface.MODAL))
    assert refused.code == "invalid_arguments"
    assert all("json-pointer:/view" in message for message in refused.messages)


def test_a_view_of_250_kilobytes_is_too_large() -> None:
    blocks = [a_section("x" * 3000) for _ in range(85)]
    assert refusal(lambda: check_view(a_modal(*blocks), surface=Surface.MODAL)).code == (
        "view_too_large"
    )


def test_a_home_tab_holds_a_hundred_blocks() -> None:
    check_view(a_home(*[a_section() for _ in range(100)]), surface=Surface.HOME)
    too_many = a_home(*[a_section() for _ in range(101)])
    assert refusal(lambda: check_view(too_many, surface=Surface.HOME)).code == "invalid_arguments"


REFUSED_MESSAGES: dict[str, Any] = {
    "an empty text": [a_section("")],
    "a section without text or fields": [{"type": "section"}],
    "an unknown block": [{"type": "marquee"}],
    "a block without a type": [{"text": plain("x")}],
    "an unknown element": [actions({"type": "slider"})],
    "a text input among actions": [actions(typed())],
    "a multi-select among actions": [actions(several())],
    "a header in mrkdwn": [{"type": "header", "text": mrkdwn("x")}],
    "a button in mrkdwn": [actions({"type": "button", "text": mrkdwn("x")})],
    "an unknown style": [actions(a_button(style="loud"))],
    "an unknown property": [a_section(colour="red")],
    "two blocks of one block_id": [a_section(block_id="b"), a_section(block_id="b")],
    "two elements of one action_id": [actions(a_button(action_id="a"), a_button(action_id="a"))],
    "an initial option that is not offered": [actions(a_select(initial_option=an_option("No")))],
    "neither options nor groups": [actions({"type": "static_select"})],
    "both options and groups": [
        actions(a_select(option_groups=[{"label": plain("x"), "options": options(1)}]))
    ],
    "no options": [actions(a_select(options=[]))],
    "an option url outside an overflow": [actions(a_select(options=[an_option(url="u")]))],
    "an empty option value": [actions(a_select(options=[an_option(value="")]))],
    "an image without a picture": [{"type": "image", "alt_text": "x"}],
    "an image without alt_text": [{"type": "image", "image_url": "u"}],
    "a date in another form": [actions({"type": "datepicker", "initial_date": "01/02/2026"})],
    "a time in another form": [actions({"type": "timepicker", "initial_time": "9:00"})],
    "a moment in milliseconds": [
        actions({"type": "datetimepicker", "initial_date_time": 1_700_000_000_000})
    ],
    "rows of unequal length": [
        {
            "type": "data_table",
            "caption": "x",
            "rows": [[{"type": "raw_text", "text": "1"}] * n for n in (1, 2)],
        }
    ],
    "no elements": [actions()],
}


@pytest.mark.parametrize("name", REFUSED_MESSAGES)
def test_a_message_is_refused_with(name: str) -> None:
    refused = refusal(lambda: check_message_blocks(REFUSED_MESSAGES[name]))
    assert (refused.code, bool(refused.messages)) == ("invalid_blocks", True)


REFUSED_VIEWS: dict[str, Body] = {
    "an input but no submit": {
        "type": "modal",
        "title": plain("x"),
        "blocks": [an_input("Amount")],
    },
    "no title": {"type": "modal", "blocks": []},
    "a title in mrkdwn": a_modal(title=mrkdwn("x")),
    "no blocks": {"type": "modal", "title": plain("x")},
    "a number as a number": a_modal(
        an_input("x", {"type": "number_input", "is_decimal_allowed": True, "min_value": 1})
    ),
    "a number without is_decimal_allowed": a_modal(an_input("x", {"type": "number_input"})),
    "min_length beyond max_length": a_modal(an_input("x", typed(min_length=5, max_length=4))),
    "a button as input": a_modal(an_input("x", a_button())),
    "a home tab for a modal": a_home(),
}


@pytest.mark.parametrize("name", REFUSED_VIEWS)
def test_a_view_is_refused_with(name: str) -> None:
    refused = refusal(lambda: check_view(REFUSED_VIEWS[name], surface=Surface.MODAL))
    assert (refused.code, bool(refused.messages)) == ("invalid_arguments", True)


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    check_message_blocks([actions(a_button(action_id="a")), actions(a_button(action_id="a"))])


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        ("alert", {"modal"}),
        ("table", {"message", "home"}),
        ("data_table", {"message", "home"}),
        ("carousel", {"message", "home"}),
        ("card", {"message", "modal", "home"}),
        ("markdown", {"message"}),
        ("container", {"message"}),
        ("data_visualization", {"message"}),
        ("input", {"message", "modal", "home"}),
        ("section", {"message", "modal", "home"}),
    ],
)
def test_a_block_stands_only_on_its_surfaces(kind: str, allowed: set[str]) -> None:
    assert {surface.value for surface in SURFACES[kind]} == allowed


def a_chart(*series: Body, days: tuple[str, ...] = ("Mon", "Tue")) -> Body:
    chart = {"type": "bar", "series": list(series), "axis_config": {"categories": list(days)}}
    return {"type": "data_visualization", "title": "Payments", "chart": chart}


def a_series(name: str = "Synced", *values: float) -> Body:
    points = [{"label": day, "value": n} for day, n in zip(("Mon", "Tue"), values, strict=False)]
    return {"name": name, "data": points}


def test_a_chart_has_a_point_for_each_category_in_each_series() -> None:
    check_message_blocks([a_chart(a_series("Synced", 1, 2), a_series("Failed", 0, 0.5))])


@pytest.mark.parametrize(
    ("chart", "why"),
    [
        (a_chart(a_series("Synced", 1)), "labels must match the axis categories"),
        (a_chart(a_series(), a_series()), "no fewer than 1 items allowed"),
        (a_chart(a_series("Synced", 1, 2), a_series("Synced", 1, 2)), "must be unique"),
        (a_chart(a_series("x" * 21, 1, 2)), "must be less than 21 characters"),
        (a_chart(a_series("Synced", True, 2)), "must provide a number"),
        (a_chart(*(a_series(f"{n}", 1, 2) for n in range(13))), "no more than 12 items"),
    ],
)
def test_a_chart_is_refused_where(chart: Body, why: str) -> None:
    refused = refusal(lambda: check_message_blocks([chart]))
    assert any(why in message for message in refused.messages)


def test_a_message_with_an_alert_is_refused_by_its_type() -> None:
    refused = refusal(lambda: check_message_blocks([{"type": "alert", "text": plain("x")}]))
    assert refused.messages == [
        "[ERROR] unsupported type: alert [json-pointer:/blocks/0/type]",
    ]


def test_every_kind_of_block_has_a_surface() -> None:
    assert SURFACES.keys() == SHAPES.keys()


def test_a_refusal_says_where_and_what() -> None:
    refused = refusal(lambda: check_message_blocks([a_section(), a_section("x" * 3001)]))
    assert refused.messages == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]


def test_blocks_that_are_no_list_have_no_format() -> None:
    assert refusal(lambda: check_message_blocks("{}")).code == "invalid_blocks_format"
