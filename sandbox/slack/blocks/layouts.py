"""Every layout block with its published limits, and on which surfaces it may stand."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sandbox.slack.blocks.charts import CHART
from sandbox.slack.blocks.elements import (
    BUTTON,
    EITHER,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    LONGEST_ID,
    LONGEST_URL,
)
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
    tagged,
    text,
    whole,
)


class Surface(StrEnum):
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


LONGEST_TEXT = 3_000
LONGEST_MARKDOWN = 12_000  # Over all markdown blocks of a message.
LONGEST_LABEL = 2_000
MOST_CELLS_ACROSS = 20
MOST_ROWS = 100
MOST_DATA_ROWS = 201  # A header and 200 rows.

EVERYWHERE = frozenset(Surface)
NOT_IN_MODALS = frozenset({Surface.MESSAGE, Surface.HOME})
MESSAGES_ONLY = frozenset({Surface.MESSAGE})
MODALS_ONLY = frozenset({Surface.MODAL})


def _block(required: dict[str, Rule] | None = None, **optional: Rule) -> Rule:
    block_id = chars(LONGEST_ID)
    return record({"type": anything, **(required or {})}, {"block_id": block_id, **optional})


def _open_block(**required: Rule) -> Rule:
    return record({"type": anything, **required}, {"block_id": chars(LONGEST_ID)}, open_=True)


def _says_something(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - a well-formed block.
    if "text" not in value and "fields" not in value:
        yield Problem(at, "missing required field: text or fields")


def _has_a_picture(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - a well-formed block.
    if "image_url" not in value and "slack_file" not in value:
        yield Problem(at, "missing required field: image_url or slack_file")


def _rows_of_one_length(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - a well-formed block.
    lengths = {len(row) for row in value["rows"]}
    if len(lengths) > 1:
        yield Problem(f"{at}/rows", "all rows must have the same number of cells")


CELL = tagged(
    {
        "raw_text": record({"type": anything, "text": chars(LONGEST_TEXT)}),
        "raw_number": record({"type": anything, "value": anything}, {"text": chars(LONGEST_TEXT)}),
        "rich_text": record({"type": anything, "elements": anything}, open_=True),
    }
)
ROW = items(CELL, most=MOST_CELLS_ACROSS)
COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
CONTEXT_ITEM = tagged(
    {
        "image": IMAGE,
        **{kind: text(LONGEST_LABEL, kinds=(kind,)) for kind in EITHER},
    }
)

SHAPES: dict[str, Rule] = {
    "section": all_of(
        _block(
            text=text(LONGEST_TEXT, kinds=EITHER),
            fields=items(text(2_000, kinds=EITHER), most=10),
            accessory=tagged(IN_SECTION),
            expand=flag,
        ),
        _says_something,
    ),
    "divider": _block(),
    "header": _block({"text": text(150)}, level=whole(1, 4)),
    "context": _block({"elements": items(CONTEXT_ITEM, most=10)}),
    "actions": _block({"elements": items(tagged(IN_ACTIONS), most=25)}),
    "context_actions": _block({"elements": items(tagged(IN_CONTEXT_ACTIONS), most=5)}),
    "image": all_of(
        _block(
            {"alt_text": chars(2_000)},
            image_url=chars(LONGEST_URL),
            slack_file=anything,
            title=text(2_000),
        ),
        _has_a_picture,
    ),
    "input": _block(
        {"label": text(LONGEST_LABEL), "element": tagged(IN_INPUT)},
        hint=text(LONGEST_LABEL),
        optional=flag,
        dispatch_action=flag,
    ),
    "markdown": _block({"text": chars(LONGEST_MARKDOWN, minimum=1)}),
    "rich_text": _block({"elements": items(anything, most=MOST_ROWS, least=0)}),
    "alert": _block(
        {"text": text(200, kinds=EITHER)},
        level=one_of("default", "info", "warning", "error", "success"),
    ),
    "table": _block(
        {"rows": items(ROW, most=MOST_ROWS)},
        column_settings=items(COLUMN, most=MOST_CELLS_ACROSS),
    ),
    "data_table": all_of(
        _block(
            {
                "caption": chars(LONGEST_TEXT, minimum=1),
                "rows": items(ROW, most=MOST_DATA_ROWS, least=2),
            },
            page_size=whole(1, 100),
            row_header_column_index=whole(0, MOST_CELLS_ACROSS - 1),
        ),
        _rows_of_one_length,
    ),
    "data_visualization": _block({"title": chars(50, minimum=1), "chart": CHART}),
    "card": _block(
        title=text(150, kinds=EITHER),
        subtitle=text(150, kinds=EITHER),
        body=text(200, kinds=EITHER),
        subtext=text(200, kinds=EITHER),
        hero_image=IMAGE,
        icon=IMAGE,
        actions=items(BUTTON, most=3),
    ),
    "carousel": _open_block(elements=items(anything, most=10)),
    "video": _open_block(alt_text=anything, title=anything, video_url=anything),
    "file": _open_block(external_id=anything, source=anything),
    "plan": _open_block(),
    "task_card": _open_block(),
}


SHAPES["container"] = _open_block(title=anything, child_blocks=items(tagged(SHAPES), most=10))


SURFACES: dict[str, frozenset[Surface]] = {
    **dict.fromkeys(SHAPES, EVERYWHERE),
    **dict.fromkeys(("table", "data_table", "carousel"), NOT_IN_MODALS),
    **dict.fromkeys(
        (
            "container",
            "context_actions",
            "data_visualization",
            "file",
            "markdown",
            "plan",
            "task_card",
        ),
        MESSAGES_ONLY,
    ),
    "alert": MODALS_ONLY,
}


def block_on(surface: Surface) -> Rule:
    return tagged({kind: rule for kind, rule in SHAPES.items() if surface in SURFACES[kind]})
