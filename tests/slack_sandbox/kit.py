"""Blocks, elements and views with as little in them as Slack accepts."""

from typing import Any

Body = dict[str, Any]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Body:
    return {"type": "mrkdwn", "text": text}


def an_option(text: str = "Check", **more: object) -> Body:
    return {"text": plain(text), "value": text.lower() or "empty", **more}


def options(count: int) -> list[Body]:
    return [an_option(f"Option {number}") for number in range(count)]


def a_button(text: str = "Sync now", **more: object) -> Body:
    return {"type": "button", "text": plain(text), **more}


def an_overflow(*labels: str, **more: object) -> Body:
    return {"type": "overflow", "options": [an_option(label) for label in labels], **more}


def a_select(count: int = 2, **more: object) -> Body:
    return {"type": "static_select", "options": options(count), **more}


def a_section(text: str = "P-1001", **more: object) -> Body:
    return {"type": "section", "text": mrkdwn(text), **more}


def actions(*elements: Body) -> Body:
    return {"type": "actions", "elements": list(elements)}


def an_input(label: str, element: Body | None = None, **more: object) -> Body:
    """Both ids are the label in small letters."""
    name = label.lower().replace(" ", "_") or "empty"
    element = {"action_id": name, **(element or {"type": "plain_text_input"})}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element, **more}


def a_modal(*blocks: Body, **more: object) -> Body:
    return {
        "type": "modal",
        "title": plain("Record a payment"),
        "submit": plain("Record"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
        **more,
    }


def a_home(*blocks: Body) -> Body:
    return {"type": "home", "blocks": list(blocks)}


def element(kind: str, **more: object) -> Body:
    return {"type": kind, **more}
