"""Out of the books again: a payment, and with it every refund that was made of it there."""

import pytest

from services.domain.ledger import Reason
from services.domain.sync import Action
from services.domain.waiting import ForRemoval
from services.errors import Refused
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import Desk

OPEN = Books({RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"}, "0.00")
AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")


async def test_a_payment_alone_leaves_nothing_behind(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    await desk.unsyncs(payment)
    assert await desk.says("Acme", payment) == ["Synced", "Not synced"]
    assert desk.books == Books()


async def test_the_invoice_that_it_settled_is_open_again(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.unsyncs(payment)
    assert await desk.says(invoice, payment) == ["Synced", "Not synced"]
    assert await desk.balance(invoice) == "300.00"
    assert await desk.due(invoice) == "0.00"  # The firm was paid, whatever QuickBooks holds.
    assert desk.books == OPEN


async def test_a_reversed_sale_goes_with_its_payment(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    refund = await desk.refunds(payment, "120.00", Reason.SALE_REVERSED)
    await desk.unsyncs(payment)
    assert await desk.says(invoice, payment, refund) == ["Synced", "Not synced", "Not synced"]
    assert desk.company.refund_receipts() == []
    assert desk.books == OPEN


async def test_a_returned_credit_goes_with_its_payment_though_it_is_applied_to_it(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    assert await desk.unapplied(payment) == "300.00"
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.company.purchases() == []
    assert desk.books == Books()


async def test_refunds_of_both_kinds_go_with_their_payment(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00", on={invoice: "300.00"})
    returned = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    reversed_sale = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED)
    await desk.unsyncs(payment)
    gone = ["Not synced", "Not synced", "Not synced"]
    assert await desk.says(payment, returned, reversed_sale) == gone
    assert desk.books == OPEN


async def test_a_payment_that_leaves_waits_for_its_refunds_and_says_for_how_many(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    refunds = [await desk.refunds(payment, "100.00", reason) for reason in Reason]
    with desk.resting():
        await desk.unsyncs(payment)
    assert await desk.waits_for(payment) == ForRemoval(2)
    await desk.goes_on()
    assert await desk.says(payment, *refunds) == ["Not synced", "Not synced", "Not synced"]
    assert desk.books == Books()


async def test_what_the_bookkeeper_refunded_stays(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.company.add_refund_receipt(await desk.qbo_id("Acme"), "50.00")
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books({CHECKING: "-50.00", SERVICES: "50.00"})


async def test_a_linked_payment_is_only_let_go_of(desk: Desk) -> None:
    await desk.syncs("Acme")
    theirs = desk.company.add_payment(await desk.qbo_id("Acme"), "500.00")
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.links(payment, theirs["Id"])
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == AS_CREDIT


async def test_a_linked_payment_is_let_go_of_once_our_refund_of_it_is_gone(desk: Desk) -> None:
    await desk.syncs("Acme")
    theirs = desk.company.add_payment(await desk.qbo_id("Acme"), "500.00")
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.links(payment, theirs["Id"])
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    assert desk.books.trial == {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.books == AS_CREDIT


async def test_synced_again_it_is_there_once(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    first = await desk.qbo_id(payment)
    for _ in range(2):
        await desk.unsyncs(payment)
        await desk.syncs(payment)
    assert await desk.qbo_id(payment) != first
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert await desk.balance(invoice) == "0.00"
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_synced_again_its_refunds_come_back_with_it(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    returned = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    reversed_sale = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED)
    await desk.unsyncs(payment)
    await desk.syncs(payment)
    assert await desk.says(payment, returned, reversed_sale) == ["Synced", "Synced", "Synced"]
    assert await desk.unapplied(payment) == "300.00"
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-300.00", SERVICES: "100.00"},
        {"Acme": "-300.00"},
        "500.00",
    )


async def test_unsync_is_offered_for_what_is_synced_alone(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00", sync=False)
    with pytest.raises(Refused, match="Not synced"):
        await desk.unsyncs(payment)
    await desk.syncs(payment)
    assert await desk.may(payment) == {Action.UNSYNC}
    await desk.unsyncs(payment)
    with pytest.raises(Refused, match="Not synced"):
        await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_asked_for_twice_it_leaves_once(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    with desk.resting():
        await desk.unsyncs(payment)
        with pytest.raises(Refused, match="Syncing"):
            await desk.unsyncs(payment)
    await desk.goes_on()
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_what_somebody_deleted_in_quickbooks_counts_as_gone(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.SALE_REVERSED)
    desk.company.delete("RefundReceipt", await desk.qbo_id(refund))
    desk.company.delete("Payment", await desk.qbo_id(payment))
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_an_expense_that_somebody_unlinked_is_deleted_all_the_same(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    desk.company.change("Payment", await desk.qbo_id(payment), Line=[])
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_what_somebody_voided_in_quickbooks_is_deleted_all_the_same(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    desk.company.void("Payment", await desk.qbo_id(payment))
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.books == Books()
