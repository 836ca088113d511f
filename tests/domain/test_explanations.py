"""Every cause has an explanation that somebody in the firm can act on."""

import re

import pytest

from services.domain.causes import OUR_WORDS, Cause
from services.domain.explanations import EXPLANATIONS, Explanation, Fixer, Step, safe_step
from services.domain.places import Place
from services.domain.sync import RecordKind

LONGEST_TITLE = 40  # It stands beside a name, in a line that a phone shows.
LONGEST_HAPPENED = 85
LONGEST_MEND = 85
DO = {"ask", "choose", "compare", "connect", "enter", "include", "link", "look", "make", "mend"} | {
    "open",
    "rename",
    "renew",
    "restore",
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
def test_every_cause_is_explained(cause: Cause) -> None:
    assert isinstance(EXPLANATIONS.get(cause), Explanation)


@every_cause
def test_a_title_is_a_short_sentence(cause: Cause) -> None:
    title = EXPLANATIONS[cause].title
    assert title[0].isupper()
    assert not title.endswith(".")
    assert len(title.split()) >= 3
    assert len(title) <= LONGEST_TITLE


@every_cause
def test_a_cause_says_what_happened_in_a_clause(cause: Cause) -> None:
    happened = EXPLANATIONS[cause].happened
    assert len(happened.split()) >= 3
    assert not happened.endswith(".")
    assert len(happened) <= LONGEST_HAPPENED


@every_cause
def test_a_cause_names_something_to_do(cause: Cause) -> None:
    mend = EXPLANATIONS[cause].way_out.mend
    assert mend.split()[0] in DO
    assert not mend.endswith(".")
    assert len(mend) <= LONGEST_MEND


@every_cause
def test_no_way_out_falsifies_a_date_or_an_amount(cause: Cause) -> None:
    assert not FALSIFIES.search(EXPLANATIONS[cause].way_out.mend)


@every_cause
def test_a_bookkeeper_reads_no_word_of_the_wire(cause: Cause) -> None:
    explanation = EXPLANATIONS[cause]
    jargon = r"\b(API|HTTP|realm|SyncToken|token|payload|reference id|outbox|fault|element)\b"
    told = f"{explanation.title} {explanation.happened} {explanation.way_out.mend}"
    assert not re.search(jargon, told)


def test_no_two_causes_tell_the_same() -> None:
    told = list(EXPLANATIONS.values())
    assert len({each.title for each in told}) == len(told)
    assert len({each.happened for each in told}) == len(told)


@every_cause
def test_what_only_an_admin_can_mend_is_done_with_what_is_an_admins(cause: Cause) -> None:
    way_out = EXPLANATIONS[cause].way_out
    if way_out.step in {Step.SETTINGS, Step.CONNECT}:
        assert way_out.fixer is Fixer.ADMIN


@every_cause
def test_what_the_bookkeeper_mends_is_in_quickbooks(cause: Cause) -> None:
    way_out = EXPLANATIONS[cause].way_out
    if way_out.fixer is Fixer.BOOKKEEPER:
        assert re.search(r"QuickBooks|\bthere\b", way_out.mend)


def test_what_is_ours_alone_leads_nowhere_in_quickbooks() -> None:
    ours = {Cause.CLIENT_EXCLUDED, Cause.DISMISSED, Cause.REFUND_IN_THE_WAY}
    assert {EXPLANATIONS[cause].way_out.place for cause in ours} == {None}


@pytest.mark.parametrize("cause", [Cause.ACCOUNT_GONE, Cause.WRONG_ACCOUNT_TYPE])
def test_the_account_of_a_refund_is_not_the_settings(cause: Cause) -> None:
    assert safe_step(RecordKind.PAYMENT, cause) is Step.SETTINGS
    assert safe_step(RecordKind.REFUND, cause) is Step.RETRY


@every_cause
def test_no_refund_is_linked(cause: Cause) -> None:
    assert safe_step(RecordKind.REFUND, cause) is not Step.LINK


@pytest.mark.parametrize(
    ("cause", "place"),
    [
        (Cause.CLOSED_PERIOD, Place.CLOSING_DATE),
        (Cause.ACCOUNT_GONE, Place.ACCOUNTS),
        (Cause.ITEM_GONE, Place.ITEMS),
        (Cause.CUSTOMER_GONE, Place.CLIENT),
        (Cause.DEPOSITED, Place.PAYMENT),
        (Cause.POSSIBLE_TWIN, Place.TWIN),
        (Cause.SUBSCRIPTION_ENDED, Place.BILLING),
    ],
)
def test_a_cause_leads_to_where_it_is_mended(cause: Cause, place: Place) -> None:
    assert EXPLANATIONS[cause].way_out.place is place


def test_the_reasons_for_skipping_are_called_as_the_product_calls_them() -> None:
    assert {Cause(value).value for value in SKIPPED} == SKIPPED
    assert {Cause(value) for value in SKIPPED} <= OUR_WORDS


def test_what_quickbooks_refuses_is_quoted() -> None:
    quoted = set(Cause) - OUR_WORDS
    assert {Cause.CLOSED_PERIOD, Cause.BUSINESS_RULE, Cause.UNKNOWN, Cause.NO_RECEIVABLE} <= quoted
