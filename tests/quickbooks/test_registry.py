"""Whatever QuickBooks refuses, and in whatever words, there is an explanation for it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.blame import CULPRITS
from services.domain.causes import OUR_WORDS, Cause
from services.domain.explanations import EXPLANATIONS
from services.domain.sync import Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled
from services.quickbooks.envelopes import Fault
from services.quickbooks.faults import Reply
from services.quickbooks.refusals import cause_of
from tests.quickbooks.replies import judged, service

# Every code that QuickBooks is known to answer with.
REFUSE = [
    *("500", "610", "2010", "2020", "2030", "2050", "2170", "2500", "4000", "4001", "5020", "6000"),
    *("6070", "6140", "6190", "6210", "6240", "6270", "6540"),
]
DO_NOT_REFUSE = {
    "100": AccessExpired,
    "120": ConnectionLost,
    "130": AccessExpired,
    "3001": Throttled,
    "3100": ConnectionLost,
    "3200": AccessExpired,
    "5010": Stale,
    "10000": ReplyLost,
}
MANY_MEANINGS = [
    # A code, and what it means in these words.
    ("5010", "The account period has closed. {1}", Cause.CLOSED_PERIOD),
    ("6000", "Business Validation Error: The account period has closed.", Cause.CLOSED_PERIOD),
    ("6000", "Business Validation Error: Something new.", Cause.BUSINESS_RULE),
    ("6140", "Duplicate Document Number Error", Cause.DUPLICATE_NUMBER),
    ("6140", "The name supplied already exists.", Cause.NAME_TAKEN),
    ("6210", "Account Period Closed", Cause.CLOSED_PERIOD),
    ("6210", "Duplicate Document Number Error: You must specify another.", Cause.DUPLICATE_NUMBER),
]


@pytest.mark.parametrize("code", REFUSE)
def test_every_known_code_that_refuses_is_explained(code: str) -> None:
    refusal = judged(Reply(400, service(code)))
    assert isinstance(refusal, Rejected)
    assert refusal.code == code
    assert refusal.cause in EXPLANATIONS


@pytest.mark.parametrize(("code", "meaning"), DO_NOT_REFUSE.items())
def test_every_other_known_code_is_no_refusal(code: str, meaning: type) -> None:
    assert isinstance(judged(Reply(400, service(code))), meaning)


@pytest.mark.parametrize(("code", "words", "cause"), MANY_MEANINGS)
def test_words_decide_where_one_code_means_several_things(
    code: str, words: str, cause: Cause
) -> None:
    refusal = judged(Reply(400, service(code, message="", detail=words)))
    assert isinstance(refusal, Rejected)
    assert refusal.cause is cause


@given(st.integers(0, 999_999).map(str), st.text(max_size=200))
def test_no_code_and_no_words_are_left_without_an_explanation(code: str, words: str) -> None:
    cause = cause_of(Fault(code, words))
    assert cause in EXPLANATIONS
    assert cause in CULPRITS
    assert cause not in OUR_WORDS


def test_every_recorded_refusal_is_explained(samples: Path) -> None:
    recorded = [*(samples / "faults").glob("400_*"), *(samples / "json").rglob("*_error.json")]
    causes = {file.name: _cause(file) for file in recorded}
    assert causes["400_6240_duplicate_name.json"] is Cause.NAME_TAKEN
    assert {cause for cause in causes.values() if cause} <= set(EXPLANATIONS)


def _cause(file: Path) -> Cause | None:
    outcome = judged(Reply(400, file.read_bytes()))
    assert isinstance(outcome, Rejected | Stale)
    return outcome.cause if isinstance(outcome, Rejected) else None


def test_a_text_that_does_not_say_which_field_it_is_about_gets_its_name() -> None:
    detail = "String length specified does not match the supported length."
    error = {"Message": "", "Detail": detail, "code": "2050", "element": "DocNumber"}
    body = json.dumps({"Fault": {"Error": [error], "type": "ValidationFault"}}).encode()
    refusal = judged(Reply(400, body))
    assert isinstance(refusal, Rejected)
    assert refusal.detail == f"{detail} (DocNumber)"
