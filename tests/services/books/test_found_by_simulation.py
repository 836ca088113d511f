"""What broke a promise in a simulated life, told in a few lines."""

import pytest

from services.domain.ledger import Reason
from services.errors import Refused
from tests.services.books.desk import Desk


async def test_a_refund_that_is_called_back_on_its_way_out_keeps_its_payment(desk: Desk) -> None:
    """Else the payment waits for ever for the refund to leave."""
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED)
    with desk.resting():
        await desk.unsyncs(payment)
        await desk.cancels(refund)
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Synced", "Synced"]


async def test_a_payment_that_is_called_back_on_its_way_out_keeps_its_client(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    with desk.resting():
        await desk.unsyncs("Acme", with_records=True)
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]


async def test_nothing_is_settled_with_what_an_invoice_is_about_to_lose(desk: Desk) -> None:
    number = await desk.bills("Acme", "100.00")
    with desk.resting():
        await desk.edits_invoice(number, lines=[("Advice", "1", "50.00")])
        with pytest.raises(Refused):
            await desk.receives("Acme", "100.00", on={number: "100.00"})
    await desk.goes_on()
    assert await desk.due(number) == "50.00"


async def test_an_invoice_is_not_made_less_than_what_quickbooks_has_on_it(desk: Desk) -> None:
    """Else QuickBooks takes the rest off a payment, and says so to nobody."""
    number = await desk.bills("Acme", "300.00")
    customer, invoice = await desk.qbo_id("Acme"), await desk.qbo_id(number)
    desk.company.add_payment(customer, "150.00", invoice_id=invoice)
    payment = await desk.receives("Acme", "100.00", on={number: "100.00"})
    await desk.edits_invoice(number, lines=[("Advice", "1", "200.00")])
    assert await desk.says(number, payment) == ["Synced; update not accepted: linked", "Synced"]
    assert (await desk.balance(number), await desk.unapplied(payment)) == ("50.00", "0.00")
    await desk.edits_invoice(number, lines=[("Advice", "1", "250.00")])
    assert await desk.says(number, payment) == ["Synced", "Synced"]
    assert await desk.balance(number) == "0.00"
