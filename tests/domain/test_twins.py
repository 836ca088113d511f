"""A twin may be found too often, but never missed."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.ledger import MAX_AMOUNT_MINOR
from services.domain.money import Money
from services.domain.sync import Operation, wire_key
from services.domain.twins import Candidate, invoice_twins, keys_in, payment_twins
from tests.builders import a_line, a_payment, an_invoice

TODAY = date(2026, 11, 2)
REFERENCES = st.sampled_from(["", " ", "10443", "10 443", "CK-7", "ck-7 ", "10444"])
AMOUNTS = st.sampled_from([Decimal("500.00"), Decimal(500), Decimal("500.01"), Decimal(0)])
DAYS = st.integers(-9, 9).map(lambda days: TODAY + timedelta(days=days))
WINDOWS = st.integers(0, 9).map(lambda days: timedelta(days=days))


def a_candidate(
    reference: str = "", amount: str | Decimal = "500.00", on: date = TODAY
) -> Candidate:
    return Candidate("150", Decimal(amount), on, reference, frozenset())


CANDIDATES = st.builds(a_candidate, REFERENCES, AMOUNTS, DAYS)


def plain(reference: str) -> str:
    """Of these references, what a reader takes for the same."""
    return reference.replace(" ", "").lower()


def is_twin(payment_reference: str, candidate: Candidate, window: timedelta) -> bool:
    ours, theirs = plain(payment_reference), plain(candidate.reference)
    if ours and theirs:
        return ours == theirs
    return candidate.amount == 500 and abs(candidate.on - TODAY) <= window


@given(REFERENCES, st.lists(CANDIDATES, max_size=5), WINDOWS)
def test_a_payments_twin_has_its_reference_or_else_its_amount_at_its_time(
    reference: str, candidates: list[Candidate], window: timedelta
) -> None:
    payment = a_payment(amount="500.00", received_on=TODAY, reference=reference or None)
    twins = payment_twins(payment, candidates, window=window)
    assert twins == [each for each in candidates if is_twin(reference, each, window)]


@given(
    st.text("abcABC-0189", min_size=1, max_size=21),
    st.integers(1, MAX_AMOUNT_MINOR),
    st.lists(st.booleans(), min_size=21, max_size=21),
)
def test_a_reference_typed_otherwise_is_the_same(
    reference: str, minor: int, spaced: list[bool]
) -> None:
    """However far apart they are, and whatever they amount to."""
    signs = zip(reference.swapcase(), spaced, strict=False)
    typed = "".join(sign + " " * is_spaced for sign, is_spaced in signs)
    far = a_candidate(typed, Money(minor, "USD").to_decimal(), date(1999, 1, 1))
    payment = a_payment(reference=reference, received_on=TODAY)
    assert payment_twins(payment, [far], window=timedelta(0)) == [far]


@pytest.mark.parametrize(
    ("reference", "candidate", "is_one"),
    [
        (None, a_candidate(), True),
        (None, a_candidate("10443"), True),  # They may have written down what we have not.
        ("10443", a_candidate(), True),
        ("10443", a_candidate("10443", "1.00", date(2020, 1, 1)), True),
        ("10443", a_candidate("10444"), False),  # Two cheques of the same sum.
        (None, a_candidate(on=TODAY + timedelta(days=5)), True),
        (None, a_candidate(on=TODAY - timedelta(days=5)), True),
        (None, a_candidate(on=TODAY + timedelta(days=6)), False),
        (None, a_candidate(amount="500.01"), False),
        (None, a_candidate(amount="500"), True),
    ],
)
def test_a_payments_twins_as_a_bookkeeper_sees_them(
    *, reference: str | None, candidate: Candidate, is_one: bool
) -> None:
    payment = a_payment(reference=reference, received_on=TODAY)
    assert bool(payment_twins(payment, [candidate], window=timedelta(days=5))) is is_one


@pytest.mark.parametrize(
    ("candidate", "is_one"),
    [
        (a_candidate("INV-1001", "1.00", date(2020, 1, 1)), True),
        (a_candidate("inv -1001", "1.00", date(2020, 1, 1)), True),
        (a_candidate("INV-1002", "500.00", TODAY), True),
        (a_candidate("", "500.00", TODAY), True),
        (a_candidate("INV-1002", "500.00", TODAY + timedelta(days=1)), False),
        (a_candidate("INV-1002", "500.01", TODAY), False),
        (a_candidate("", "1.00", date(2020, 1, 1)), False),
    ],
)
def test_an_invoices_twin_has_its_number_or_else_its_total_and_date(
    *, candidate: Candidate, is_one: bool
) -> None:
    invoice = an_invoice(a_line("500.00"), number="INV-1001", invoiced_on=TODAY)
    assert bool(invoice_twins(invoice, [candidate])) is is_one


@given(st.lists(st.uuids(version=4), max_size=4), st.text(max_size=40))
def test_every_marker_in_a_note_tells_its_key(records: list[UUID], words: str) -> None:
    keys = {wire_key(record, Operation.CREATE, 1) for record in records}
    note = words + words.join(key.marker for key in keys)
    assert keys_in(note) == keys


@pytest.mark.parametrize(
    "note", ["", "[counterfoil:]", "[counterfoil:123]", "counterfoil", "[" * 9]
)
def test_what_only_looks_like_a_marker_tells_none(note: str) -> None:
    assert keys_in(note) == frozenset()


def test_a_twin_is_put_before_a_person_with_what_tells_it_apart() -> None:
    assert a_candidate("10443").words == "500.00 10443 of 2026-11-02 (id 150)"
    assert a_candidate().words == "500.00 of 2026-11-02 (id 150)"
