"""How values stand on the wire: JSON with exact decimals, XML for who does not ask for JSON."""

import json
from decimal import Decimal
from typing import Any, NoReturn, TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

JsonObject: TypeAlias = dict[str, Any]

NAMESPACE = "http://schema.intuit.com/finance/v3"
# Written as XML attributes; everything else becomes an element.
ATTRIBUTES = frozenset({"domain", "sparse", "status", "startPosition", "maxResults", "totalCount"})
FAULT_ATTRIBUTES = frozenset({("Fault", "type"), ("Error", "code"), ("Error", "element")})


def encode(content: object) -> bytes:
    return json.dumps(content, default=_number, separators=(",", ":"), ensure_ascii=False).encode()


def decode(body: bytes) -> object:
    """Read JSON; numbers with a fraction arrive as Decimal, never as float."""
    value: object = json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    return value


def _number(value: object) -> float:
    """Hand a Decimal to the C encoder, which prints floats in their shortest exact form.

    A double carries every decimal of 15 significant digits; amounts are refused above 13.
    """
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def encode_xml(content: JsonObject) -> bytes:
    """Render a reply as QuickBooks' own XML would look in general; lists repeat their element."""
    root = Element("IntuitResponse", {"xmlns": NAMESPACE})
    for name, value in content.items():
        if name == "time":
            root.set("time", str(value))
        else:
            _append(root, name, value)
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    body: bytes = tostring(root, encoding="utf-8")
    return head + body


def _append(parent: Element, name: str, value: object) -> None:
    match value:
        case None:
            return
        case list():
            for item in value:
                _append(parent, name, item)
        case dict():
            _append_object(parent, name, value)
        case _:
            SubElement(parent, name).text = _text(value)


def _append_object(parent: Element, name: str, value: JsonObject) -> None:
    element = SubElement(parent, name)
    if "value" in value:  # A reference: <CustomerRef name="Amy">1</CustomerRef>.
        element.text = _text(value["value"])
        if "name" in value:
            element.set("name", str(value["name"]))
        return
    for key, inner in value.items():
        if key in ATTRIBUTES or (name, key) in FAULT_ATTRIBUTES:
            if inner is not None:
                element.set(key, _text(inner))
        else:
            _append(element, key, inner)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
