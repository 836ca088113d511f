"""Every cause has an explanation that somebody in the firm can act on."""

import re

import pytest

from services.domain.causes import EXPLANATIONS, OUR_WORDS, Cause, Explanation

DO = {"ask", "compare", "give", "include", "link", "look", "make", "mend", "record", "rename"} | {
    "renew",
    "shorten",
    "sync",
    "take",
    "unlink",
    "unsync",
}
FALSIFIES = re.compile(
    r"\b(change|alter|edit|lower|raise|reduce|backdate|another|different|earlier|later)\b[^;,]*"
    r"\b(date|amount|sum|total)\b"
)
SKIPPED = {
    "before_start_date",
    "client_excluded",
    "possible_twin",
    "foreign_currency",
    "dismissed",
}
every_cause = pytest.mark.parametrize("cause", Cause)


@every_cause
def test_a_cause_says_what_happened_in_a_clause(cause: Cause) -> None:
    happened = EXPLANATIONS[cause].happened
    assert len(happened.split()) >= 3
    assert not happened.endswith(".")


@every_cause
def test_a_cause_names_something_to_do(cause: Cause) -> None:
    way_out = EXPLANATIONS[cause].way_out
    assert way_out.split()[0] in DO
    assert not way_out.endswith(".")


@every_cause
def test_no_way_out_falsifies_a_date_or_an_amount(cause: Cause) -> None:
    assert not FALSIFIES.search(EXPLANATIONS[cause].way_out)


@every_cause
def test_a_bookkeeper_reads_no_word_of_the_wire(cause: Cause) -> None:
    explanation = EXPLANATIONS[cause]
    jargon = r"\b(API|HTTP|realm|SyncToken|token|payload|reference id|outbox|fault|element)\b"
    assert not re.search(jargon, f"{explanation.happened} {explanation.way_out}")


def test_no_two_causes_tell_the_same() -> None:
    told = list(EXPLANATIONS.values())
    assert len(set(told)) == len(told)
    assert all(isinstance(each, Explanation) for each in told)


def test_the_reasons_for_skipping_are_called_as_the_product_calls_them() -> None:
    assert {Cause(value).value for value in SKIPPED} == SKIPPED
    assert {Cause(value) for value in SKIPPED} <= OUR_WORDS


def test_what_quickbooks_refuses_is_quoted() -> None:
    quoted = set(Cause) - OUR_WORDS
    assert {Cause.CLOSED_PERIOD, Cause.BUSINESS_RULE, Cause.UNKNOWN, Cause.NO_RECEIVABLE} <= quoted
