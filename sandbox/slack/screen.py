"""Reads blocks as they appear on a screen, and finds what can be pressed there."""

from collections.abc import Iterator
from typing import NamedTuple

from sandbox.slack.blocks.walk import elements_of, flat
from sandbox.slack.errors import CannotDo
from sandbox.slack.mrkdwn import Reader, mass_mentions, read
from sandbox.slack.records import Payload


class Pressable(NamedTuple):
    """A button, or one entry of an overflow menu."""

    label: str
    block: Payload
    element: Payload
    option: Payload | None = None

    @property
    def url(self) -> str | None:
        return (self.option or self.element).get("url")

    @property
    def confirmation(self) -> Payload | None:
        return self.element.get("confirm")


def read_text(text: Payload, reader: Reader) -> str:
    """Read a text object: only mrkdwn has marks, mentions and entities."""
    content: str = text["text"]
    return read(content, reader) if text["type"] == "mrkdwn" else content


def read_blocks(blocks: list[Payload], reader: Reader) -> str:
    """Return all that is read, line by line; what buttons say is told by `pressables`."""
    lines = (line for block in flat(blocks) for line in _lines(block, reader))
    return "\n".join(line for line in lines if line)


def pressables(blocks: list[Payload]) -> Iterator[Pressable]:
    for block in flat(blocks):
        for element in elements_of(block):
            if element["type"] == "button":
                yield Pressable(element["text"]["text"], block, element)
            elif element["type"] == "overflow":
                for option in element["options"]:
                    yield Pressable(option["text"]["text"], block, element, option)


def find_pressable(blocks: list[Payload], label: str, *, nth: int | None) -> Pressable:
    everything = list(pressables(blocks))
    found = [pressable for pressable in everything if pressable.label == label]
    if not found:
        raise CannotDo(f"nothing to press says {label!r}; here are {[p.label for p in everything]}")
    if nth is None and len(found) > 1:
        raise CannotDo(f"{len(found)} things to press say {label!r}; choose one with nth=")
    if nth is not None and not 0 <= nth < len(found):
        raise CannotDo(f"only {len(found)} things to press say {label!r}")
    return found[nth or 0]


def mass_mentions_in(node: object) -> list[str]:
    """Find every mention of a whole channel that Slack would notify people of."""
    if isinstance(node, list):
        return [found for item in node for found in mass_mentions_in(item)]
    if not isinstance(node, dict):
        return []
    match node.get("type"):
        case "plain_text":
            return []
        case "mrkdwn" | "markdown":
            return mass_mentions(str(node.get("text", "")))
        case "broadcast":
            return [f"<!{node['range']}>"]
        case _:
            return [found for value in node.values() for found in mass_mentions_in(value)]


def _lines(block: Payload, reader: Reader) -> Iterator[str]:
    yield from LINES.get(block["type"], _title)(block, reader)


def _section(block: Payload, reader: Reader) -> Iterator[str]:
    texts = [block["text"]] if "text" in block else []
    yield from (read_text(text, reader) for text in [*texts, *block.get("fields", [])])
    yield from _choices(block.get("accessory"), reader)


def _context(block: Payload, reader: Reader) -> Iterator[str]:
    yield " ".join(_read_item(item, reader) for item in block["elements"])


def _input(block: Payload, reader: Reader) -> Iterator[str]:
    yield read_text(block["label"], reader)
    yield from _choices(block["element"], reader)
    yield block.get("hint", {}).get("text", "")


def _table(block: Payload, reader: Reader) -> Iterator[str]:
    yield block.get("caption", "")
    for row in block["rows"]:
        yield " | ".join(_read_cell(cell, reader) for cell in row)


def _card(block: Payload, reader: Reader) -> Iterator[str]:
    parts = ("title", "subtitle", "body", "subtext")
    yield from (read_text(block[part], reader) for part in parts if part in block)


def _image(block: Payload, _reader: Reader) -> Iterator[str]:
    yield block["alt_text"]


def _markdown(block: Payload, reader: Reader) -> Iterator[str]:
    yield read(block["text"], reader)


def _rich(block: Payload, reader: Reader) -> Iterator[str]:
    yield _read_rich(block, reader)


def _title(block: Payload, reader: Reader) -> Iterator[str]:
    title = block.get("title")
    if isinstance(title, dict):
        yield read_text(title, reader)
    elif isinstance(title, str):
        yield title


LINES = {
    "section": _section,
    "header": _section,
    "alert": _section,
    "context": _context,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich,
    "table": _table,
    "data_table": _table,
    "card": _card,
}


def _choices(element: Payload | None, reader: Reader) -> Iterator[str]:
    """Checkboxes and radio buttons show their options; menus hide theirs until opened."""
    if element and element["type"] in {"checkboxes", "radio_buttons"}:
        for option in element["options"]:
            yield read_text(option["text"], reader)
            if "description" in option:
                yield read_text(option["description"], reader)


def _read_item(item: Payload, reader: Reader) -> str:
    return str(item["alt_text"]) if item["type"] == "image" else read_text(item, reader)


def _read_cell(cell: Payload, reader: Reader) -> str:
    match cell["type"]:
        case "raw_text":
            return str(cell["text"])
        case "raw_number":
            return str(cell.get("text", cell["value"]))
        case _:
            return _read_rich(cell, reader)


def _read_rich(node: Payload, reader: Reader) -> str:
    if "elements" in node:
        apart = "\n" if node["type"] in {"rich_text", "rich_text_list"} else ""
        return apart.join(_read_rich(child, reader) for child in node["elements"])
    match node["type"]:
        case "user":
            return "@" + reader.name_of_user(node["user_id"])
        case "channel":
            return "#" + reader.name_of_channel(node["channel_id"])
        case "broadcast":
            return "@" + str(node["range"])
        case "emoji":
            return f":{node['name']}:"
        case _:
            return str(node.get("text") or node.get("fallback") or node.get("url") or "")
