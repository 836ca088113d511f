"""Answers in QuickBooks' envelopes, and what our reader makes of them."""

import json
from typing import Any
from xml.sax.saxutils import escape

from services.domain.causes import Cause
from services.domain.sync import Accepted, Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.quickbooks.faults import Reply, read_one, read_read, read_write

Judgement = Accepted | Stale | Rejected | ReplyLost | TryLater | ConnectionLost
Meaning = type | Cause


def judged(reply: Reply, entity: str = "Payment") -> Judgement:
    """What a write's answer means, be it told as a value or raised."""
    try:
        return read_write(reply, entity)
    except (AccessExpired, ConnectionLost, Throttled) as error:
        return error


def understood(reply: Reply) -> dict[str, Any] | TryLater | ConnectionLost:
    """What a read's answer means, be it told as a value or raised."""
    try:
        return read_read(reply)
    except (TryLater, ConnectionLost) as error:
        return error


def found(
    reply: Reply, entity: str = "Payment"
) -> dict[str, Any] | TryLater | ConnectionLost | None:
    """What the answer to a read by id means, be it told as a value or raised."""
    try:
        return read_one(reply, entity)
    except (TryLater, ConnectionLost) as error:
        return error


def meaning_of(judgement: Judgement) -> Meaning:
    return judgement.cause if isinstance(judgement, Rejected) else type(judgement)


def service(
    code: str, *, message: str = "Message", detail: str = "Detail", kind: str = "ValidationFault"
) -> bytes:
    return several((code, message, detail), kind=kind)


def several(*errors: tuple[str, str, str], kind: str = "ValidationFault") -> bytes:
    """Each error is its code, message and detail."""
    told = [
        {"Message": message, "Detail": detail, "code": code} for code, message, detail in errors
    ]
    return json.dumps({"Fault": {"Error": told, "type": kind}, "time": "2026"}).encode()


def gateway(
    code: str, *, what: str = "Failed", status: int = 401, detail: str | None = None
) -> bytes:
    message = f"message={what}; errorCode={code:>06}; statusCode={status}"
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return json.dumps({"warnings": None, "fault": {"error": [error], "type": "SERVICE"}}).encode()


def xml(code: str, *, message: str = "Message", detail: str = "Detail") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<IntuitResponse time="2026" xmlns="http://schema.intuit.com/finance/v3">'
        f'<Fault type="ValidationFault"><Error code="{code}"><Message>{escape(message)}</Message>'
        f"<Detail>{escape(detail)}</Detail></Error></Fault></IntuitResponse>"
    ).encode()
