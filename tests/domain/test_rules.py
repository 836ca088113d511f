"""Rules that no record can break, and how long a retry waits."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.backoff import LONGEST_WAIT, wait_before
from services.domain.causes import Cause
from services.domain.ledger import SyncFacts
from services.domain.members import Role
from services.domain.sync import ACTIONS, Action, Status
from tests.builders import a_member

BASES = st.timedeltas(timedelta(milliseconds=1), timedelta(days=1))


@given(st.integers(1, 100_000), BASES, st.integers())
def test_a_wait_is_never_nothing_and_never_beyond_the_longest(
    attempt: int, base: timedelta, seed: int
) -> None:
    wait = wait_before(attempt, base=base, chance=Random(seed))
    assert min(base, LONGEST_WAIT) / 2 <= wait <= LONGEST_WAIT


@given(st.integers(1, 12), st.integers())
def test_each_wait_lies_within_twice_the_one_before(attempt: int, seed: int) -> None:
    base = timedelta(milliseconds=10)
    longest = base * 2 ** (attempt - 1)
    assert longest / 2 <= wait_before(attempt, base=base, chance=Random(seed)) <= longest


def test_firms_that_were_cut_off_together_do_not_come_back_together() -> None:
    chance = Random(1)
    waits = {wait_before(3, base=timedelta(seconds=2), chance=chance) for _ in range(20)}
    assert len(waits) == 20


def facts(status: Status, **known: Any) -> SyncFacts:
    """As ordinary as the status allows."""
    ordinary: dict[str, Any] = {}
    if status is Status.SYNCED:
        ordinary["qbo_id"] = "58"
    if status in {Status.FAILED, Status.SKIPPED}:
        ordinary |= {"cause": Cause.GONE, "blame": "gone:its own"}
    return SyncFacts(status, **{**ordinary, **known})


@pytest.mark.parametrize("status", Status)
def test_every_status_has_facts_that_it_allows(status: Status) -> None:
    assert facts(status).status is status


@pytest.mark.parametrize("status", [Status.NOT_SYNCED, Status.FAILED, Status.SKIPPED])
def test_what_is_not_in_quickbooks_has_no_quickbooks_id(status: Status) -> None:
    with pytest.raises(ValueError, match="contradict"):
        facts(status, qbo_id="58")


def test_what_is_synced_has_a_quickbooks_id() -> None:
    with pytest.raises(ValueError, match="contradict"):
        facts(Status.SYNCED, qbo_id=None)


@pytest.mark.parametrize("qbo_id", [None, "58"])
def test_what_is_on_its_way_in_or_out_may_be_in_quickbooks(qbo_id: str | None) -> None:
    assert facts(Status.SYNCING, qbo_id=qbo_id).is_in_quickbooks == (qbo_id is not None)


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED])
def test_failed_and_skipped_say_why(status: Status) -> None:
    with pytest.raises(ValueError, match="contradict"):
        facts(status, cause=None, blame=None)


@pytest.mark.parametrize("status", [Status.NOT_SYNCED, Status.SYNCING, Status.SYNCED])
def test_only_failed_and_skipped_have_a_cause(status: Status) -> None:
    with pytest.raises(ValueError, match="contradict"):
        facts(status, cause=Cause.GONE, blame="gone:its own")


@pytest.mark.parametrize("status", Status)
def test_a_cause_has_its_blame(status: Status) -> None:
    blamed = None if facts(status).cause else "gone:its own"
    with pytest.raises(ValueError, match="blame"):
        facts(status, blame=blamed)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.SYNCED])
def test_nothing_is_linked_to_nothing(status: Status) -> None:
    with pytest.raises(ValueError, match="linked to nothing"):
        facts(status, linked=True)


@pytest.mark.parametrize("status", [Status.SYNCED, Status.SYNCING])
def test_what_is_linked_has_its_quickbooks_id(status: Status) -> None:
    assert facts(status, qbo_id="58", linked=True).linked


def test_a_possible_twin_is_named() -> None:
    with pytest.raises(ValueError, match="twin"):
        facts(Status.SKIPPED, cause=Cause.POSSIBLE_TWIN)
    assert facts(Status.SKIPPED, cause=Cause.POSSIBLE_TWIN, twin_id="58").twin_id == "58"


@pytest.mark.parametrize("cause", [each for each in Cause if each is not Cause.POSSIBLE_TWIN])
def test_no_other_cause_names_a_twin(cause: Cause) -> None:
    with pytest.raises(ValueError, match="twin"):
        facts(Status.SKIPPED, cause=cause, twin_id="58")


def test_sync_is_never_offered_for_what_is_in_quickbooks_or_on_its_way() -> None:
    offering = {status for status, actions in ACTIONS.items() if Action.SYNC in actions}
    assert offering == {Status.NOT_SYNCED, Status.FAILED, Status.SKIPPED}


def test_every_status_says_what_a_person_may_do() -> None:
    assert set(ACTIONS) == set(Status)


@pytest.mark.parametrize("label", ["Not synced", "Syncing", "Synced", "Failed", "Skipped"])
def test_a_status_is_called_by_its_name_on_screen(label: str) -> None:
    assert label in {status.label for status in Status}


@pytest.mark.parametrize(
    ("is_admin", "is_outsider", "role"),
    [
        (False, False, Role.RECORDER),
        (True, False, Role.ADMIN),
        (False, True, Role.NOBODY),
        (True, True, Role.NOBODY),
    ],
)
def test_an_outsider_may_do_nothing_whatever_else_is_true(
    *, is_admin: bool, is_outsider: bool, role: Role
) -> None:
    assert a_member(is_admin=is_admin, is_outsider=is_outsider).role is role
