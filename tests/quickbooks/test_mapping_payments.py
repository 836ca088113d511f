"""Payments in QuickBooks' shapes: all that was recorded, and found again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.quickbooks import Company, FaultError
from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_DESCRIPTION,
    MAX_REFERENCE,
    Method,
    Payment,
)
from services.domain.money import Money
from services.domain.sync import Operation, wire_key
from services.domain.twins import Candidate
from services.quickbooks.mapping import payments, wire
from tests.builders import PAYMENT, a_company, a_payment, an_allotment

KEY = wire_key(PAYMENT, Operation.CREATE, 1)
NOTE_LIMIT = 4000  # QuickBooks' own, as is the next.
REFERENCE_LIMIT = 21


def sent(payment: Payment) -> dict[str, Any]:
    return payments.to_payment(payment, a_company(), deposit_account="4", key=KEY)


# The way in.


def test_a_payment_says_who_paid_what_when_how_and_where_it_is() -> None:
    payment = a_payment(reference="10443", method=Method.CHECK, description="For October")
    assert sent(payment) == {
        "CustomerRef": {"value": "58"},
        "TotalAmt": Decimal("500.00"),
        "TxnDate": "2026-11-02",
        "DepositToAccountRef": {"value": "4"},
        "PaymentMethodRef": {"value": "2"},
        "PaymentRefNum": "10443",
        "PrivateNote": f"For October\nP-1001 entered with Counterfoil, Check {KEY.marker}",
    }


def test_a_payment_settles_its_invoices_but_for_those_that_are_left_out() -> None:
    allocations = (
        an_allotment("200.00", qbo_id="130"),
        an_allotment("100.00", qbo_id="131", left_out=True),
        an_allotment("50.00", qbo_id="132"),
    )
    assert sent(a_payment(allocations=allocations))["Line"] == [
        {
            "Amount": Decimal("200.00"),
            "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}],
        },
        {"Amount": Decimal("50.00"), "LinkedTxn": [{"TxnId": "132", "TxnType": "Invoice"}]},
    ]


def test_a_method_that_the_company_does_not_know_stands_in_the_note() -> None:
    body = sent(a_payment(method=Method.BANK_TRANSFER))
    assert "PaymentMethodRef" not in body
    assert "Bank transfer" in body["PrivateNote"]


@given(st.integers(1, MAX_AMOUNT_MINOR), st.sampled_from(["USD", "JPY", "KWD"]))
def test_a_payment_amounts_to_what_was_recorded(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    body = sent(replace(a_payment(), amount=money))
    assert wire.is_amount(body, "TotalAmt", money)
    assert f'"TotalAmt": {money.to_decimal()},' in wire.to_json(body)


@given(st.text(max_size=MAX_DESCRIPTION) | st.just("[counterfoil:" + "0" * 32 + "]"))
def test_a_payment_is_found_again_whatever_its_description_says(description: str) -> None:
    other = wire_key(PAYMENT, Operation.CREATE, 2)
    body = sent(a_payment(description=description))
    assert wire.find_marked([body], "PrivateNote", KEY) == body
    assert wire.find_marked([body], "PrivateNote", other) is None


@pytest.mark.parametrize("method", Method)
def test_the_longest_that_a_person_can_type_is_within_quickbooks_limits(method: Method) -> None:
    longest = a_payment(
        number=999_999_999,
        method=method,
        reference="x" * MAX_REFERENCE,
        description="d" * MAX_DESCRIPTION,
    )
    body = sent(longest)
    assert len(body["PrivateNote"]) <= NOTE_LIMIT
    assert body["PrivateNote"].startswith("d" * MAX_DESCRIPTION)
    assert len(body["PaymentRefNum"]) <= REFERENCE_LIMIT


def test_the_company_takes_the_longest_that_a_person_can_type(company: Company) -> None:
    customer = company.add_customer("Acme")
    body = sent(a_payment(reference="x" * MAX_REFERENCE, description="d" * MAX_DESCRIPTION))
    body["CustomerRef"] = {"value": customer["Id"]}
    booked = company.add("Payment", **body)
    assert wire.find_marked([booked], "PrivateNote", KEY) is not None
    with pytest.raises(FaultError):
        company.add("Payment", **{**body, "PaymentRefNum": "x" * (MAX_REFERENCE + 1)})


# What is read.


@pytest.mark.parametrize(
    ("links", "is_deposited"),
    [
        ([{"TxnId": "9", "TxnType": "Deposit"}], True),
        (
            [{"TxnId": "9", "TxnType": "ReimburseCharge"}, {"TxnId": "8", "TxnType": "Deposit"}],
            True,
        ),
        ([{"TxnId": "9", "TxnType": "Expense"}], False),
        ([], False),
    ],
)
def test_a_payment_on_a_bank_deposit_is_told(
    *, links: list[dict[str, str]], is_deposited: bool
) -> None:
    assert payments.is_deposited({"LinkedTxn": links}) is is_deposited
    assert not payments.is_deposited({})


def test_a_candidate_for_a_twin_is_read_with_all_that_tells_it_apart() -> None:
    body = {**sent(a_payment(reference="10443")), "Id": "150", "TotalAmt": 500}
    candidate = payments.candidate(body)
    on = date(2026, 11, 2)
    assert candidate == Candidate("150", Decimal(500), on, "10443", frozenset({KEY}))
    bare = payments.candidate({"Id": "1", "TxnDate": "2026-11-02"})
    assert bare == Candidate("1", Decimal(0), on, "", frozenset())
