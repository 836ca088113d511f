"""Refuses what Slack refuses: in one block, between blocks, and on each surface."""

import json
from collections import Counter
from collections.abc import Iterator

from sandbox.slack.blocks.elements import LONGEST_ID
from sandbox.slack.blocks.layouts import LONGEST_MARKDOWN, LONGEST_TEXT, Surface, block_on
from sandbox.slack.blocks.rules import Problem, anything, chars, flag, items, one_of, record, text
from sandbox.slack.blocks.walk import flat, interactive
from sandbox.slack.errors import ApiError
from sandbox.slack.records import Payload

MOST_BLOCKS = {Surface.MESSAGE: 50, Surface.MODAL: 100, Surface.HOME: 100}
LONGEST_CELLS = 10_000  # Characters over all cells of a message's table.
LARGEST_VIEW = 250_000  # Bytes of the view's JSON.
LONGEST_TITLE = 24

BLOCKS = {
    surface: items(block_on(surface), most=most, least=0) for surface, most in MOST_BLOCKS.items()
}
SHARED_FIELDS = {
    "private_metadata": chars(LONGEST_TEXT),
    "callback_id": chars(LONGEST_ID),
    "external_id": chars(LONGEST_ID),
    "clear_on_close": flag,
    "notify_on_close": flag,
}
VIEWS = {
    Surface.MODAL: record(
        {"type": one_of("modal"), "title": text(LONGEST_TITLE), "blocks": BLOCKS[Surface.MODAL]},
        {
            "submit": text(LONGEST_TITLE),
            "close": text(LONGEST_TITLE),
            "submit_disabled": flag,
            **SHARED_FIELDS,
        },
    ),
    Surface.HOME: record(
        {"type": one_of("home"), "blocks": BLOCKS[Surface.HOME]},
        {"title": anything, "submit": anything, "close": anything, **SHARED_FIELDS},
    ),
}


def check_message_blocks(blocks: object) -> None:
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    problems = list(BLOCKS[Surface.MESSAGE](blocks, "/blocks"))
    problems = problems or list(_between_blocks(blocks, "/blocks"))
    if problems:
        raise ApiError("invalid_blocks", messages=[str(problem) for problem in problems])


def check_view(view: object, *, surface: Surface) -> None:
    if len(json.dumps(view).encode()) > LARGEST_VIEW:
        raise ApiError("view_too_large")
    problems = list(VIEWS[surface](view, "/view"))
    if not problems and isinstance(view, dict):
        problems = [*_between_blocks(view["blocks"], "/view/blocks"), *_can_be_submitted(view)]
    if problems:
        raise ApiError("invalid_arguments", messages=[str(problem) for problem in problems])


def _between_blocks(blocks: list[Payload], at: str) -> Iterator[Problem]:
    yield from _same_names(blocks, at)
    if sum(element.get("focus_on_load", False) for _, element in interactive(blocks)) > 1:
        yield Problem(at, "only one element may have focus_on_load")
    if sum(len(b["text"]) for b in blocks if b["type"] == "markdown") > LONGEST_MARKDOWN:
        yield Problem(at, f"markdown must be less than {LONGEST_MARKDOWN + 1} characters in all")
    yield from _tables(blocks, at)


def _same_names(blocks: list[Payload], at: str) -> Iterator[Problem]:
    named = Counter(block["block_id"] for block in flat(blocks) if block.get("block_id"))
    for block_id in (name for name, times in named.items() if times > 1):
        yield Problem(at, f"block_id already exists: {block_id}")
    acts = Counter(
        (id(block), element["action_id"])
        for block, element in interactive(blocks)
        if "action_id" in element
    )
    for (_, action_id), times in acts.items():
        if times > 1:
            yield Problem(at, f"action_id already exists: {action_id}")


def _tables(blocks: list[Payload], at: str) -> Iterator[Problem]:
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        yield Problem(at, "only_one_table_allowed")
    cells = (cell for table in tables for row in table["rows"] for cell in row)
    if sum(len(str(cell.get("text", ""))) for cell in cells) > LONGEST_CELLS:
        yield Problem(at, f"table cells must be less than {LONGEST_CELLS + 1} characters in all")


def _can_be_submitted(view: Payload) -> Iterator[Problem]:
    asks = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and asks and "submit" not in view:
        yield Problem("/view", "missing required field: submit")
