"""What QuickBooks does not let go stays Synced, with a note, and its refunds stay with it."""

from datetime import date, timedelta

from sandbox.quickbooks import Fault, Kind, Rules
from services.domain.ledger import Reason
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import TODAY, Desk

AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")


async def test_in_a_closed_period_it_stays_and_says_so(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.closes_the_books(TODAY)
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Synced; delete not accepted: closed_period"]
    assert desk.books == AS_CREDIT


async def test_once_the_period_is_open_again_it_goes(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.closes_the_books(TODAY)
    await desk.unsyncs(payment)
    desk.closes_the_books(None)
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_in_a_closed_period_its_refunds_stay_with_it(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00", received_on=date(2026, 10, 30))
    returned = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    reversed_sale = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED)
    before = desk.books
    desk.closes_the_books(date(2026, 10, 31))
    await desk.unsyncs(payment)
    assert await desk.says(payment, returned, reversed_sale) == [
        "Synced; delete not accepted: refund_in_the_way",
        "Synced; unapply not accepted: closed_period",
        "Synced; delete not accepted: closed_period",
    ]
    assert await desk.unapplied(payment) == "300.00"
    assert desk.books == before
    assert before == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-300.00", SERVICES: "100.00"},
        {"Acme": "-300.00"},
        "500.00",
    )


async def test_one_refund_that_cannot_go_keeps_its_payment_but_not_the_other(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    stays = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED, on=date(2026, 10, 31))
    goes = await desk.refunds(payment, "50.00", Reason.SALE_REVERSED)
    desk.closes_the_books(date(2026, 10, 31))
    await desk.unsyncs(payment)
    assert await desk.says(payment, stays, goes) == [
        "Synced; delete not accepted: refund_in_the_way",
        "Synced; delete not accepted: closed_period",
        "Not synced",
    ]
    assert stays in await desk.detail(payment)
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-500.00", CHECKING: "-100.00", SERVICES: "100.00"},
        {"Acme": "-500.00"},
        "500.00",
    )


async def test_a_deposited_payment_stays_with_its_refunds_where_quickbooks_shows_the_deposit(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == [
        "Synced; delete not accepted: refund_in_the_way",
        "Synced; unapply not accepted: deposited",
    ]
    assert desk.books == Books(
        {CHECKING: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "0.00"
    )


async def test_a_deposited_payment_stays_where_quickbooks_shows_no_deposit(desk: Desk) -> None:
    desk.office.quickbooks.rules = Rules(shows_deposits=False)
    payment = await desk.receives("Acme", "500.00")
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Synced; delete not accepted: deposited"]
    assert desk.books == Books(
        {CHECKING: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "0.00"
    )


async def test_where_quickbooks_shows_no_deposit_a_reversed_sale_is_gone_before_it_refuses(
    desk: Desk,
) -> None:
    desk.office.quickbooks.rules = Rules(shows_deposits=False)
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.SALE_REVERSED)
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == [
        "Synced; delete not accepted: deposited",
        "Not synced",
    ]
    assert desk.books == Books({CHECKING: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"})
    await desk.syncs(refund)
    assert await desk.says(refund) == ["Synced"]
    assert desk.books == Books(
        {CHECKING: "300.00", RECEIVABLE: "-500.00", SERVICES: "200.00"}, {"Acme": "-500.00"}
    )


async def test_a_returned_credit_stays_applied_where_quickbooks_shows_no_deposit(
    desk: Desk,
) -> None:
    desk.office.quickbooks.rules = Rules(shows_deposits=False)
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == [
        "Synced; delete not accepted: refund_in_the_way",
        "Synced; unapply not accepted: deposited",
    ]
    assert desk.books == Books(
        {CHECKING: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "0.00"
    )


async def test_taken_off_its_deposit_it_goes(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    deposit = desk.company.deposit(await desk.qbo_id(payment))
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Synced; delete not accepted: deposited"]
    desk.company.delete("Deposit", deposit["Id"])
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_what_quickbooks_calls_gone_is_looked_for_once_more(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.office.quickbooks.faults.add(says_gone(count=1))
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Syncing"]
    assert desk.books == AS_CREDIT
    await desk.goes_on(timedelta(minutes=10))
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_what_quickbooks_calls_gone_and_still_shows_stays_and_says_so(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.office.quickbooks.faults.add(says_gone(count=None))
    await desk.unsyncs(payment)
    for _ in range(5):
        await desk.goes_on(timedelta(minutes=10))
    assert await desk.says(payment) == ["Synced; delete not accepted: gone"]
    assert desk.books == AS_CREDIT


def says_gone(*, count: int | None) -> Fault:
    return Fault(
        kind=Kind.REFUSED,
        entity="payment",
        operation="delete",
        count=count,
        code="610",
        detail="Object Not Found : Another user has deleted this transaction.",
    )
