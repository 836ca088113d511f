"""QuickBooks' envelopes taken apart: the service's, the gateway's, and XML; pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

_MAX_WORDS = 500  # As much of QuickBooks' own text as a person will read.
_CODE = re.compile(r"0*([0-9]{1,6})")
_HIDDEN_CODE = re.compile(r"errorCode=0*([0-9]{1,6})")
_NOTHING_SAID = re.compile(r"\s*:\s*null$")  # "The name supplied already exists. : null"


@dataclass(frozen=True)
class Fault:
    """One error of any envelope.

    `code` has no leading zeros and is empty where there is none; `is_systems` says that
    QuickBooks itself failed.
    """

    code: str
    words: str
    is_systems: bool = False


def parsed(body: bytes) -> dict[str, Any]:
    """Parse a JSON object, amounts as Decimal; empty where the body is none."""
    try:
        answer = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError):  # No JSON, a number or a depth beyond us.
        return {}
    return answer if isinstance(answer, dict) else {}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def read_faults(body: bytes) -> list[Fault]:
    """List the errors in their order; none where the body is no envelope of QuickBooks'."""
    return [_fault(error) for error in (*_json_errors(parsed(body)), *_xml_errors(body))]


def _json_errors(answer: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    envelope = answer.get("Fault") or answer.get("fault")
    if not isinstance(envelope, Mapping):
        return
    errors = envelope.get("Error") or envelope.get("error")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, Mapping):
            yield {**_texts(error), "type": _texts(envelope).get("type", "")}


def _texts(said: Mapping[str, Any]) -> dict[str, str]:
    return {key.lower(): str(value) for key, value in said.items() if isinstance(value, str | int)}


def _xml_errors(body: bytes) -> Iterator[dict[str, str]]:
    if not body.lstrip().startswith(b"<") or b"<!" in body:  # HTML, or a DTD: not QuickBooks'.
        return
    try:
        root = ET.fromstring(body)  # noqa: S314 - without a DTD there are no entities to expand.
    except (ET.ParseError, LookupError, ValueError):  # The last two: an encoding it cannot read.
        return
    for fault in root.iter():
        if _local(fault.tag) == "Fault":
            yield from _xml_errors_of(fault)


def _xml_errors_of(fault: ET.Element) -> Iterator[dict[str, str]]:
    for error in fault:
        if _local(error.tag) == "Error":
            said = {_local(child.tag).lower(): child.text or "" for child in error}
            told = {name: error.get(name, "") for name in ("code", "element")}
            yield {**said, **told, "type": fault.get("type", "")}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _fault(error: Mapping[str, str]) -> Fault:
    words = _sentence(error.get("message", ""), error.get("detail", ""))
    words = _with_element(words, error.get("element", ""))[:_MAX_WORDS]
    return Fault(_code(error), _storable(words), is_systems=error["type"] == "SystemFault")


def _code(error: Mapping[str, str]) -> str:
    written = _CODE.fullmatch(error.get("code", ""))
    found = written or _HIDDEN_CODE.search(error.get("message", ""))
    return found[1].lstrip("0") if found else ""


def _sentence(message: str, detail: str) -> str:
    """Join both unless one repeats the other."""
    message, detail = message.strip(), _NOTHING_SAID.sub("", detail.strip())
    if message in detail or detail in message:
        return max(message, detail, key=len)
    return f"{message}: {detail}"


def _with_element(words: str, element: str) -> str:
    """Some texts do not say which field they are about."""
    return words if element.casefold() in words.casefold() else f"{words} ({element})"


def _storable(text: str) -> str:
    """JSON can name half a character and a NUL, which no database stores."""
    return text.replace("\0", "").encode(errors="replace").decode()
