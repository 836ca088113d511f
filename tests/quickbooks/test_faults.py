"""What QuickBooks' answers mean: a refusal is believed only where it is one."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.backoff import LONGEST_WAIT
from services.domain.causes import Cause
from services.domain.sync import Accepted, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.quickbooks.faults import Reply, find_fault
from tests.quickbooks.replies import (
    Meaning,
    gateway,
    judged,
    meaning_of,
    service,
    understood,
    xml,
)

TABLE = [
    # code, HTTP status, and what it means without words that tell more
    ("3200", 401, AccessExpired),
    ("3200", 400, AccessExpired),
    ("3200", 403, AccessExpired),
    ("3100", 401, AccessExpired),
    ("3100", 400, ConnectionLost),
    ("3100", 403, ConnectionLost),
    ("3100", 500, ReplyLost),
    ("3001", 429, Throttled),
    ("3001", 403, Throttled),
    ("100", 401, AccessExpired),
    ("100", 400, AccessExpired),
    ("120", 401, AccessExpired),
    ("120", 400, ConnectionLost),
    ("120", 403, ConnectionLost),
    ("130", 401, AccessExpired),
    ("130", 400, AccessExpired),
    ("500", 400, Cause.UNKNOWN),
    ("600", 400, ReplyLost),
    ("610", 400, Cause.GONE),
    ("800", 400, Cause.LINKED),
    ("2010", 400, Cause.INVALID_VALUE),
    ("2020", 400, Cause.INVALID_VALUE),
    ("2030", 400, Cause.INVALID_VALUE),
    ("2050", 400, Cause.TOO_LONG),
    ("2170", 400, Cause.INVALID_VALUE),
    ("2220", 400, Cause.CURRENCY),
    ("2500", 400, Cause.INVALID_REFERENCE),
    ("4000", 400, Cause.UNKNOWN),
    ("4001", 400, Cause.UNKNOWN),
    ("5010", 400, Stale),
    ("5020", 400, Cause.PERMISSION),
    ("5020", 403, Cause.PERMISSION),
    ("6000", 400, Cause.BUSINESS_RULE),
    ("6070", 400, Cause.INVALID_VALUE),
    ("6140", 400, Cause.DUPLICATE_NUMBER),
    ("6160", 400, Cause.TAX),
    ("6190", 400, Cause.SUBSCRIPTION_ENDED),
    ("6190", 403, Cause.SUBSCRIPTION_ENDED),
    ("6200", 400, Cause.CLOSED_PERIOD),
    ("6210", 400, Cause.CLOSED_PERIOD),
    ("6240", 400, Cause.NAME_TAKEN),
    ("6250", 400, Cause.CUSTOMER_GONE),
    ("6270", 400, Cause.BUSINESS_RULE),
    ("6430", 400, Cause.WRONG_ACCOUNT_TYPE),
    ("6540", 400, Cause.DEPOSITED),
    ("10000", 500, ReplyLost),
]
ENVELOPES = [service, gateway, xml]
IDS = [f"{code}-{status}" for code, status, _ in TABLE]


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize(("code", "status", "meaning"), TABLE, ids=IDS)
def test_a_code_means_the_same_in_every_envelope(
    code: str, status: int, meaning: Meaning, envelope: type
) -> None:
    assert meaning_of(judged(Reply(status, envelope(code)))) == meaning


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize(("code", "status", "meaning"), TABLE, ids=IDS)
def test_a_question_is_asked_again_unless_the_connection_is_lost(
    code: str, status: int, meaning: Meaning, envelope: type
) -> None:
    answer = understood(Reply(status, envelope(code)))
    assert isinstance(answer, ConnectionLost if meaning is ConnectionLost else TryLater)
    if meaning in {AccessExpired, Throttled}:
        assert type(answer) is meaning


@pytest.mark.parametrize("code", ["10000", "6000", ""])
@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_a_system_failure_is_never_a_refusal(status: int, code: str) -> None:
    """It may have been written before the system failed."""
    judgement = judged(Reply(status, service(code, kind="SystemFault")))
    assert isinstance(judgement, ReplyLost)


@given(st.integers(500, 599), st.sampled_from([code for code, _, _ in TABLE if code != "3001"]))
def test_no_server_error_is_a_refusal(status: int, code: str) -> None:
    assert isinstance(judged(Reply(status, service(code))), ReplyLost)


def test_a_fault_with_status_200_is_believed() -> None:
    assert meaning_of(judged(Reply(200, service("6240")))) is Cause.NAME_TAKEN


def test_a_code_that_only_the_message_tells_is_found() -> None:
    error = {"message": "message=ThrottleExceeded; errorCode=003001; statusCode=429"}
    body = json.dumps({"fault": {"error": [error], "type": "SERVICE"}}).encode()
    assert isinstance(judged(Reply(403, body)), Throttled)


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 403, 404, 408, 409, 500, 502, 503])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>503 Service Temporarily Unavailable</body></html>",
        b"<!DOCTYPE html><html><Error code='6240'></Error></html>",
        b'{"Payment":{"Id":"15',
        b'{"Fault":{}}',
        b'{"Fault":{"Error":[]}}',
        b'{"Fault":{"Error":[null,3]}}',
        b'{"Fault":{"Error":[{"Message":"Cut","code":"62',
        b'{"Fault":{"Error":[{"Message":"No code"}]}}',
        b'{"Fault":{"Error":[{"Message":"No such code","code":"B-12"}]}}',
        b'{"Fault":{"Error":{"Message":"No list","code":"6240"}}}',
        b"<IntuitResponse><Payment><Id>15</Id></Payment></IntuitResponse>",
        b'<IntuitResponse><Fault><Error code="6240"><Message>Cut</Mess',
        b'<html><Error code="6240"/></html>',
        b'<IntuitResponse><Fault type="SystemFault"><Error code="6240"/></Fault></IntuitResponse>',
        b'{"Customer":{"Id":"15"}}',
        b'{"Payment":{"Id":15}}',
        b'{"Payment":{"Id":"\\ud83d"}}',
        b'{"Payment":{"Id":"15","TotalAmt":NaN}}',
        b'{"Payment":{"Id":""}}',
        b'{"Payment":{"Id":null}}',
        b'{"Payment":[{"Id":"15"}]}',
        b"null",
        b"[" * 100_000,
        b'{"Payment":{"Id":"15","TotalAmt":1e9999999999999999999999}}',
        b'<?xml version="1.0" encoding="klingon"?><Error code="6240"/>',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_not_understood_may_have_happened(status: int, body: bytes) -> None:
    judgement = judged(Reply(status, body))
    assert isinstance(judgement, AccessExpired if status == 401 else ReplyLost)
    if isinstance(judgement, ReplyLost):
        assert judgement.answered


def test_a_written_object_is_accepted_with_its_id_and_token() -> None:
    body = b'{"Payment":{"Id":"15","SyncToken":"0","TotalAmt":500.00},"time":"2026"}'
    assert judged(Reply(200, body, tid="1-5f")) == Accepted("15", "0", tid="1-5f")


def test_what_quickbooks_wrote_is_kept_with_amounts_to_the_cent() -> None:
    body = b'{"Payment":{"Id":"15","SyncToken":"0","TotalAmt":0.10},"time":"2026"}'
    accepted = judged(Reply(200, body))
    assert isinstance(accepted, Accepted)
    assert accepted.body == {"Id": "15", "SyncToken": "0", "TotalAmt": Decimal("0.10")}


def test_a_deletion_is_accepted_and_leaves_no_object() -> None:
    body = b'{"Invoice":{"domain":"QBO","status":"Deleted","Id":"266"},"time":"2026"}'
    accepted = judged(Reply(200, body), "Invoice")
    assert accepted == Accepted("266", "0")
    assert accepted.body == {}


def test_an_acceptance_is_believed_whatever_stands_beside_it() -> None:
    fault = json.loads(service("3001"))
    body = json.dumps({**fault, "Payment": {"Id": "15", "SyncToken": "2"}}).encode()
    assert judged(Reply(200, body)) == Accepted("15", "2")


@pytest.mark.parametrize("status", [201, 400, 500])
def test_an_object_with_any_other_status_is_not_believed(status: int) -> None:
    body = b'{"Payment":{"Id":"15","SyncToken":"0"}}'
    assert isinstance(judged(Reply(status, body)), ReplyLost)


def test_what_quickbooks_said_is_kept_short_and_storable() -> None:
    said = service("6000", detail="x" * 10_000 + "\ud83d")
    fault = find_fault(said)
    assert fault is not None
    assert len(fault.words) <= 500
    halved = find_fault(service("6000", detail="\ud83d\0"))
    assert halved is not None
    assert halved.words == "Message: ?"


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("30", timedelta(seconds=30)),
        ("0", timedelta(0)),
        ("999999999", LONGEST_WAIT),
        ("9" * 5000, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_a_throttle_waits_as_long_as_it_says_within_reason(
    header: str | None, wait: timedelta | None
) -> None:
    throttled = judged(Reply(429, b"", retry_after=header))
    assert isinstance(throttled, Throttled)
    assert throttled.retry_after == wait
