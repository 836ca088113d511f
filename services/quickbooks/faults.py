"""What a reply from QuickBooks means; pure.

A refusal is believed only where QuickBooks' own service says it in words that we understand.
All else may have happened.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from services.domain.backoff import LONGEST_WAIT
from services.domain.sync import Accepted, Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.quickbooks.envelopes import Fault, parsed, read_faults
from services.quickbooks.refusals import NOT_FOUND, Weight, cause_of, most_telling, weight

_DELETED = "Deleted"
_SECONDS = re.compile(r"[0-9]{1,9}")
_ID = re.compile(r"[!-~]+")  # Not half a character, which JSON can name and no database stores.


@dataclass(frozen=True)
class Reply:
    """One HTTP answer. `retry_after` is the header, if there was one."""

    status: int
    body: bytes
    tid: str | None = None
    retry_after: str | None = None


def read_write(reply: Reply, entity: str) -> Accepted | Stale | Rejected | ReplyLost:
    """Judge the answer to a create, an update, a void or a deletion.

    Raise AccessExpired, ConnectionLost or Throttled where it certainly was not taken.
    """
    if written := _find_object(reply, entity):
        return _accepted(written, reply.tid)
    fault = find_fault(reply.body)
    _raise_if_turned_away(reply, fault)
    if fault is None or not _is_refusal(reply, fault):
        return ReplyLost(_words_of(reply, fault), answered=True)
    if weight(fault) in {Weight.STALE, Weight.TRANSIENT}:
        return Stale(_words_of(reply, fault))
    return Rejected(cause_of(fault), fault.words, code=fault.code, tid=reply.tid)


def read_one(reply: Reply, entity: str) -> dict[str, Any] | None:
    """Take the object out of the answer to a read by id; None where QuickBooks has it no more.

    QuickBooks calls what was never there "made inactive", so its words do not count here.
    Raise AccessExpired, ConnectionLost or Throttled, and TryLater for all that is no answer.
    """
    if found := _find_object(reply, entity):
        return None if found.get("status") == _DELETED else found
    fault = find_fault(reply.body)
    _raise_if_turned_away(reply, fault)
    if fault is not None and fault.code == NOT_FOUND and _is_refusal(reply, fault):
        return None
    raise TryLater(_words_of(reply, fault))


def read_read(reply: Reply) -> dict[str, Any]:
    """Take the answer to a question apart.

    Raise AccessExpired, ConnectionLost or Throttled, and TryLater for all that is no answer.
    """
    fault = find_fault(reply.body)
    _raise_if_turned_away(reply, fault)
    answer = parsed(reply.body)
    if reply.status != HTTPStatus.OK or not answer or {"Fault", "fault"} & answer.keys():
        raise TryLater(_words_of(reply, fault))
    return answer


def find_fault(body: bytes) -> Fault | None:
    """Read the error that decides, whichever envelope it came in."""
    return most_telling(read_faults(body))


def _find_object(reply: Reply, entity: str) -> dict[str, Any] | None:
    if reply.status != HTTPStatus.OK:
        return None
    found = parsed(reply.body).get(entity)
    if not isinstance(found, dict):
        return None
    qbo_id = found.get("Id")
    return found if isinstance(qbo_id, str) and _ID.fullmatch(qbo_id) else None


def _accepted(written: Mapping[str, Any], tid: str | None) -> Accepted:
    token = str(written.get("SyncToken", "0"))
    body = {} if written.get("status") == _DELETED else written
    return Accepted(written["Id"], token, tid=tid, body=body)


def _raise_if_turned_away(reply: Reply, fault: Fault | None) -> None:
    """Raise where the gateway did not let the request through."""
    told = weight(fault) if fault else None
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or told is Weight.THROTTLED:
        raise Throttled("QuickBooks asks us to slow down", retry_after=_wait(reply.retry_after))
    expired = _may_refuse(reply) and told is Weight.EXPIRED
    if reply.status == HTTPStatus.UNAUTHORIZED or expired:
        raise AccessExpired("QuickBooks no longer takes the access token")
    if _may_refuse(reply) and told is Weight.FORBIDDEN:
        raise ConnectionLost("QuickBooks no longer lets Counterfoil into this company")


def _wait(header: str | None) -> timedelta | None:
    """As long as QuickBooks asks for, within reason."""
    if header is None or not _SECONDS.fullmatch(header):
        return None
    return min(timedelta(seconds=int(header)), LONGEST_WAIT)


def _is_refusal(reply: Reply, fault: Fault) -> bool:
    return _may_refuse(reply) and weight(fault) is not Weight.IN_DOUBT


def _may_refuse(reply: Reply) -> bool:
    """An item of a batch is refused with status 200; a server's failure refuses nothing."""
    client_error = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return client_error or reply.status == HTTPStatus.OK


def _words_of(reply: Reply, fault: Fault | None) -> str:
    """A sentence in any case, since people read it."""
    said = fault.words if fault else ""
    return said or f"QuickBooks answered with HTTP {reply.status}"
