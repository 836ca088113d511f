"""Our records in QuickBooks' shapes: to the digit, within its limits, and found again."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.quickbooks import Company, FaultError
from sandbox.quickbooks.query import parse
from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_DESCRIPTION,
    MAX_EMAIL,
    MAX_NAME,
    MAX_REFERENCE,
    Method,
)
from services.domain.money import Money
from services.domain.sync import Operation, WireKey, wire_key
from services.errors import TryLater
from services.quickbooks import mapping
from tests.builders import ACME, PAYMENT, a_client, a_company, a_payment

KEY = wire_key(PAYMENT, Operation.CREATE, 1)
NOTE_LIMIT = 4000  # QuickBooks' own, as is the next.
REFERENCE_LIMIT = 21


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("500.00", "USD", "500.00"),
        ("0.01", "USD", "0.01"),
        ("0.10", "EUR", "0.10"),
        ("9999999999.99", "USD", "9999999999.99"),
        ("500", "JPY", "500"),
        ("0.001", "KWD", "0.001"),
    ],
)
def test_an_amount_is_written_to_the_digit(amount: str, currency: str, written: str) -> None:
    payment = a_payment(amount=amount, currency=currency)
    body = mapping.to_json(mapping.to_payment(payment, a_company(), KEY))
    assert f'"TotalAmt": {written},' in body


@given(st.integers(1, MAX_AMOUNT_MINOR), st.sampled_from(["USD", "JPY", "KWD"]))
def test_no_amount_passes_through_a_float(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    body = mapping.to_json(
        mapping.to_payment(
            a_payment(amount=str(money.to_decimal()), currency=currency), a_company(), KEY
        )
    )
    read = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    assert read["TotalAmt"] == money.to_decimal()


def test_the_same_record_is_written_the_same_way_each_time() -> None:
    bodies = {mapping.to_json(mapping.to_payment(a_payment(), a_company(), KEY)) for _ in range(5)}
    assert len(bodies) == 1


@given(st.text(max_size=MAX_DESCRIPTION) | st.just("[counterfoil:" + "0" * 32 + "]"))
def test_a_payment_is_found_again_whatever_its_description_says(description: str) -> None:
    other = wire_key(PAYMENT, Operation.CREATE, 2)
    body = mapping.to_payment(a_payment(description=description), a_company(), KEY)
    assert mapping.find_marked([body], "PrivateNote", KEY) == body
    assert mapping.find_marked([body], "PrivateNote", other) is None


def test_an_object_without_a_note_is_nobodys() -> None:
    assert (
        mapping.find_marked([{"Id": "1"}, {"Id": "2", "PrivateNote": None}], "PrivateNote", KEY)
        is None
    )


@pytest.mark.parametrize("method", Method)
def test_the_longest_that_a_person_can_type_is_within_quickbooks_limits(method: Method) -> None:
    longest = a_payment(
        number=999_999_999,
        method=method,
        reference="x" * MAX_REFERENCE,
        description="d" * MAX_DESCRIPTION,
    )
    body = mapping.to_payment(longest, a_company(), KEY)
    assert len(body["PrivateNote"]) <= NOTE_LIMIT
    assert body["PrivateNote"].startswith("d" * MAX_DESCRIPTION)
    assert len(body["PaymentRefNum"]) <= REFERENCE_LIMIT


def test_the_company_takes_the_longest_that_a_person_can_type(company: Company) -> None:
    key = wire_key(ACME, Operation.CREATE, 1)
    client = a_client(name="n" * MAX_NAME, email=f"{'e' * (MAX_EMAIL - 12)}@example.com")
    customer = company.add("Customer", **mapping.to_customer(client, key))
    payment = a_payment(reference="x" * MAX_REFERENCE, description="d" * MAX_DESCRIPTION)
    body = mapping.to_payment(payment, a_company(), KEY)
    body["CustomerRef"] = {"value": customer["Id"]}
    booked = company.add("Payment", **body)
    assert mapping.find_marked([customer], "Notes", key) is not None
    assert mapping.find_marked([booked], "PrivateNote", KEY) is not None
    with pytest.raises(FaultError):
        company.add("Payment", **{**body, "PaymentRefNum": "x" * (MAX_REFERENCE + 1)})


def test_a_payment_says_who_paid_what_when_how_and_where_it_is() -> None:
    payment = a_payment(reference="10443", method=Method.CHECK, description="For October")
    assert mapping.to_payment(payment, a_company(), KEY) == {
        "CustomerRef": {"value": "58"},
        "TotalAmt": Decimal("500.00"),
        "TxnDate": "2026-11-02",
        "DepositToAccountRef": {"value": "4"},
        "PaymentMethodRef": {"value": "2"},
        "PaymentRefNum": "10443",
        "PrivateNote": f"For October\nP-1001 entered with Counterfoil, Check {KEY.marker}",
    }


def test_a_method_that_the_company_does_not_know_stands_in_the_note() -> None:
    body = mapping.to_payment(a_payment(method=Method.BANK_TRANSFER), a_company(), KEY)
    assert "PaymentMethodRef" not in body
    assert "Bank transfer" in body["PrivateNote"]


@given(st.text(max_size=60) | st.text("'\\\" an", max_size=20))
@example("Amy's \\ Bird' OR Id > '0")
def test_quickbooks_reads_back_what_was_quoted(text: str) -> None:
    where = f"DisplayName = {mapping.quoted(text)} MAXRESULTS 9"
    query = parse("SELECT * FROM Customer WHERE " + where)  # noqa: S608 - quoting is the claim.
    assert [each.values for each in query.conditions] == [(text,)]
    assert query.most == 9


def test_an_instant_is_quoted_with_its_offset() -> None:
    quoted = mapping.quoted_instant(datetime(2026, 11, 2, 17, 0, 0, 987_654, tzinfo=UTC))
    assert quoted == "'2026-11-02T17:00:00+00:00'"


@given(st.text(max_size=MAX_NAME), st.text(max_size=20))
def test_what_was_stored_to_be_sent_tells_whom_it_was_for(name: str, qbo_id: str) -> None:
    customer = mapping.to_json({"DisplayName": name, "Notes": KEY.marker})
    payment = mapping.to_json({"CustomerRef": {"value": qbo_id}})
    assert mapping.customer_name(customer) == name
    assert mapping.payer(payment) == qbo_id


def test_a_marker_belongs_to_one_key_alone() -> None:
    shorter, longer = WireKey("abc"), WireKey("abcd")
    assert shorter.marker not in longer.marker


def test_recorded_preferences_tell_the_currency(samples: Path) -> None:
    folder = samples / "json" / "exquickbooks" / "preferences"
    preferences = json.loads((folder / "read_preferences.json").read_text())["Preferences"]
    assert mapping.read_company({"Country": "SE"}, preferences, [], []).currency == "USD"


def test_a_currency_that_quickbooks_does_not_name_is_not_guessed() -> None:
    with pytest.raises(TryLater, match="currency"):
        mapping.read_company({"Country": "CA"}, {}, [], [])
