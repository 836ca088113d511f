"""An invoice that is voided or leaves: what was paid on it becomes the client's credit."""

import pytest

from sandbox.quickbooks import Fault, Kind
from services.errors import CreditFirst, Refused
from tests.services.books.bookkeeping import FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import TODAY, Desk

CREDIT = Books({FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00")
PAID = Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")
OPEN = Books({RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"})


async def test_a_void_invoice_is_worth_nothing_and_stays(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    await desk.voids(invoice)
    assert await desk.says(invoice) == ["Synced, void"]
    assert (await desk.due(invoice), await desk.balance(invoice)) == ("0.00", "0.00")
    with pytest.raises(Refused):
        await desk.syncs(invoice)
    assert desk.books == Books()


async def test_a_paid_invoice_is_void_once_somebody_agreed_to_the_credit(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    with pytest.raises(CreditFirst, match="paid with P-1001"):
        await desk.voids(invoice)
    assert desk.books == PAID
    await desk.voids(invoice, credit=True)
    assert await desk.says(invoice, payment) == ["Synced, void", "Synced"]
    assert (await desk.settled(payment), await desk.unapplied(payment)) == ({}, "300.00")
    assert desk.books == CREDIT


@pytest.mark.parametrize("paid", [True, False])
async def test_a_void_invoice_that_leaves_is_as_void_as_before(desk: Desk, *, paid: bool) -> None:
    invoice = await desk.bills("Acme", "300.00")
    if paid:
        await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.voids(invoice, credit=True)
    await desk.unsyncs(invoice)
    assert await desk.says(invoice) == ["Not synced, void"]
    assert await desk.may(invoice) == set()
    assert desk.books == (CREDIT if paid else Books())


async def test_an_invoice_that_was_never_sent_is_voided_here(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.voids(invoice)
    assert await desk.says(invoice) == ["Not synced, void"]
    assert await desk.may(invoice) == set()
    with pytest.raises(Refused, match="is void"):
        await desk.syncs(invoice, client_first=True)
    with pytest.raises(Refused, match="is void"):
        await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert desk.books == Books()


async def test_a_void_in_a_closed_period_changes_nothing(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    desk.closes_the_books(TODAY)
    await desk.voids(invoice, credit=True)
    assert await desk.says(invoice, payment) == [
        "Synced; void not accepted: closed_period",
        "Synced",
    ]
    assert await desk.settled(payment) == {invoice: "300.00"}
    assert desk.books == PAID


async def test_an_unpaid_invoice_leaves_nothing_behind(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    await desk.unsyncs(invoice)
    assert await desk.says(invoice) == ["Not synced"]
    assert desk.company.invoices() == []
    assert desk.books == Books()


async def test_a_paid_invoice_leaves_once_somebody_agreed_to_the_credit(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    with pytest.raises(CreditFirst, match="paid with P-1001"):
        await desk.unsyncs(invoice)
    assert desk.books == PAID
    await desk.unsyncs(invoice, credit=True)
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert desk.company.invoices() == []
    assert await desk.settled(payment) == {invoice: "(300.00)"}  # As it is in the firm's own books.
    assert (await desk.due(invoice), await desk.unapplied(payment)) == ("0.00", "300.00")
    assert desk.books == CREDIT


async def test_back_again_it_is_open_beside_that_credit(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.unsyncs(invoice, credit=True)
    await desk.syncs(invoice)
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert (await desk.balance(invoice), await desk.unapplied(payment)) == ("300.00", "300.00")
    assert desk.books == PAID


async def test_what_only_quickbooks_knows_of_a_payment_is_asked_about(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    desk.company.add_payment(
        await desk.qbo_id("Acme"), "300.00", invoice_id=await desk.qbo_id(invoice)
    )
    await desk.unsyncs(invoice)
    assert await desk.says(invoice) == ["Synced; delete not accepted: linked"]
    assert desk.books == PAID
    await desk.unsyncs(invoice, credit=True)
    assert await desk.says(invoice) == ["Not synced"]
    assert desk.books == CREDIT


async def test_a_void_invoice_that_could_not_be_deleted_says_so_and_leaves_later(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    refused = Fault(kind=Kind.REFUSED, entity="invoice", operation="delete", detail="No. Never.")
    desk.office.quickbooks.faults.add(refused)
    await desk.unsyncs(invoice, credit=True)
    assert await desk.says(invoice) == ["Synced, void; delete not accepted: business_rule"]
    assert desk.books == CREDIT
    await desk.unsyncs(invoice)
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert await desk.settled(payment) == {invoice: "(300.00)"}
    assert desk.books == CREDIT


async def test_each_payment_on_it_becomes_credit_and_those_elsewhere_stay_as_they_are(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    there = await desk.receives("Acme", "100.00", on={invoice: "100.00"})
    too = await desk.receives("Acme", "120.00", on={invoice: "120.00"})
    here = await desk.receives("Acme", "50.00", on={invoice: "50.00"}, sync=False)
    await desk.unsyncs(invoice, credit=True)
    assert [await desk.settled(each) for each in (there, too, here)] == [
        {invoice: "(100.00)"},
        {invoice: "(120.00)"},
        {invoice: "50.00"},
    ]
    assert await desk.says(invoice, there, too, here) == [
        "Not synced",
        "Synced",
        "Synced",
        "Not synced",
    ]
    assert desk.books == Books(
        {FUNDS: "220.00", RECEIVABLE: "-220.00"}, {"Acme": "-220.00"}, "220.00"
    )
    await desk.syncs(here)
    assert await desk.says(invoice, here) == ["Synced", "Synced"]
    assert (await desk.balance(invoice), await desk.due(invoice)) == ("250.00", "30.00")
    assert desk.books == Books(
        {FUNDS: "270.00", RECEIVABLE: "30.00", SERVICES: "-300.00"}, {"Acme": "30.00"}, "270.00"
    )


async def test_an_invoice_in_a_closed_period_stays(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    desk.closes_the_books(TODAY)
    await desk.unsyncs(invoice)
    assert await desk.says(invoice) == ["Synced; delete not accepted: closed_period"]
    assert desk.books == OPEN


async def test_an_invoice_stays_while_a_payment_of_it_is_on_its_way(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
        for leaving in (desk.unsyncs, desk.voids):
            with pytest.raises(Refused, match="P-1001 settles it and is on its way"):
                await leaving(invoice, credit=True)
    await desk.goes_on()
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == PAID


async def test_nothing_new_is_settled_of_an_invoice_that_leaves(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        await desk.unsyncs(invoice)
        with pytest.raises(Refused, match="being taken out of QuickBooks"):
            await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.goes_on()
    assert await desk.says(invoice) == ["Not synced"]
    assert desk.books == Books()


async def test_what_somebody_deleted_in_quickbooks_counts_as_gone(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    desk.company.delete("Invoice", await desk.qbo_id(invoice))
    await desk.unsyncs(invoice, credit=True)
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert await desk.settled(payment) == {invoice: "(300.00)"}
    assert desk.books == CREDIT


async def test_what_somebody_voided_in_quickbooks_is_void_here_too_once_asked(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    desk.company.void("Invoice", await desk.qbo_id(invoice))
    await desk.voids(invoice)
    assert await desk.says(invoice) == ["Synced, void"]
    assert desk.books == Books()


async def test_a_linked_invoice_is_only_let_go_of(desk: Desk) -> None:
    await desk.syncs("Acme")
    client = await desk.qbo_id("Acme")
    theirs = desk.company.add_invoice(client, "300.00", DocNumber="INV-1001")
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(invoice, theirs["Id"])
    assert await desk.says(invoice) == ["Synced (linked)"]
    await desk.unsyncs(invoice)
    assert await desk.says(invoice) == ["Not synced"]
    assert desk.books == OPEN


async def test_a_linked_invoice_is_held_while_our_payment_stands_on_it(desk: Desk) -> None:
    await desk.syncs("Acme")
    client = await desk.qbo_id("Acme")
    theirs = desk.company.add_invoice(client, "300.00", DocNumber="INV-1001")
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(invoice, theirs["Id"])
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    with pytest.raises(Refused, match="unsync P-1001 first"):
        await desk.unsyncs(invoice, credit=True)
    await desk.unsyncs(payment)
    await desk.unsyncs(invoice)
    assert await desk.says(invoice, payment) == ["Not synced", "Not synced"]
    assert desk.books == OPEN
