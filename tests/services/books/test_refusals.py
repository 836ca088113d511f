"""What QuickBooks refuses or does otherwise: the ledger says what the books say."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from sandbox.quickbooks import Fault, Kind, Rules
from services.domain.ledger import Reason
from services.domain.sync import Action
from services.errors import Refused
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import TODAY, Desk

PAID = Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")
CREDIT = Books({FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00")


# Dates in the closed books.


async def test_a_payment_in_a_closed_period_fails_and_nothing_is_there(desk: Desk) -> None:
    desk.closes_the_books(TODAY)
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says("Acme", payment) == ["Synced", "Failed: closed_period"]
    assert await desk.may(payment) == {Action.SYNC, Action.LINK, Action.DISMISS}
    assert desk.books == Books()


async def test_once_the_books_are_open_again_it_goes(desk: Desk) -> None:
    desk.closes_the_books(TODAY)
    payment = await desk.receives("Acme", "300.00")
    desk.closes_the_books(None)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == CREDIT


async def test_an_invoice_in_a_closed_period_keeps_its_payment_waiting(desk: Desk) -> None:
    desk.closes_the_books(TODAY)
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says(invoice, payment) == ["Failed: closed_period", "Syncing"]
    assert desk.books == Books()
    desk.closes_the_books(None)
    await desk.syncs(invoice)
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == PAID


async def test_a_failed_payment_is_dismissed_and_stays_out(desk: Desk) -> None:
    desk.closes_the_books(TODAY)
    payment = await desk.receives("Acme", "300.00")
    await desk.dismisses(payment, why="entered by the auditor")
    desk.closes_the_books(None)
    await desk.goes_on()
    assert await desk.says(payment) == ["Skipped: dismissed"]
    assert await desk.detail(payment) == "entered by the auditor"
    assert desk.books == Books()


async def test_only_what_failed_is_dismissed(desk: Desk) -> None:
    payment = await desk.receives("Acme", "300.00")
    with pytest.raises(Refused, match="Synced"):
        await desk.dismisses(payment, why="a mistake")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == CREDIT


async def test_no_date_moves_into_the_closed_books_or_out_of_them(desk: Desk) -> None:
    old = await desk.receives("Acme", "100.00", received_on=date(2026, 10, 31))
    new = await desk.receives("Acme", "200.00")
    desk.closes_the_books(date(2026, 10, 31))
    await desk.edits_payment(old, received_on=TODAY)
    await desk.edits_payment(new, received_on=date(2026, 10, 31))
    assert await desk.says(old, new) == ["Synced; update not accepted: closed_period"] * 2
    assert [(await desk.payment(each)).received_on for each in (old, new)] == [
        date(2026, 10, 31),
        TODAY,
    ]
    assert desk.books == CREDIT


async def test_a_refund_in_the_closed_books_fails_and_its_payment_stays(desk: Desk) -> None:
    desk.closes_the_books(date(2026, 10, 31))
    payment = await desk.receives("Acme", "300.00")
    refunds = [
        await desk.refunds(payment, "50.00", reason, on=date(2026, 10, 31)) for reason in Reason
    ]
    assert await desk.says(payment) == ["Synced"]
    assert await desk.says(*refunds) == ["Failed: closed_period"] * 2
    assert desk.books == CREDIT


# Invoices that changed in QuickBooks before our payment came.


async def test_where_somebody_paid_the_invoice_there_ours_is_credit_and_says_so(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"}, reference="4711")
    customer, there = await desk.qbo_id("Acme"), await desk.qbo_id(invoice)
    desk.company.add_payment(customer, "300.00", invoice_id=there, PaymentRefNum="4710")
    await desk.goes_on()
    assert await desk.says(payment) == ["Synced; create not accepted: over_applied"]
    assert await desk.detail(payment) == (
        "300.00 was meant for INV-1001, and 0 of it is applied there;"
        " the rest is the client’s credit."
    )
    assert (await desk.settled(payment), await desk.unapplied(payment)) == ({}, "300.00")
    assert desk.books == Books(
        {FUNDS: "600.00", RECEIVABLE: "-300.00", SERVICES: "-300.00"}, {"Acme": "-300.00"}, "600.00"
    )


async def test_where_a_part_was_paid_there_ours_settles_the_rest(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    there = await desk.qbo_id(invoice)
    desk.company.add_payment(await desk.qbo_id("Acme"), "100.00", invoice_id=there)
    await desk.goes_on()
    assert await desk.says(payment) == ["Synced; create not accepted: over_applied"]
    assert await desk.settled(payment) == {invoice: "200.00"}
    assert await desk.balance(invoice) == "0.00"
    assert desk.books == Books(
        {FUNDS: "400.00", RECEIVABLE: "-100.00", SERVICES: "-300.00"}, {"Acme": "-100.00"}, "400.00"
    )


async def test_where_quickbooks_refuses_instead_the_payment_fails(desk: Desk) -> None:
    desk.office.quickbooks.rules = Rules(clamps_applied_amounts=False)
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    there = await desk.qbo_id(invoice)
    desk.company.add_payment(await desk.qbo_id("Acme"), "100.00", invoice_id=there)
    await desk.goes_on()
    assert await desk.says(payment) == ["Failed: over_applied"]
    assert desk.books == Books(
        {FUNDS: "100.00", RECEIVABLE: "200.00", SERVICES: "-300.00"}, {"Acme": "200.00"}, "100.00"
    )
    await desk.edits_payment(payment, on={invoice: "200.00"})
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert await desk.unapplied(payment) == "100.00"
    assert desk.books == Books(
        {FUNDS: "400.00", RECEIVABLE: "-100.00", SERVICES: "-300.00"}, {"Acme": "-100.00"}, "400.00"
    )


async def test_an_invoice_that_was_deleted_there_fails_the_payment(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    desk.company.delete("Invoice", await desk.qbo_id(invoice))
    await desk.goes_on()
    assert await desk.says(invoice, payment) == ["Synced", "Failed: gone"]
    assert desk.books == Books()


async def test_once_the_invoice_is_there_again_the_payment_goes(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    desk.company.delete("Invoice", await desk.qbo_id(invoice))
    await desk.goes_on()
    await desk.unsyncs(invoice)
    await desk.syncs(payment)
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == PAID


async def test_an_invoice_that_was_voided_there_makes_the_payment_credit(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    desk.company.void("Invoice", await desk.qbo_id(invoice))
    await desk.goes_on()
    assert await desk.says(payment) == ["Synced; create not accepted: over_applied"]
    assert (await desk.settled(payment), await desk.unapplied(payment)) == ({}, "300.00")
    assert desk.books == CREDIT


async def test_a_customer_that_was_made_inactive_fails_what_comes(desk: Desk) -> None:
    await desk.syncs("Acme")
    customer = await desk.qbo_id("Acme")
    desk.makes_inactive("Customer", customer)
    invoice, payment = await desk.bills("Acme", "300.00"), await desk.receives("Acme", "300.00")
    assert await desk.says(invoice, payment) == ["Failed: customer_gone"] * 2
    assert desk.books == Books()
    desk.makes_active("Customer", customer)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == CREDIT


# Words of QuickBooks' own.

RULES = [
    ("6190", "The subscription has ended", "subscription_ended"),
    ("5020", "Permission Denied Error", "permission"),
    ("6000", "Business Validation Error: Something new.", "business_rule"),
    ("9999", "Never seen before", "unknown"),
]


@pytest.mark.parametrize(("code", "detail", "cause"), RULES)
async def test_a_refusal_is_told_by_its_cause_and_nothing_is_there(
    desk: Desk, code: str, detail: str, cause: str
) -> None:
    faults = desk.office.quickbooks.faults
    faults.add(Fault(kind=Kind.REFUSED, entity="payment", code=code, detail=detail))
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says("Acme", payment) == ["Synced", f"Failed: {cause}"]
    assert detail in await desk.detail(payment)
    assert desk.books == Books()
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == CREDIT


CHANGES: list[tuple[Callable[[Desk, str], Awaitable[None]], str]] = [
    (lambda desk, payment: desk.edits_payment(payment, amount="290.00"), "update"),
    (lambda desk, payment: desk.unsyncs(payment), "delete"),
    (lambda desk, payment: desk.voids(payment), "delete"),
]


@pytest.mark.parametrize(("change", "word"), CHANGES, ids=["edit", "unsync", "void"])
async def test_a_refused_change_of_what_is_there_is_no_failure(
    desk: Desk, change: Callable[[Desk, str], Awaitable[None]], word: str
) -> None:
    payment = await desk.receives("Acme", "300.00")
    refused = Fault(kind=Kind.REFUSED, method="POST", entity="payment", detail="No. Never.")
    desk.office.quickbooks.faults.add(refused)
    await change(desk, payment)
    assert await desk.says(payment) == [f"Synced; {word} not accepted: business_rule"]
    assert await desk.may(payment) == {Action.UNSYNC}
    assert desk.books == CREDIT


async def test_what_is_deposited_meanwhile_is_still_there(desk: Desk) -> None:
    payment = await desk.receives("Acme", "300.00")
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.voids(payment)
    assert await desk.says(payment) == ["Synced; delete not accepted: deposited"]
    assert desk.books == Books(
        {CHECKING: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "0.00"
    )
