"""Called back before it was sent, in either direction: the books stay as they are."""

from datetime import timedelta

import pytest

from sandbox.quickbooks import Fault, Kind
from services.domain.ledger import Reason
from services.domain.sync import Action, Status
from services.domain.waiting import ForClient
from services.errors import Refused
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import Desk

AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")
OPEN = Books({RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"}, "0.00")


async def test_a_payment_on_its_way_in_stays_out(desk: Desk) -> None:
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        assert await desk.may(payment) == {Action.CANCEL}
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Synced", "Not synced"]
    assert desk.books == Books()


async def test_its_refunds_are_called_back_with_it(desk: Desk) -> None:
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_a_refund_alone_is_called_back(desk: Desk) -> None:
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
        await desk.cancels(refund)
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Synced", "Not synced"]
    assert desk.books == AS_CREDIT


async def test_a_payment_on_its_way_out_stays_in(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    with desk.resting():
        await desk.unsyncs(payment)
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


async def test_a_payment_on_its_way_out_stays_in_with_all_its_refunds(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    returned = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    reversed_sale = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED)
    with desk.resting():
        await desk.unsyncs(payment)
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says(payment, returned, reversed_sale) == ["Synced", "Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-300.00", SERVICES: "100.00"},
        {"Acme": "-300.00"},
        "500.00",
    )


async def test_a_void_that_is_called_back_voids_nothing(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.SALE_REVERSED)
    failed = await desk.refunds(payment, "10.00", Reason.SALE_REVERSED, out_of="Mastercard")
    with desk.resting():
        await desk.voids(payment)
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert await desk.says(failed) == ["Failed: wrong_account_type"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-500.00", CHECKING: "-200.00", SERVICES: "200.00"},
        {"Acme": "-500.00"},
        "500.00",
    )


async def test_a_refund_on_its_way_out_stays_in(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    with desk.resting():
        await desk.unsyncs(refund)
        await desk.cancels(refund)
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert await desk.unapplied(payment) == "300.00"
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}, {"Acme": "-300.00"}, "500.00"
    )


async def test_an_edit_that_is_called_back_changes_nothing(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00")
    with desk.resting():
        await desk.edits_payment(payment, amount="450.00", on={invoice: "300.00"})
        assert await desk.due(invoice) == "0.00"  # Held, so that nobody else settles it.
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says(payment) == ["Synced"]
    assert (await desk.settled(payment), await desk.due(invoice)) == ({}, "300.00")
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-200.00", SERVICES: "-300.00"}, {"Acme": "-200.00"}, "500.00"
    )


async def test_an_invoice_on_its_way_in_stays_out(desk: Desk) -> None:
    with desk.resting():
        invoice = await desk.bills("Acme", "300.00")
        await desk.cancels(invoice)
    await desk.goes_on()
    assert await desk.says("Acme", invoice) == ["Synced", "Not synced"]
    assert desk.books == Books()


@pytest.mark.parametrize("leaving", ["unsync", "void"])
async def test_an_invoice_on_its_way_out_stays_in(desk: Desk, leaving: str) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        await (desk.unsyncs if leaving == "unsync" else desk.voids)(invoice)
        await desk.cancels(invoice)
    await desk.goes_on()
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == OPEN


async def test_a_paid_invoice_on_its_way_out_stays_in_and_paid(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    with desk.resting():
        await desk.unsyncs(invoice, credit=True)
        await desk.cancels(invoice)
    await desk.goes_on()
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert await desk.settled(payment) == {invoice: "300.00"}
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_a_client_that_is_called_back_keeps_its_payment_waiting(desk: Desk) -> None:
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        await desk.cancels("Acme")
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Not synced", "Syncing"]
    waiting = await desk.waits_for(payment)
    assert isinstance(waiting, ForClient)
    assert waiting.client.sync.status is Status.NOT_SYNCED
    assert desk.books == Books()
    await desk.syncs("Acme")
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]
    assert desk.books == AS_CREDIT


async def test_a_client_that_waits_to_be_let_go_of_is_kept(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    with desk.resting():
        await desk.unsyncs("Acme", with_records=True)
        await desk.cancels("Acme")
        await desk.cancels(payment)
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]
    assert desk.books == AS_CREDIT


async def test_what_was_sent_cannot_be_called_back(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    with pytest.raises(Refused, match="nothing to cancel"):
        await desk.cancels(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


async def test_an_invoice_that_is_void_already_cannot_be_kept_any_more(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    cut = Fault(kind=Kind.CUT_BEFORE, method="POST", entity="invoice", operation="delete")
    desk.office.quickbooks.faults.add(cut)
    await desk.unsyncs(invoice, credit=True)
    with pytest.raises(Refused, match="too late to cancel"):
        await desk.cancels(invoice)
    await desk.goes_on(timedelta(minutes=10))
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00"
    )
