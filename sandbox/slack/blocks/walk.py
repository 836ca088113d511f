"""Walks over blocks: every element in its block, and the defaults that Slack fills in."""

import copy
from collections.abc import Iterator

from sandbox.slack.mint import Mint
from sandbox.slack.records import Payload

SHORT_ID = 5  # Slack names what the app left unnamed with five random characters.
PASSIVE = frozenset(
    {"image", "plain_text", "mrkdwn"}
)  # In context and sections; nobody acts on it.


def flat(blocks: list[Payload]) -> Iterator[Payload]:
    for block in blocks:
        yield block
        if block["type"] == "container":  # No other block's children are looked at.
            yield from flat(block.get("child_blocks", []))


def elements_of(block: Payload) -> list[Payload]:
    match block["type"]:
        case "input":
            return [block["element"]]
        case "section":
            return [block["accessory"]] if "accessory" in block else []
        case "actions" | "context_actions":
            return list(block["elements"])
        case "card":
            return list(block.get("actions", []))
        case _:
            return []


def interactive(blocks: list[Payload]) -> Iterator[tuple[Payload, Payload]]:
    """Every element that a person can act on, with the block it stands in."""
    for block in flat(blocks):
        for element in elements_of(block):
            if element["type"] not in PASSIVE:
                yield block, element


def completed(blocks: list[Payload], mint: Mint) -> list[Payload]:
    """Return the blocks as Slack hands them back: every id present, every text flag explicit."""
    complete = copy.deepcopy(blocks)
    for block in flat(complete):
        block.setdefault("block_id", mint.word(SHORT_ID))
        _complete_texts(block)
    for _, element in interactive(complete):
        element.setdefault("action_id", mint.word(SHORT_ID))
    return complete


def _complete_texts(node: object) -> None:
    if isinstance(node, list):
        for item in node:
            _complete_texts(item)
    elif isinstance(node, dict):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for value in node.values():
            _complete_texts(value)
