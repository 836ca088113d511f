"""Answers in QuickBooks' envelopes, and what our reader makes of them."""

import json
from typing import Any

from services.domain.sync import Accepted, Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.quickbooks.faults import Reply, read_read, read_write

Judgement = Accepted | Stale | Rejected | ReplyLost | TryLater | ConnectionLost


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


def service(code: str, *, detail: str = "Detail", kind: str = "ValidationFault") -> bytes:
    error = {"Message": "Message", "Detail": detail, "code": code}
    return json.dumps({"Fault": {"Error": [error], "type": kind}, "time": "2026"}).encode()


def gateway(code: str, *, what: str = "Failed", status: int = 401) -> bytes:
    message = f"message={what}; errorCode={code:>06}; statusCode={status}"
    error = {"message": message, "detail": None, "code": code, "element": None}
    return json.dumps({"warnings": None, "fault": {"error": [error], "type": "SERVICE"}}).encode()


def xml(code: str, *, detail: str = "Detail") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<IntuitResponse time="2026" xmlns="http://schema.intuit.com/finance/v3">'
        f'<Fault type="SERVICE"><Error code="{code}"><Message>Message</Message>'
        f"<Detail>{detail}</Detail></Error></Fault></IntuitResponse>"
    ).encode()
