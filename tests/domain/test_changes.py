"""A change that is kept as JSON comes back as it was wanted."""

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.domain.changes import (
    bare,
    changed_payment,
    keep_invoice_change,
    keep_payment_change,
    read_invoice_change,
    read_payment_change,
)
from services.domain.ids import ClientId, InvoiceId
from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_QUANTITY,
    QUANTITY_DIGITS,
    Allocation,
    InvoiceLine,
    Method,
    NewInvoice,
    NewPayment,
    total_of,
)
from services.domain.money import Money
from tests.builders import ACME, SYNCED, a_payment, an_invoice

MINORS = st.integers(1, MAX_AMOUNT_MINOR)
DATES = st.dates(date(1970, 1, 1), date(9999, 12, 31))
TEXTS = st.none() | st.text(max_size=40)
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])
QUANTITIES = st.decimals(0, MAX_QUANTITY, places=QUANTITY_DIGITS) | st.decimals(
    0, MAX_QUANTITY, places=0
)
INVOICES = [
    an_invoice(id=InvoiceId(ACME), number="INV-1", sync=SYNCED),
    an_invoice(number="INV-2"),
]


@st.composite
def new_payments(draw: st.DrawFn) -> NewPayment:
    currency = draw(CURRENCIES)
    parts = st.builds(
        Allocation,
        st.sampled_from([each.id for each in INVOICES]),
        st.builds(Money, MINORS, st.just(currency)),
        st.booleans(),
    )
    return NewPayment(
        client_id=ClientId(ACME),
        amount=Money(draw(MINORS), currency),
        received_on=draw(DATES),
        method=draw(st.sampled_from(Method)),
        reference=draw(TEXTS),
        description=draw(TEXTS),
        allocations=tuple(draw(st.lists(parts, max_size=2, unique_by=lambda it: it.invoice_id))),
    )


@st.composite
def new_invoices(draw: st.DrawFn) -> NewInvoice:
    currency = draw(CURRENCIES)
    prices = st.builds(Money, MINORS, st.just(currency))
    lines = st.builds(InvoiceLine, st.text(max_size=40), QUANTITIES, prices)
    sold = tuple(draw(st.lists(lines, min_size=1, max_size=4)))
    return NewInvoice(ClientId(ACME), sold, draw(DATES), draw(DATES))


def through_json(kept: Any) -> Any:
    return json.loads(json.dumps(kept))


@given(new_payments())
def test_a_wanted_payment_survives_the_way_through_the_outbox(wanted: NewPayment) -> None:
    payment = a_payment(currency=wanted.amount.currency, amount="1", reference="old")
    kept = through_json(keep_payment_change(wanted))
    changed = read_payment_change(payment, kept, INVOICES)
    assert changed == changed_payment(payment, wanted, INVOICES)
    assert (changed.amount, changed.received_on) == (wanted.amount, wanted.received_on)
    assert (changed.method, changed.reference) == (wanted.method, wanted.reference)
    assert changed.description == wanted.description
    assert bare(changed.allocations) == wanted.allocations


@given(new_payments())
def test_a_changed_payment_is_still_the_same_payment(wanted: NewPayment) -> None:
    payment = a_payment(currency=wanted.amount.currency, amount="1", sync=SYNCED)
    changed = changed_payment(payment, wanted, INVOICES)
    assert (changed.id, changed.number, changed.client) == (
        payment.id,
        payment.number,
        payment.client,
    )
    assert (changed.sync, changed.recorded_by) == (payment.sync, payment.recorded_by)


@given(new_payments())
def test_a_wanted_part_knows_its_invoice_as_it_is_now(wanted: NewPayment) -> None:
    known = {each.id: each for each in INVOICES}
    payment = a_payment(currency=wanted.amount.currency, amount="1")
    for each in changed_payment(payment, wanted, INVOICES).allocations:
        invoice = known[each.invoice_id]
        assert (each.number, each.invoice_qbo_id) == (invoice.number, invoice.sync.qbo_id)
        assert each.invoice_status is invoice.sync.status


@given(new_invoices())
def test_a_wanted_invoice_survives_the_way_through_the_outbox(wanted: NewInvoice) -> None:
    currency = wanted.lines[0].unit_price.currency
    before = an_invoice(total=Money(1, currency))
    changed = read_invoice_change(before, through_json(keep_invoice_change(wanted)))
    assert changed.lines == wanted.lines
    assert [str(line.quantity) for line in changed.lines] == [
        str(line.quantity) for line in wanted.lines
    ]
    assert (changed.invoiced_on, changed.due_on) == (wanted.invoiced_on, wanted.due_on)
    assert changed.total == total_of(wanted.lines, currency)
    assert (changed.id, changed.number, changed.client) == (before.id, "INV-1001", before.client)
