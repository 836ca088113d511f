"""Whatever bytes come, each has exactly one meaning, and none of them is a crash."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.domain.sync import Accepted, Rejected, ReplyLost, Stale
from services.errors import CounterfoilError
from services.quickbooks.faults import Reply, read_one, read_read, read_write
from services.quickbooks.refusals import most_telling
from tests.quickbooks.replies import judged

KEYS = ["Payment", "Id", "SyncToken", "status", "Fault", "fault", "Error", "error", "code", "type"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["15", "610", "6240", "6000", "3001", "3100", "10000", "Deleted", "\ud83d"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
CODES = st.sampled_from(["610", "2500", "3001", "3100", "3200", "5010", "6000", "6240", "10000"])
ERRORS = st.fixed_dictionaries(
    {"code": CODES | st.text(max_size=6)},
    optional={"Message": st.text(max_size=30), "Detail": st.text(max_size=30) | JSON},
)
FAULTS = st.fixed_dictionaries(
    {"Error": st.lists(ERRORS, max_size=3)},
    optional={"type": st.sampled_from(["ValidationFault", "SystemFault", "SERVICE"])},
)


def written(value: Any) -> bytes:
    return json.dumps(value).encode()


def meaning_or_error(read: Callable[[], object]) -> object:
    try:
        return read()
    except CounterfoilError as error:
        return error


BODIES = (
    st.binary(max_size=200)
    | JSON.map(written)
    | FAULTS.map(lambda fault: written({"Fault": fault}))
    | FAULTS.map(lambda fault: written({"fault": fault}))
    | FAULTS.map(lambda fault: written({"Fault": fault})[:-7])
    | st.text("<>/=\"' ErorFaultcde6240?xml!", max_size=80).map(str.encode)
)
STATUSES = st.sampled_from([200, 201, 302, 400, 401, 403, 404, 429, 500, 502, 503, 504])
REPLIES = st.builds(
    Reply,
    STATUSES | st.integers(100, 599),
    BODIES,
    tid=st.none() | st.text(max_size=8),
    retry_after=st.none() | st.text(max_size=12),
)
OBJECTS = st.builds(
    lambda extra, qbo_id, token: {**extra, "Id": qbo_id, "SyncToken": token},
    st.dictionaries(st.text(max_size=6), JSON, max_size=3),
    st.integers(1, 10**9).map(str),
    st.integers(0, 99).map(str),
)


@settings(max_examples=800)
@given(REPLIES)
@example(Reply(200, b'{"Payment":{"Id":{"Id":"15"}}}'))
@example(Reply(400, b"<a>" * 5000))
@example(Reply(400, b'{"Fault":{"Error":[{"code":' + b"[" * 900 + b"]" * 900 + b"}]}}"))
@example(Reply(400, b'{"Fault":{"Error":[{}],"type":' + b"[" * 900 + b"]" * 900 + b"}}"))
def test_no_answer_is_beyond_the_readers(reply: Reply) -> None:
    """What they raise is ours and a sentence; anything else would stop the realm."""
    told = [
        meaning_or_error(lambda: read_write(reply, "Payment")),
        meaning_or_error(lambda: read_one(reply, "Payment")),
        meaning_or_error(lambda: read_read(reply)),
    ]
    assert all(str(each) for each in told if isinstance(each, CounterfoilError))


@settings(max_examples=800)
@given(REPLIES)
def test_a_refusal_has_words_of_quickbooks_behind_it(reply: Reply) -> None:
    """Only an envelope with a code refuses, and never with a server's failure."""
    if isinstance(judged(reply), Rejected | Stale):
        assert reply.status == 200 or 400 <= reply.status < 500
        assert b"code" in reply.body


@settings(max_examples=400)
@given(OBJECTS, st.none() | FAULTS)
def test_a_valid_acceptance_is_never_read_as_anything_else(
    found: dict[str, Any], fault: dict[str, Any] | None
) -> None:
    body = {"Payment": found} if fault is None else {"Fault": fault, "Payment": found}
    judgement = judged(Reply(200, written(body)))
    assert judgement == Accepted(found["Id"], found["SyncToken"])


@settings(max_examples=400)
@given(OBJECTS, st.integers(100, 599).filter(lambda status: status not in {200, 401, 429}))
def test_an_object_with_any_other_status_may_have_been_written(
    found: dict[str, Any], status: int
) -> None:
    assert isinstance(judged(Reply(status, written({"Payment": found}))), ReplyLost)


@settings(max_examples=400)
@given(st.sampled_from([200, 201, 302, 400, 403, 404, 409, 500, 502, 503]), st.binary(max_size=300))
def test_garbage_may_have_been_written(status: int, body: bytes) -> None:
    judgement = judged(Reply(status, body))
    assert isinstance(judgement, ReplyLost)
    assert judgement.answered


@settings(max_examples=300)
@given(STATUSES, FAULTS, st.randoms())
def test_the_order_of_errors_changes_no_doubt(
    status: int, fault: dict[str, Any], chance: Any
) -> None:
    """Which of two refusals is told may depend on their order; whether it is one never does."""
    errors = list(fault["Error"])
    chance.shuffle(errors)
    shuffled = {**fault, "Error": errors}
    one = judged(Reply(status, written({"Fault": fault})))
    other = judged(Reply(status, written({"Fault": shuffled})))
    assert type(one) is type(other)


def test_where_nothing_is_said_nothing_decides() -> None:
    assert most_telling([]) is None
