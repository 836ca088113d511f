"""A payment is changed in full: what was wanted is there afterwards, and nobody's line is lost."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.ids import InvoiceId
from services.domain.ledger import Allotted, Method, Payment
from services.domain.money import Money
from services.domain.sync import Operation, wire_key
from services.quickbooks.mapping import payments, wire
from tests.builders import ACME, INVOICE, PAYMENT, a_company, a_payment, an_allotment

KEY = wire_key(PAYMENT, Operation.CREATE, 1)
OURS = {"130": InvoiceId(INVOICE), "131": InvoiceId(ACME)}  # Invoices that the ledger knows.
ELSEWHERE = [("900", "Invoice"), ("901", "CreditMemo"), ("902", "Expense"), ("903", "JournalEntry")]
MINORS = st.integers(1, 50_000)
REFERENCES = st.none() | st.text("0123456789CK-", min_size=1, max_size=21)
WORDS = st.none() | st.sampled_from(["For October", "As [counterfoil:0]"])
METHODS = st.sampled_from([Method.CHECK, Method.CASH, Method.OTHER])


def sent(payment: Payment) -> dict[str, Any]:
    return payments.to_payment(payment, a_company(), deposit_account="4", key=KEY)


def written(minor: int) -> str:
    return str(Money(minor, "USD").to_decimal())


@st.composite
def allotments(draw: st.DrawFn) -> tuple[Allotted, ...]:
    ids = draw(st.lists(st.sampled_from(sorted(OURS)), unique=True))
    return tuple(
        an_allotment(
            written(draw(MINORS)),
            qbo_id=qbo_id,
            invoice_id=OURS[qbo_id],
            left_out=draw(st.booleans()),
        )
        for qbo_id in ids
    )


@st.composite
def recorded(draw: st.DrawFn) -> Payment:
    return a_payment(
        amount=written(draw(st.integers(200_000, 300_000))),
        received_on=draw(st.dates(date(2026, 1, 1), date(2026, 12, 31))),
        method=draw(METHODS),
        reference=draw(REFERENCES),
        description=draw(WORDS),
        allocations=draw(allotments()),
    )


@st.composite
def changes(draw: st.DrawFn) -> tuple[Payment, Payment]:
    """A payment, and the same one with some of its facts changed."""
    before, other = draw(recorded()), draw(recorded())
    names = ["amount", "received_on", "method", "reference", "description", "allocations"]
    chosen = draw(st.sets(st.sampled_from(names)))
    return before, replace(before, **{name: getattr(other, name) for name in chosen})


@st.composite
def held(draw: st.DrawFn, payment: Payment) -> dict[str, Any]:
    """The payment as QuickBooks has it now, with what others have added there."""
    others = draw(st.lists(st.sampled_from(ELSEWHERE), unique=True))
    lines = [
        *sent(payment).get("Line", []),
        *(_a_line(qbo_id, kind, draw(MINORS)) for qbo_id, kind in others),
    ]
    return {
        **draw(st.dictionaries(st.text("QRSTU", min_size=2, max_size=4), st.integers())),
        **sent(payment),
        "Id": "150",
        "SyncToken": draw(st.integers(0, 9).map(str)),
        "CustomerRef": {"value": "58", "name": "Acme"},
        "CurrencyRef": {"value": "USD"},
        "ProcessPayment": False,
        "Line": [{**line, "LineEx": {"any": [{"name": "x"}]}} for line in lines],
        # What QuickBooks reckons or writes by itself.
        "UnappliedAmt": 5,
        "LinkedTxn": [],
        "MetaData": {"CreateTime": "2026-11-02T09:00:00-08:00"},
        "domain": "QBO",
        "sparse": False,
    }


def _a_line(qbo_id: str, kind: str, minor: int) -> dict[str, Any]:
    link = {"TxnId": qbo_id, "TxnType": kind}
    return {"Amount": Money(minor, "USD").to_decimal(), "LinkedTxn": [link]}


CASES = changes().flatmap(lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), held(pair[0])))
Case = tuple[Payment, Payment, dict[str, Any]]
READ_ONLY = {"UnappliedAmt", "LinkedTxn", "MetaData", "domain"}
WRITABLE = {"TotalAmt", "TxnDate", "PaymentRefNum", "PaymentMethodRef", "PrivateNote", "Line"}


def changed(case: Case) -> dict[str, Any]:
    before, wanted, current = case
    return payments.to_changed_payment(wanted, before, current, a_company())


def after(case: Case) -> dict[str, Any]:
    """What QuickBooks has once it has taken an update in full."""
    body = changed(case)
    return {**{name: case[2][name] for name in READ_ONLY}, **deepcopy(body)}


def as_lines(current: Mapping[str, Any]) -> list[tuple[str, str, Decimal]]:
    lines = payments.lines_of(current)
    return sorted((each.kind, each.qbo_id, each.amount) for each in lines)


@given(CASES)
def test_a_change_keeps_everything_that_the_person_did_not_change(case: Case) -> None:
    current, body = case[2], changed(case)
    kept = current.keys() - READ_ONLY - WRITABLE
    assert {name: body[name] for name in kept} == {name: current[name] for name in kept}
    assert body["sparse"] is False
    assert (body["Id"], body["SyncToken"]) == ("150", current["SyncToken"])


@given(CASES)
def test_a_change_sends_nothing_back_that_quickbooks_writes_by_itself(case: Case) -> None:
    body = changed(case)
    assert not READ_ONLY & body.keys()
    assert all(line.keys() == {"Amount", "LinkedTxn"} for line in body["Line"])


@given(CASES)
def test_a_change_loses_no_line_that_the_person_did_not_touch(case: Case) -> None:
    before, wanted, current = case
    ours = {*OURS}
    strangers = [line for line in as_lines(current) if line[1] not in ours]
    assert [line for line in as_lines(changed(case)) if line[1] not in ours] == strangers
    if wanted.allocations == before.allocations:
        assert as_lines(changed(case)) == as_lines(current)


@given(CASES)
def test_a_change_settles_what_was_wanted(case: Case) -> None:
    _, wanted, _ = case
    settled = {line[1]: line[2] for line in as_lines(changed(case)) if line[1] in OURS}
    assert settled == {
        each.invoice_qbo_id: each.amount.to_decimal()
        for each in wanted.allocations
        if not each.left_out
    }


@given(CASES)
def test_a_change_leaves_our_mark_where_it_was(case: Case) -> None:
    body = changed(case)
    assert wire.find_marked([body], "PrivateNote", KEY) is body
    before, wanted, current = case
    ours = wire.our_line(current)
    assert ours is not None
    assert wire.our_line(body) == ours.replace(f", {before.method} [", f", {wanted.method} [")
    assert body["PrivateNote"].startswith(case[1].description or "P-1001")


@given(CASES)
def test_what_was_changed_is_there_afterwards(case: Case) -> None:
    before, wanted, _ = case
    assert payments.is_same(wanted, after(case))
    assert payments.has_change(wanted, before, after(case), a_company())


@given(CASES)
def test_what_was_not_changed_yet_is_not_taken_for_done(case: Case) -> None:
    before, wanted, current = case
    assert payments.is_same(before, current)
    is_other = any(
        getattr(before, name) != getattr(wanted, name)
        for name in ("amount", "received_on", "method", "reference", "description")
    )
    settles_other = as_lines(sent(before)) != as_lines(sent(wanted))
    is_there = payments.has_change(wanted, before, current, a_company())
    assert is_there == (not is_other and not settles_other)


def test_what_is_cleared_is_cleared_there() -> None:
    before = a_payment(reference="10443", description="For October")
    current = {**sent(before), "Id": "150", "SyncToken": "0"}
    wanted = replace(before, reference=None, description=None, method=Method.OTHER)
    body = changed((before, wanted, current))
    assert body["PaymentRefNum"] == ""
    assert body["PrivateNote"].startswith("P-1001 entered with Counterfoil, Other [counterfoil:")
    assert "PaymentMethodRef" not in body  # In an update in full, what is left out is blanked.


def test_a_payment_that_was_linked_keeps_the_note_that_it_came_with() -> None:
    before = a_payment()
    current = {**sent(before), "Id": "150", "SyncToken": "0", "PrivateNote": "Paid at the desk"}
    body = changed((before, replace(before, reference="7"), current))
    assert body["PrivateNote"] == "Paid at the desk"
    described = changed((before, replace(before, description="For October"), current))
    assert described["PrivateNote"] == "For October\nPaid at the desk"


@pytest.mark.parametrize(
    "other",
    [
        {"TotalAmt": Decimal("499.99")},
        {"TxnDate": "2026-11-03"},
        {"PaymentRefNum": "7"},
        {"Line": []},
        {"Line": [_a_line("130", "Invoice", 1)]},
    ],
)
def test_what_somebody_changed_in_quickbooks_is_not_the_same(other: dict[str, Any]) -> None:
    payment = a_payment(reference="10443", allocations=(an_allotment("500.00", qbo_id="130"),))
    assert payments.is_same(payment, sent(payment))
    assert not payments.is_same(payment, {**sent(payment), **other})


def test_what_quickbooks_writes_into_the_note_is_no_change() -> None:
    payment = a_payment(description="For October")
    assert payments.is_same(payment, {**sent(payment), "PrivateNote": "Reconciled"})


# A returned credit.


@given(CASES, MINORS)
def test_a_credit_is_tied_and_untied_without_touching_the_rest(case: Case, minor: int) -> None:
    current, part = case[2], Money(minor, "USD").to_decimal()
    applied = payments.to_applied(current, "77", part)
    assert as_lines(applied) == sorted([*as_lines(current), ("Expense", "77", part)])
    assert payments.is_applied(applied, "77")
    assert not payments.is_applied(current, "77")
    untied = payments.to_unapplied({**current, **applied}, "77")
    assert as_lines(untied) == as_lines(current)
    for body in (applied, untied):
        assert not READ_ONLY & body.keys()
        kept = current.keys() - READ_ONLY - {"Line", "sparse"}
        assert {name: body[name] for name in kept} == {name: current[name] for name in kept}


def test_only_the_refunds_own_expense_is_untied() -> None:
    lines = [_a_line("77", "Expense", 5), _a_line("77", "Invoice", 5), _a_line("78", "Expense", 5)]
    current = {"Id": "150", "SyncToken": "0", "Line": lines}
    assert as_lines(payments.to_unapplied(current, "77")) == as_lines({"Line": lines[1:]})
