"""What QuickBooks' answers mean: a refusal is believed only where it is one."""

import json
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.domain.backoff import LONGEST_WAIT
from services.domain.causes import Cause
from services.domain.sync import Accepted, Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.quickbooks.faults import Reply, find_fault
from tests.quickbooks.replies import Judgement, gateway, judged, service, understood, xml

TABLE = [
    # code, HTTP status, and what it means that a create got it
    ("3200", 401, AccessExpired),
    ("3200", 400, AccessExpired),
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
    ("130", 400, Cause.UNKNOWN),
    ("500", 400, Cause.UNKNOWN),
    ("610", 400, Cause.GONE),
    ("2010", 400, Cause.UNKNOWN),
    ("2020", 400, Cause.UNKNOWN),
    ("2030", 400, Cause.UNKNOWN),
    ("2050", 400, Cause.TOO_LONG),
    ("2170", 400, Cause.UNKNOWN),
    ("2500", 400, Cause.GONE),
    ("4000", 400, Cause.UNKNOWN),
    ("4001", 400, Cause.UNKNOWN),
    ("5010", 400, Stale),
    ("5020", 400, Cause.PERMISSION),
    ("5020", 403, Cause.PERMISSION),
    ("6000", 400, Cause.BUSINESS_RULE),
    ("6070", 400, Cause.UNKNOWN),
    ("6140", 400, Cause.UNKNOWN),
    ("6190", 400, Cause.SUBSCRIPTION_ENDED),
    ("6190", 403, Cause.SUBSCRIPTION_ENDED),
    ("6210", 400, Cause.CLOSED_PERIOD),
    ("6240", 400, Cause.NAME_TAKEN),
    ("6270", 400, Cause.UNKNOWN),
    ("6540", 400, Cause.UNKNOWN),
    ("10000", 500, ReplyLost),
]
ENVELOPES = [service, gateway, xml]
IDS = [f"{code}-{status}" for code, status, _ in TABLE]


def kind_of(judgement: Judgement) -> type | Cause:
    return judgement.cause if isinstance(judgement, Rejected) else type(judgement)


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize(("code", "status", "meaning"), TABLE, ids=IDS)
def test_a_code_means_the_same_in_every_envelope(
    code: str, status: int, meaning: type | Cause, envelope: type
) -> None:
    assert kind_of(judged(Reply(status, envelope(code)))) == meaning


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize(("code", "status", "meaning"), TABLE, ids=IDS)
def test_a_question_is_asked_again_unless_the_connection_is_lost(
    code: str, status: int, meaning: type | Cause, envelope: type
) -> None:
    answer = understood(Reply(status, envelope(code)))
    assert isinstance(answer, ConnectionLost if meaning is ConnectionLost else TryLater)
    if meaning in {AccessExpired, Throttled}:
        assert type(answer) is meaning


def test_a_transient_business_rule_is_tried_anew() -> None:
    detail = "Business Validation Error: Please wait a few minutes and try again."
    assert judged(Reply(400, service("6000", detail=detail))) == Stale(f"Message: {detail}")


@pytest.mark.parametrize("code", ["10000", ""])
@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_a_system_failure_is_never_a_refusal(status: int, code: str) -> None:
    """It may have been written before the system failed."""
    judgement = judged(Reply(status, service(code, kind="SystemFault")))
    assert isinstance(judgement, ReplyLost)


@given(st.integers(500, 599), st.sampled_from([code for code, _, _ in TABLE if code != "3001"]))
def test_no_server_error_is_a_refusal(status: int, code: str) -> None:
    assert isinstance(judged(Reply(status, service(code))), ReplyLost)


def test_a_fault_with_status_200_is_believed() -> None:
    assert kind_of(judged(Reply(200, service("6240")))) is Cause.NAME_TAKEN


def test_a_code_that_only_the_message_tells_is_found() -> None:
    error = {"message": "message=ThrottleExceeded; errorCode=003001; statusCode=429"}
    body = json.dumps({"fault": {"error": [error], "type": "SERVICE"}}).encode()
    assert isinstance(judged(Reply(403, body)), Throttled)


def test_the_first_of_several_errors_is_the_one_that_counts() -> None:
    errors = [{"Message": "One", "code": "6210"}, {"Message": "Two", "code": "6240"}]
    body = json.dumps({"Fault": {"Error": errors, "type": "ValidationFault"}}).encode()
    assert kind_of(judged(Reply(400, body))) is Cause.CLOSED_PERIOD


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
        b'{"Customer":{"Id":"15"}}',
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


def test_a_written_object_is_accepted_with_its_id_and_token() -> None:
    body = b'{"Payment":{"Id":"15","SyncToken":"0","TotalAmt":500.00},"time":"2026"}'
    assert judged(Reply(200, body, tid="1-5f")) == Accepted("15", "0", tid="1-5f")


@pytest.mark.parametrize("status", [201, 400, 500])
def test_an_object_with_any_other_status_is_not_believed(status: int) -> None:
    body = b'{"Payment":{"Id":"15","SyncToken":"0"}}'
    assert isinstance(judged(Reply(status, body)), ReplyLost)


def test_what_quickbooks_said_is_kept_short_and_storable() -> None:
    said = service("6000", detail="x" * 10_000 + "\ud83d")
    fault = find_fault(said)
    assert fault is not None
    assert len(fault.words) <= 500
    halved = find_fault(service("6000", detail="\ud83d"))
    assert halved is not None
    assert halved.words.encode()


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("15"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Payment", "Id", "Fault", "fault", "Error", "error", "code", "Message"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.text("<>/=\"' ErorFaultcde6240?xml!", max_size=80).map(str.encode)
)


@settings(max_examples=600)
@given(st.integers(100, 599), BODIES, st.none() | st.text(max_size=12))
@example(200, b'{"Payment":{"Id":{"Id":"15"}}}', None)
@example(400, b"<a>" * 5000, None)
def test_no_answer_is_beyond_the_reader(status: int, body: bytes, retry_after: str | None) -> None:
    reply = Reply(status, body, retry_after=retry_after)
    judgement = judged(reply)
    understood(reply)
    if isinstance(judgement, Accepted):
        assert status == 200
        assert json.loads(body)["Payment"]["Id"] == judgement.qbo_id != ""
