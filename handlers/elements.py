"""Pieces of Block Kit that all views and messages share."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.text import escape

Block = dict[str, Any]

MAX_OPTION = 75  # Slack's limit for the text of an option or a button.
MAX_SECTION = 3000
MAX_CONTEXT = 2000  # Of each text in it.
MAX_TEXT = 4000  # Of a message: Slack refuses an edit to a longer one.
_HALF = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)\Z")  # An entity, a date or a link, cut through.


@dataclass(frozen=True)
class Reply:
    """What a person reads; `text` stands alone in notifications and for screen readers."""

    text: str
    blocks: Sequence[Block] = field(default=())
    refuses: bool = False  # Nothing was done; the text says why.

    def to_slack(self) -> dict[str, Any]:
        text = escape(self.text) if self.refuses else self.text  # It may repeat what was typed.
        return {
            "text": clipped(text, MAX_TEXT),
            "blocks": list(self.blocks) or [section(text)],
        }


def clipped(mrkdwn: str, limit: int) -> str:
    """With an ellipsis where it is too long for its place."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    return f"{_HALF.sub('', mrkdwn[: limit - 1])}…"


def plain(text: str, limit: int = MAX_OPTION) -> Block:
    """Plain text, with an ellipsis where it is too long for its place."""
    shown = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return {"type": "plain_text", "text": shown, "emoji": False}


def section(mrkdwn: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": clipped(mrkdwn, MAX_SECTION)}}


def rich(*lines: Sequence[Block]) -> Block:
    """Lines of `word`s: what stands there is never read as markup, whatever it holds."""
    elements: list[Block] = []
    for line in lines:
        if elements:
            elements.append(word("\n"))
        elements.extend(line)
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }


def word(text: str, *, bold: bool = False) -> Block:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def context(*mrkdwn: str) -> Block:
    """Each text that is not empty has the room to itself."""
    texts = [clipped(each, MAX_CONTEXT) for each in mrkdwn if each]
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": each} for each in texts]}


def actions(*elements: Block) -> list[Block]:
    """A row of buttons; no row where there are none."""
    return [{"type": "actions", "elements": list(elements)}] if elements else []


def button(
    label: str, action_id: str, value: str, *, primary: bool = False, danger: bool = False
) -> Block:
    look = {"style": "primary" if primary else "danger"} if primary or danger else {}
    return {
        "type": "button",
        "text": plain(label),
        "action_id": action_id,
        "value": value,
        **look,
    }


def asking(pressed: Block, question: str) -> Block:
    """Ask before the button counts."""
    dialog = {
        "title": plain("Are you sure?", 100),
        "text": plain(question, 300),
        "confirm": plain(pressed["text"]["text"], 30),
        "deny": plain("Cancel", 30),
    }
    return {**pressed, "confirm": dialog}


def link_button(label: str, action_id: str, url: str) -> Block:
    return {"type": "button", "text": plain(label), "action_id": action_id, "url": url}


def overflow(name: str, entries: Iterable[tuple[str, str, str]]) -> Block:
    """A three-dots menu of at most five: each entry's words, and its order's name and value."""
    options = [option(label, f"{order} {value}") for label, order, value in entries]
    return {"type": "overflow", "action_id": name, "options": options}


def option(label: str, value: str, description: str | None = None) -> Block:
    about = {"description": plain(description)} if description else {}
    return {"text": plain(label), "value": value, **about}


def field_input(
    name: str,
    label: str,
    element: Block,
    *,
    optional: bool = False,
    hint: str | None = None,
    tells: bool = False,
) -> Block:
    """An input whose block and action are both called `name`.

    `tells`: we hear at once of what is entered (`ids.changed`).
    """
    about: Block = {"hint": plain(hint, 2000)} if hint else {}
    if tells:
        about["dispatch_action"] = True
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "element": {**element, "action_id": name},
        "optional": optional,
        **about,
    }


def text_input(
    *, max_length: int, initial: str | None = None, multiline: bool = False, hint: str | None = None
) -> Block:
    element: Block = {"type": "plain_text_input", "max_length": max_length, "multiline": multiline}
    if initial:
        element["initial_value"] = initial
    if hint:
        element["placeholder"] = plain(hint, 150)
    return element


def toggle(label: str, value: str, *, checked: bool) -> Block:
    """A checkbox with one option."""
    choice = option(label, value)
    element: Block = {"type": "checkboxes", "options": [choice]}
    return {**element, "initial_options": [choice]} if checked else element


def modal(callback_id: str, title: str, submit: str, blocks: Sequence[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "blocks": list(blocks),
    }


def notice(title: str, reply: Reply) -> Block:
    """A modal that only says something."""
    return {
        "type": "modal",
        "title": plain(title, 24),
        "close": plain("Close", 24),
        "blocks": reply.to_slack()["blocks"],
    }
