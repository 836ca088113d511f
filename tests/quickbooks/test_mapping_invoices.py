"""Invoices in QuickBooks' shapes, and read back as the ledger keeps them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_QUANTITY,
    QUANTITY_DIGITS,
    Invoice,
    InvoiceLine,
    total_of,
)
from services.domain.money import Money
from services.domain.sync import Operation, wire_key
from services.domain.twins import Candidate
from services.quickbooks.mapping import invoices, wire
from tests.builders import INVOICE, a_client, a_line, an_invoice

KEY = wire_key(INVOICE, Operation.CREATE, 1)
ITEM = "3"
READ_ONLY = {"Balance", "MetaData", "domain", "LinkedTxn", "InvoiceLink", "HomeTotalAmt"}
SUBTOTAL = {"Amount": 5, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
DISCOUNT = {"Amount": 5, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"X": 1}}
WORDS = {"Description": "Thank you", "DetailType": "DescriptionOnly"}


def sent(invoice: Invoice) -> dict[str, Any]:
    return invoices.to_invoice(invoice, ITEM, KEY)


def there(invoice: Invoice, *others: dict[str, Any]) -> dict[str, Any]:
    """As QuickBooks has it, with lines that are not ours to know."""
    body = sent(invoice)
    return {
        **body,
        "Id": "130",
        "SyncToken": "2",
        "Line": [{"Id": "1", "LineNum": 1, **line} for line in body["Line"]] + list(others),
        "TotalAmt": invoice.total.to_decimal(),
        "Balance": 5,
        "LinkedTxn": [],
        "MetaData": {},
        "domain": "QBO",
        "BillEmail": {"Address": "books@acme.example"},
        "AllowOnlinePayment": False,
    }


def test_an_invoice_says_what_was_sold_to_whom_and_when_it_is_due() -> None:
    invoice = an_invoice(a_line("19.99", quantity="2.5"), number="INV-1042")
    assert sent(invoice) == {
        "CustomerRef": {"value": "58"},
        "DocNumber": "INV-1042",
        "TxnDate": "2026-10-01",
        "DueDate": "2026-10-31",
        "Line": [
            {
                "Amount": Decimal("49.98"),
                "Description": "Bookkeeping",
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "3"},
                    "Qty": Decimal("2.5"),
                    "UnitPrice": Decimal("19.99"),
                },
            }
        ],
        "PrivateNote": f"Entered with Counterfoil {KEY.marker}",
    }


QUANTITIES = st.decimals(Decimal("0.00001"), MAX_QUANTITY, places=QUANTITY_DIGITS)
PRICES = st.builds(Money, st.integers(0, MAX_AMOUNT_MINOR), st.just("USD"))
LINES = st.builds(InvoiceLine, st.text(min_size=1, max_size=20), QUANTITIES, PRICES)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
SOLD = st.lists(LINES, min_size=1, max_size=4)


@st.composite
def recorded(draw: st.DrawFn) -> Invoice:
    return an_invoice(*draw(SOLD), invoiced_on=draw(DAYS), due_on=draw(DAYS))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Invoice, Invoice]:
    before, other = draw(recorded()), draw(recorded())
    chosen = draw(st.sets(st.sampled_from(["lines", "invoiced_on", "due_on"])))
    wanted = replace(before, **{name: getattr(other, name) for name in chosen})
    return before, replace(wanted, total=total_of(wanted.lines, "USD"))


def changed(
    before: Invoice, wanted: Invoice, *others: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is there, and what is sent to change it."""
    current = there(before, *others)
    return current, invoices.to_changed_invoice(wanted, before, current, ITEM)


@given(recorded())
def test_an_invoice_is_the_same_as_what_quickbooks_has_of_it(invoice: Invoice) -> None:
    assert invoices.is_same(invoice, there(invoice, SUBTOTAL, WORDS))


@given(changes())
def test_a_change_is_there_afterwards_and_not_before(pair: tuple[Invoice, Invoice]) -> None:
    before, wanted = pair
    current, body = changed(before, wanted, SUBTOTAL)
    taken = {**body, "TotalAmt": wanted.total.to_decimal()}
    assert invoices.is_same(wanted, taken)
    assert invoices.is_same(wanted, current) == (wanted == before)


@given(changes())
def test_a_change_keeps_all_that_the_person_did_not_touch(pair: tuple[Invoice, Invoice]) -> None:
    before, wanted = pair
    current, body = changed(before, wanted, DISCOUNT, WORDS)
    touched = {"TxnDate", "DueDate", "Line", "sparse"}
    kept = current.keys() - READ_ONLY - touched
    assert {name: body[name] for name in kept} == {name: current[name] for name in kept}
    assert not READ_ONLY & body.keys()
    assert body["sparse"] is False
    assert [line for line in body["Line"] if "SalesItemLineDetail" not in line] == [DISCOUNT, WORDS]
    if wanted.lines == before.lines:
        assert body["Line"] == current["Line"]


@pytest.mark.parametrize(
    "other",
    [
        {"TotalAmt": Decimal("499.99")},
        {"TxnDate": "2026-10-02"},
        {"DueDate": "2026-11-01"},
        {"Line": []},
    ],
)
def test_what_somebody_changed_in_quickbooks_is_not_the_same(other: dict[str, Any]) -> None:
    assert not invoices.is_same(an_invoice(), {**there(an_invoice()), **other})


def test_an_invoice_that_quickbooks_gives_no_due_date_is_the_same() -> None:
    current = there(an_invoice())
    del current["DueDate"]
    assert invoices.is_same(an_invoice(), current)


def test_what_was_sold_is_the_first_item_that_a_line_names() -> None:
    assert invoices.read_item(there(an_invoice(), SUBTOTAL)) == ITEM
    nameless = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    assert invoices.read_item({"Line": [WORDS, nameless, *sent(an_invoice())["Line"]]}) == ITEM
    assert invoices.read_item({"Line": [WORDS, nameless]}) is None
    assert invoices.read_item({}) is None


@given(st.lists(LINES, min_size=1, max_size=3))
def test_lines_are_read_as_they_were_written(sold: list[InvoiceLine]) -> None:
    current = there(an_invoice(*sold), SUBTOTAL, WORDS)
    assert invoices.read_lines(current, "USD") == tuple(sold)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (
            {"Amount": 75, "SalesItemLineDetail": {"ItemRef": {"value": "3", "name": "Hours"}}},
            InvoiceLine("Hours", Decimal(1), Money(7500, "USD")),
        ),
        (
            {"Amount": 75, "Description": "October", "SalesItemLineDetail": {"Qty": 3}},
            InvoiceLine("October", Decimal(1), Money(7500, "USD")),
        ),
        (
            {"Amount": 100, "SalesItemLineDetail": {"Qty": 3, "UnitPrice": 33.333}},
            InvoiceLine("–", Decimal(1), Money(10000, "USD")),
        ),
        (
            {"Amount": 0, "SalesItemLineDetail": {"Qty": 3, "UnitPrice": 0}},
            InvoiceLine("–", Decimal(3), Money(0, "USD")),
        ),
        (
            {"Amount": 75, "SalesItemLineDetail": {}},
            InvoiceLine("–", Decimal(1), Money(7500, "USD")),
        ),
    ],
)
def test_a_line_that_says_little_is_read_as_one_of_it(
    line: dict[str, Any], read: InvoiceLine
) -> None:
    current = {"Line": [{"DetailType": "SalesItemLineDetail", **line}]}
    assert invoices.read_lines(current, "USD") == (read,)


@pytest.mark.parametrize(
    ("current", "is_void"),
    [
        ({"TotalAmt": 0, "PrivateNote": "Voided"}, True),
        ({"TotalAmt": 0, "PrivateNote": f"Voided - Entered with Counterfoil {KEY.marker}"}, True),
        ({"TotalAmt": 0, "PrivateNote": "A gift"}, False),
        ({"TotalAmt": 5, "PrivateNote": "Voided"}, False),
        ({"TotalAmt": 0}, False),
    ],
)
def test_a_void_invoice_is_nothing_and_says_so(*, current: dict[str, Any], is_void: bool) -> None:
    assert invoices.is_void(current) is is_void


def test_an_invoice_knows_that_a_payment_stands_on_it() -> None:
    link = {"TxnId": "150", "TxnType": "Payment"}
    assert invoices.has_payments({"LinkedTxn": [{"TxnId": "9", "TxnType": "Estimate"}, link]})
    assert not invoices.has_payments({"LinkedTxn": [{"TxnId": "9", "TxnType": "Estimate"}]})
    assert not invoices.has_payments({})


def test_a_candidate_for_a_twin_is_read_with_all_that_tells_it_apart() -> None:
    invoice = an_invoice(number="INV-7", client=a_client())
    assert invoices.candidate(there(invoice)) == Candidate(
        "130", Decimal("500.00"), date(2026, 10, 1), "INV-7", frozenset({KEY})
    )
    bare = invoices.candidate({"Id": "1", "TxnDate": "2026-11-02"})
    assert bare == Candidate("1", Decimal(0), date(2026, 11, 2), "", frozenset())


def test_the_number_is_within_quickbooks_limit() -> None:
    longest = an_invoice(number="x" * 21)
    assert wire.to_json(sent(longest)).count("x" * 21) == 1
