"""What is told of a near match can be read back, whatever the names hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.near_match import NearMatch, read_near_match
from tests.builders import a_client


@given(name=st.text(min_size=1), email=st.none() | st.just("a@b.example"), active=st.booleans())
def test_both_sides_are_told_and_read_back(name: str, email: str | None, *, active: bool) -> None:
    told = NearMatch("58", name, email, is_active=active).beside(a_client(name="Acme"))
    read = read_near_match(told)
    assert read is not None
    assert read.qbo_id == "58"
    assert read.is_active == active


@pytest.mark.parametrize("detail", [None, "", "“Acme” in QuickBooks is linked to another client."])
def test_other_sentences_name_nobody(detail: str | None) -> None:
    assert read_near_match(detail) is None
