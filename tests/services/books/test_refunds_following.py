"""Refunds follow their payment into the books and out of them, and leave alone too."""

from datetime import date

import pytest

from services.domain.ledger import Reason
from services.domain.waiting import ForPayment
from services.errors import Refused
from tests.services.books.bookkeeping import (
    CHECKING,
    FUNDS,
    RECEIVABLE,
    SERVICES,
    Books,
)
from tests.services.books.desk import TODAY, Desk

REVERSED, RETURNED = Reason.SALE_REVERSED, Reason.CREDIT_RETURNED
AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")
RETURNED_200 = Books(
    {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}, {"Acme": "-300.00"}, "500.00"
)


async def test_a_refund_recorded_before_its_payment_is_synced_follows_it_in(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00", sync=False)
    refund = await desk.refunds(payment, "200.00", RETURNED)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    with pytest.raises(Refused, match="P-1001 is not in QuickBooks"):
        await desk.syncs(refund)
    assert desk.books == Books()
    await desk.syncs(payment)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert desk.books == RETURNED_200


async def test_a_refund_waits_for_its_payment_and_says_so(desk: Desk) -> None:
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        refund = await desk.refunds(payment, "200.00", RETURNED)
    assert await desk.waits_for(refund) == ForPayment(await desk.payment(payment))
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert desk.books == RETURNED_200


@pytest.mark.parametrize("reason", [REVERSED, RETURNED])
async def test_a_refund_alone_leaves_the_books_and_its_payment_stays(
    desk: Desk, reason: Reason
) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", reason)
    await desk.unsyncs(refund)
    assert await desk.says(payment, refund) == ["Synced", "Not synced"]
    assert await desk.unapplied(payment) == "500.00"
    assert desk.books == AS_CREDIT


async def test_a_refund_that_left_can_come_back(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", RETURNED)
    await desk.unsyncs(refund)
    await desk.syncs(refund)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert await desk.unapplied(payment) == "300.00"
    assert desk.books == RETURNED_200


async def test_a_refund_in_a_closed_period_stays_and_says_so(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", REVERSED)
    desk.closes_the_books(TODAY)
    await desk.unsyncs(refund)
    assert await desk.says(refund) == ["Synced; delete not accepted: closed_period"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-500.00", CHECKING: "-200.00", SERVICES: "200.00"},
        {"Acme": "-500.00"},
        "500.00",
    )


async def test_a_refund_that_was_left_out_for_good_does_not_follow_its_payment(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", REVERSED, out_of="Mastercard")
    await desk.dismisses(refund, why="entered on the card’s statement")
    await desk.unsyncs(payment)
    await desk.syncs(payment)
    assert await desk.says(payment, refund) == ["Synced", "Skipped: dismissed"]
    assert desk.books == AS_CREDIT


async def test_an_expense_in_a_closed_period_stays_tied_to_its_payment(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", RETURNED, on=date(2026, 10, 31))
    desk.closes_the_books(date(2026, 10, 31))
    await desk.unsyncs(refund)
    assert await desk.says(payment, refund) == [
        "Synced",
        "Synced; unapply not accepted: closed_period",
    ]
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == [
        "Synced; delete not accepted: refund_in_the_way",
        "Synced; unapply not accepted: closed_period",
    ]
    assert await desk.unapplied(payment) == "300.00"
    assert desk.books == RETURNED_200


async def test_a_payment_that_failed_calls_its_refund_back_when_it_is_dismissed(
    desk: Desk,
) -> None:
    desk.closes_the_books(TODAY)
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        refund = await desk.refunds(payment, "200.00", REVERSED)
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Failed: closed_period", "Syncing"]
    await desk.dismisses(payment, why="last year’s")
    assert await desk.says(payment, refund) == ["Skipped: dismissed", "Not synced"]
    assert desk.books == Books()


async def test_a_payment_that_failed_takes_its_refund_with_it_when_it_is_voided(
    desk: Desk,
) -> None:
    desk.closes_the_books(TODAY)
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        refund = await desk.refunds(payment, "200.00", REVERSED)
    await desk.goes_on()
    await desk.voids(payment)
    assert await desk.says(payment, refund) == ["Not synced, void", "Not synced, void"]
    assert desk.books == Books()


async def test_a_void_payment_takes_its_refunds_with_it(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refunds = [await desk.refunds(payment, "100.00", reason) for reason in Reason]
    await desk.voids(payment)
    assert await desk.says(payment, *refunds) == ["Not synced, void"] * 3
    with pytest.raises(Refused, match="is void"):
        await desk.refunds(payment, "100.00", REVERSED)
    assert desk.books == Books()


async def test_a_refund_that_failed_is_void_with_its_payment(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", REVERSED, out_of="Mastercard")
    await desk.voids(payment)
    assert await desk.says(payment, refund) == ["Not synced, void", "Not synced, void"]
    assert desk.books == Books()


async def test_where_the_payment_stays_its_refunds_are_not_void(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    failed = await desk.refunds(payment, "200.00", REVERSED, out_of="Mastercard")
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.voids(payment)
    assert await desk.says(payment, failed) == [
        "Synced; delete not accepted: deposited",
        "Failed: wrong_account_type",
    ]
    assert desk.books == Books({CHECKING: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"})


async def test_a_failed_refund_of_a_void_payment_is_void_and_its_history_says_so(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    with desk.resting():
        refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
        desk.makes_inactive("Account", desk.account_id(CHECKING))
    await desk.goes_on()
    assert await desk.says(refund) == ["Failed: account_gone"]
    await desk.voids(payment)
    assert await desk.says(payment, refund) == ["Not synced, void", "Not synced, void"]
    assert "refund voided" in await desk.office.audited()
    assert desk.books == Books()
