"""Money is spread over invoices to the last cent, the oldest first, and never over one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.allocation import objection, spread
from services.domain.changes import allotted
from services.domain.ids import InvoiceId
from services.domain.ledger import MAX_ALLOCATIONS, MAX_AMOUNT_MINOR, Allocation, Invoice
from services.domain.money import Money
from tests.builders import a_payment, an_invoice, some_money

DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 9))  # Few, so that many fall on the same.
MINORS = st.integers(0, 500)
HUGE = st.integers(0, MAX_AMOUNT_MINOR)


@st.composite
def invoices(draw: st.DrawFn, minors: st.SearchStrategy[int] = MINORS) -> Invoice:
    """Of one client: some void, some settled in part or in full."""
    total = draw(minors)
    invoiced_on = draw(DAYS)
    return an_invoice(
        id=InvoiceId(draw(st.uuids(version=4))),
        number=f"INV-{draw(st.integers(1001, 1020))}",
        total=Money(total, "USD"),
        applied=Money(draw(st.integers(0, total)), "USD"),
        invoiced_on=invoiced_on,
        due_on=invoiced_on + timedelta(days=draw(st.integers(0, 3))),
        voided=draw(st.booleans()),
    )


def several(minors: st.SearchStrategy[int] = MINORS) -> st.SearchStrategy[list[Invoice]]:
    own = (lambda each: each.id, lambda each: each.number)
    return st.lists(invoices(minors), max_size=8, unique_by=own)


AMOUNTS = st.integers(1, 2000).map(lambda minor: Money(minor, "USD"))


def age(invoice: Invoice) -> tuple[date, date, str]:
    return invoice.due_on, invoice.invoiced_on, invoice.number


def unapplied(amount: Money, allocations: Sequence[Allocation], there: list[Invoice]) -> int:
    """As the payment itself tells it."""
    known = {each.id: each for each in there}
    parts = tuple(
        allotted(known[each.invoice_id], each.amount, left_out=False) for each in allocations
    )
    return replace(a_payment(), amount=amount, allocations=parts).unapplied.minor


@given(st.integers(1, MAX_AMOUNT_MINOR), several(HUGE))
def test_what_is_applied_and_what_is_not_are_the_payment(minor: int, there: list[Invoice]) -> None:
    amount = Money(minor, "USD")
    allocations = spread(amount, there)
    rest = unapplied(amount, allocations, there)
    assert rest >= 0
    assert sum(each.amount.minor for each in allocations) + rest == minor


@given(AMOUNTS, several())
def test_no_invoice_gets_more_than_it_has_open_or_nothing(
    amount: Money, there: list[Invoice]
) -> None:
    known = {each.id: each for each in there}
    for each in spread(amount, there):
        invoice = known[each.invoice_id]
        assert not invoice.voided
        assert 0 < each.amount.minor <= invoice.total.minor - invoice.applied.minor
        assert not each.left_out


@given(AMOUNTS, several())
def test_no_invoice_gets_anything_before_all_older_ones_are_settled(
    amount: Money, there: list[Invoice]
) -> None:
    is_open = [each for each in sorted(there, key=age) if each.balance_due.minor]
    allocations = spread(amount, there)
    settled = [each.invoice_id for each in allocations]
    assert settled == [each.id for each in is_open[: len(settled)]]
    for each, invoice in list(zip(allocations, is_open, strict=False))[:-1]:
        assert each.amount == invoice.balance_due


@given(AMOUNTS, several())
def test_nothing_is_left_while_an_invoice_is_open(amount: Money, there: list[Invoice]) -> None:
    allocations = spread(amount, there)
    is_open = sum(each.balance_due.minor for each in there)
    assert sum(each.amount.minor for each in allocations) == min(amount.minor, is_open)


@given(AMOUNTS, several(), st.integers())
def test_the_order_in_which_they_are_read_does_not_matter(
    amount: Money, there: list[Invoice], seed: int
) -> None:
    shuffled = Random(seed).sample(there, len(there))
    assert spread(amount, shuffled) == spread(amount, there)


def test_a_payment_settles_as_many_as_fit_into_a_form() -> None:
    there = [
        an_invoice(id=InvoiceId(uuid4()), number=f"INV-{number}")
        for number in range(1001, 1001 + MAX_ALLOCATIONS + 1)
    ]
    allocations = spread(some_money("1000000.00"), there)
    assert len(allocations) == MAX_ALLOCATIONS
    known = {each.id: each for each in there}
    assert objection(some_money("1000000.00"), allocations, known, held={}) is None


# Objections.


@given(AMOUNTS, several())
def test_what_is_spread_is_never_objected_to(amount: Money, there: list[Invoice]) -> None:
    known = {each.id: each for each in there}
    assert objection(amount, spread(amount, there), known, held={}) is None


@given(AMOUNTS, several(), st.data())
def test_an_objection_is_made_to_just_what_cannot_be(
    amount: Money, there: list[Invoice], data: st.DataObject
) -> None:
    known = {each.id: each for each in there}
    ids = st.sampled_from([*known, InvoiceId(uuid4())])
    minors = st.integers(-1, 500).map(lambda minor: Money(minor, "USD"))
    allocations = data.draw(st.lists(st.builds(Allocation, ids, minors), max_size=4))
    held = {each: data.draw(MINORS) for each in data.draw(st.sets(st.sampled_from([*known, None])))}
    mine = {each: minor for each, minor in held.items() if each is not None}
    is_sound = (
        len({each.invoice_id for each in allocations}) == len(allocations)
        and all(each.invoice_id in known for each in allocations)
        and not any(known[each.invoice_id].voided for each in allocations)
        and all(
            0
            < each.amount.minor
            <= known[each.invoice_id].balance_due.minor + mine.get(each.invoice_id, 0)
            for each in allocations
        )
        and sum(each.amount.minor for each in allocations) <= amount.minor
    )
    assert (objection(amount, allocations, known, held=mine) is None) == is_sound


OURS = an_invoice(number="INV-7")  # Of 500.00.
FULL = Allocation(OURS.id, some_money("500.00"))


@pytest.mark.parametrize(
    ("invoice", "allocations", "words"),
    [
        (OURS, (FULL, FULL), "there twice"),
        (OURS, (replace(FULL, invoice_id=InvoiceId(uuid4())),), "is not this client’s"),
        (replace(OURS, voided=True), (FULL,), "INV-7 is void"),
        (replace(OURS, total=Money(50_000, "EUR")), (FULL,), "INV-7 is in EUR"),
        (OURS, (replace(FULL, amount=some_money("0.00")),), "more than nothing"),
        (OURS, (replace(FULL, amount=some_money("500.01")),), "less than that left to pay"),
        (replace(OURS, applied=some_money("0.01")), (FULL,), "less than that left to pay"),
        (OURS, (FULL,) * (MAX_ALLOCATIONS + 1), "at the most"),
    ],
)
def test_an_objection_says_what_is_wrong(
    invoice: Invoice, allocations: tuple[Allocation, ...], words: str
) -> None:
    sentence = objection(some_money("1000.00"), allocations, {OURS.id: invoice}, held={})
    assert words in (sentence or "")


def test_invoices_cannot_add_up_to_more_than_the_payment() -> None:
    sentence = objection(some_money("499.99"), (FULL,), {OURS.id: OURS}, held={})
    assert "more than the payment" in (sentence or "")


def test_what_the_payment_has_on_an_invoice_already_is_free_for_it() -> None:
    settled = replace(OURS, applied=some_money("500.00"))
    assert objection(FULL.amount, (FULL,), {OURS.id: settled}, held={}) is not None
    assert objection(FULL.amount, (FULL,), {OURS.id: settled}, held={OURS.id: 50_000}) is None
