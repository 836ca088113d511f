"""What a reply from QuickBooks means; pure.

A refusal is believed only where QuickBooks' own service says it in words that we understand.
All else may have happened.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

from services.domain.backoff import LONGEST_WAIT
from services.domain.causes import Cause
from services.domain.sync import Accepted, Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater

_MAX_WORDS = 500  # As much of QuickBooks' own text as a person will read.


@dataclass(frozen=True)
class Reply:
    """One HTTP answer. `retry_after` is the header, if there was one."""

    status: int
    body: bytes
    tid: str | None = None
    retry_after: str | None = None


@dataclass(frozen=True)
class Fault:
    """One error of either envelope; `code` without leading zeros, empty where there is none."""

    code: str
    words: str


_CAUSES = MappingProxyType(
    {
        "610": Cause.GONE,
        "2050": Cause.TOO_LONG,
        "2500": Cause.GONE,
        "5020": Cause.PERMISSION,
        "6000": Cause.BUSINESS_RULE,
        "6190": Cause.SUBSCRIPTION_ENDED,
        "6210": Cause.CLOSED_PERIOD,
        "6240": Cause.NAME_TAKEN,
    }
)
_EXPIRED = frozenset({"100", "3200"})
_FORBIDDEN = frozenset({"120", "3100"})
_THROTTLED = "3001"
_STALE = "5010"
_BUSINESS_RULE = "6000"
_SYSTEM_FAILURE = "10000"  # QuickBooks itself does not know how far it came.
_TRANSIENT = re.compile(r"try again", re.IGNORECASE)  # "Please wait a few minutes and try again".
_ERROR_CODE = re.compile(r"errorCode=0*(\d+)")
_SECONDS = re.compile(r"[0-9]{1,9}")


def read_write(reply: Reply, entity: str) -> Accepted | Stale | Rejected | ReplyLost:
    """Judge the answer to a create.

    Raise AccessExpired, ConnectionLost or Throttled where it certainly was not taken.
    """
    _raise_if_turned_away(reply)
    if accepted := _find_written(reply, entity):
        return accepted
    fault = find_fault(reply.body)
    if fault is None or not _is_refusal(reply, fault):
        return ReplyLost(_words_of(reply, fault))
    if fault.code == _STALE or (fault.code == _BUSINESS_RULE and _TRANSIENT.search(fault.words)):
        return Stale(fault.words)
    return Rejected(_CAUSES.get(fault.code, Cause.UNKNOWN), fault.words, tid=reply.tid)


def _find_written(reply: Reply, entity: str) -> Accepted | None:
    match _parsed(reply.body).get(entity):
        case {"Id": str(qbo_id), **rest} if qbo_id and reply.status == HTTPStatus.OK:
            return Accepted(qbo_id, str(rest.get("SyncToken", "0")), tid=reply.tid)
        case _:
            return None


def read_read(reply: Reply) -> dict[str, Any]:
    """Take the answer to a question apart.

    Raise AccessExpired, ConnectionLost or Throttled, and TryLater for all that is no answer.
    """
    _raise_if_turned_away(reply)
    answer = _parsed(reply.body)
    if reply.status != HTTPStatus.OK or not answer or "Fault" in answer:
        raise TryLater(_words_of(reply, find_fault(reply.body)))
    return answer


def _raise_if_turned_away(reply: Reply) -> None:
    """Raise where the gateway did not let the request through."""
    fault = find_fault(reply.body)
    code = fault.code if fault else ""
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or code == _THROTTLED:
        raise Throttled("QuickBooks asks us to slow down", retry_after=_wait(reply.retry_after))
    if reply.status == HTTPStatus.UNAUTHORIZED or (
        reply.status == HTTPStatus.BAD_REQUEST and code in _EXPIRED
    ):
        raise AccessExpired("QuickBooks no longer takes the access token")
    if reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN} and code in _FORBIDDEN:
        raise ConnectionLost("QuickBooks no longer lets Counterfoil into this company")


def _is_refusal(reply: Reply, fault: Fault) -> bool:
    client_error = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    is_said = bool(fault.code) and fault.code != _SYSTEM_FAILURE
    return is_said and (client_error or reply.status == HTTPStatus.OK)


def _words_of(reply: Reply, fault: Fault | None) -> str:
    return fault.words if fault else f"QuickBooks answered with HTTP {reply.status}"


def _wait(header: str | None) -> timedelta | None:
    """As long as QuickBooks asks for, within reason."""
    if header is None or not _SECONDS.fullmatch(header):
        return None
    return min(timedelta(seconds=int(header)), LONGEST_WAIT)


def find_fault(body: bytes) -> Fault | None:
    """Read the first error of the service's, the gateway's or the XML envelope."""
    for error in (*_json_errors(_parsed(body)), *_xml_errors(body)):
        words = _sentence(error.get("message"), error.get("detail"))[:_MAX_WORDS]
        # JSON can name half a character, which no database stores.
        return Fault(_code(error), words.encode(errors="replace").decode())
    return None


def _json_errors(answer: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    envelope = answer.get("Fault") or answer.get("fault")
    if not isinstance(envelope, Mapping):
        return
    errors = envelope.get("Error") or envelope.get("error")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, Mapping):
            yield {str(key).lower(): str(value) for key, value in error.items() if value}


def _xml_errors(body: bytes) -> Iterator[dict[str, str]]:
    if not body.lstrip().startswith(b"<") or b"<!" in body:  # HTML, or a DTD: not QuickBooks'.
        return
    try:
        root = ET.fromstring(body)  # noqa: S314 - without a DTD there are no entities to expand.
    except (ET.ParseError, LookupError, ValueError):  # The last two: an encoding it cannot read.
        return
    for error in root.iter():
        if _local(error.tag) == "Error":
            texts = {_local(child.tag).lower(): child.text or "" for child in error}
            yield {**texts, "code": error.get("code", "")}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _code(error: Mapping[str, str]) -> str:
    hidden = _ERROR_CODE.search(error.get("message", ""))
    return (error.get("code") or (hidden[1] if hidden else "")).lstrip("0")


def _sentence(message: str | None, detail: str | None) -> str:
    """Join both unless one repeats the other."""
    message, detail = (message or "").strip(), (detail or "").strip()
    if message in detail or detail in message:
        return max(message, detail, key=len)
    return f"{message}: {detail}"


def _parsed(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; empty where the body is none."""
    try:
        answer = json.loads(body, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):  # No JSON, a number or a depth beyond us.
        return {}
    return answer if isinstance(answer, dict) else {}
