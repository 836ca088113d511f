"""What a payment does to the books: alone, over invoices, and sent later than it was recorded."""

from datetime import date

import pytest

from services.domain.ledger import Method
from services.domain.sync import Status
from services.domain.waiting import ForClient, ForInvoice
from services.errors import ClientFirst, Refused
from tests.services.books.bookkeeping import FUNDS, RECEIVABLE, SERVICES, Books, note_of
from tests.services.books.desk import Desk

AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")
SETTLED = Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_a_payment_alone_is_the_clients_credit(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]
    assert desk.books == AS_CREDIT


async def test_a_payment_says_in_the_books_what_was_typed(desk: Desk) -> None:
    payment = await desk.receives(
        "Acme",
        "500.00",
        received_on=date(2026, 10, 30),
        method=Method.CASH,
        reference="4711",
        description="For October",
    )
    there = await desk.there(payment)
    assert (there["TxnDate"], there["PaymentRefNum"]) == ("2026-10-30", "4711")
    assert there["PaymentMethodRef"]["name"] == "Cash"
    assert note_of(there) == "For October\nP-1001 entered with Counterfoil, Cash [counterfoil]"
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


async def test_a_payment_that_nobody_asked_to_sync_leaves_the_books_alone(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00", sync=False)
    assert await desk.says("Acme", payment) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_a_payment_of_just_the_invoice_leaves_nothing_owed(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert await desk.due(invoice) == "0.00"
    assert desk.books == SETTLED


async def test_a_payment_settles_the_oldest_invoices_first(desk: Desk) -> None:
    late = await desk.bills("Acme", "150.00", due=date(2026, 12, 20))
    early = await desk.bills("Acme", "300.00", due=date(2026, 11, 20))
    payment = await desk.receives_for_the_oldest("Acme", "400.00")
    assert await desk.settled(payment) == {early: "300.00", late: "100.00"}
    assert (await desk.due(early), await desk.due(late)) == ("0.00", "50.00")
    assert await desk.balance(late) == "50.00"
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "400.00", RECEIVABLE: "50.00", SERVICES: "-450.00"}, {"Acme": "50.00"}, "400.00"
    )


async def test_what_no_invoice_takes_stays_unapplied(desk: Desk) -> None:
    invoices = [await desk.bills("Acme", amount) for amount in ("300.00", "150.00")]
    payment = await desk.receives_for_the_oldest("Acme", "500.00")
    assert await desk.unapplied(payment) == "50.00"
    assert [await desk.balance(each) for each in invoices] == ["0.00", "0.00"]
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-50.00", SERVICES: "-450.00"}, {"Acme": "-50.00"}, "500.00"
    )


async def test_paid_too_much_on_one_invoice_the_rest_is_credit(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00", on={invoice: "300.00"})
    assert await desk.unapplied(payment) == "200.00"
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-200.00", SERVICES: "-300.00"}, {"Acme": "-200.00"}, "500.00"
    )


async def test_no_payment_settles_more_than_it_is_or_than_is_open(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    for amount, part in (("500.00", "300.01"), ("200.00", "300.00"), ("200.00", "0.00")):
        with pytest.raises(Refused):
            await desk.receives("Acme", amount, on={invoice: part})
    await desk.receives("Acme", "200.00", on={invoice: "200.00"})
    with pytest.raises(Refused, match="less than that left to pay"):
        await desk.receives("Acme", "200.00", on={invoice: "100.01"})
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "200.00", RECEIVABLE: "100.00", SERVICES: "-300.00"}, {"Acme": "100.00"}, "200.00"
    )


async def test_two_payments_settle_one_invoice_between_them(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    first = await desk.receives("Acme", "100.00", on={invoice: "100.00"})
    second = await desk.receives("Acme", "200.00", on={invoice: "200.00"})
    assert await desk.says(first, second) == ["Synced", "Synced"]
    assert await desk.due(invoice) == "0.00"
    assert desk.books == SETTLED


async def test_an_invoice_that_is_left_out_stays_out_and_the_payment_is_credit_there(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "500.00", on={invoice: "300.00"}, left_out=[invoice])
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert await desk.settled(payment) == {invoice: "(300.00)"}
    assert await desk.due(invoice) == "0.00"
    assert desk.books == AS_CREDIT


async def test_an_invoice_that_is_in_the_books_can_be_left_out_too(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"}, left_out=[invoice])
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert await desk.balance(invoice) == "300.00"
    assert await desk.unapplied(payment) == "300.00"
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_a_payment_takes_client_and_invoice_along(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says("Acme", invoice, payment) == ["Synced", "Synced", "Synced"]
    assert desk.books == SETTLED


async def test_synced_later_it_sends_its_invoice_along(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"}, sync=False)
    assert desk.books == Books()
    await desk.syncs(payment)
    assert await desk.says("Acme", invoice, payment) == ["Synced", "Synced", "Synced"]
    assert desk.books == SETTLED


async def test_synced_later_it_leaves_its_invoice_where_it_is_if_so_wanted(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"}, sync=False)
    await desk.syncs(payment, send_invoices=False)
    assert await desk.says("Acme", invoice, payment) == ["Synced", "Not synced", "Synced"]
    assert await desk.settled(payment) == {invoice: "(300.00)"}
    assert desk.books == Books(
        {FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00"
    )


async def test_without_its_unsynced_invoices_it_still_settles_those_that_are_there(
    desk: Desk,
) -> None:
    there = await desk.bills("Acme", "300.00")
    absent = await desk.bills("Acme", "100.00", sync=False)
    payment = await desk.receives(
        "Acme", "400.00", on={there: "300.00", absent: "100.00"}, sync=False
    )
    await desk.syncs(payment, send_invoices=False)
    assert await desk.settled(payment) == {there: "300.00", absent: "(100.00)"}
    assert await desk.says(there, absent, payment) == ["Synced", "Not synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "400.00", RECEIVABLE: "-100.00", SERVICES: "-300.00"}, {"Acme": "-100.00"}, "400.00"
    )


async def test_an_invoice_does_not_take_its_client_along_unasked(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    with pytest.raises(ClientFirst, match="Acme is not in QuickBooks yet"):
        await desk.syncs(invoice)
    assert await desk.says("Acme", invoice) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_sync_client_first_goes_on_to_the_invoice_by_itself(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.syncs(invoice, client_first=True)
    assert await desk.says("Acme", invoice) == ["Synced", "Synced"]
    assert desk.books == Books(
        {RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"}, "0.00"
    )


async def test_what_waits_says_for_what(desk: Desk) -> None:
    with desk.resting():
        invoice = await desk.bills("Acme", "300.00", sync=False)
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    for waiting in (invoice, payment):
        assert await desk.waits_for(waiting) == ForClient(await desk.client("Acme"))
    await desk.goes_on()
    assert await desk.says("Acme", invoice, payment) == ["Synced", "Synced", "Synced"]
    assert desk.books == SETTLED


async def test_a_payment_waits_for_an_invoice_that_failed_and_says_so(desk: Desk) -> None:
    desk.makes_inactive("Item", "1")
    desk.sleeps_on_it()
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says(invoice, payment) == ["Failed: no_service_item", "Syncing"]
    assert await desk.waits_for(payment) == ForInvoice(invoice, Status.FAILED)
    assert desk.books == Books()


async def test_a_payment_goes_on_by_itself_once_its_invoice_is_there(desk: Desk) -> None:
    desk.makes_inactive("Item", "1")
    desk.sleeps_on_it()
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    desk.makes_active("Item", "1")
    desk.sleeps_on_it()
    await desk.syncs(invoice)
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == SETTLED


async def test_whoever_waits_in_vain_leaves_the_invoice_and_sends_the_payment(
    desk: Desk,
) -> None:
    desk.makes_inactive("Item", "1")
    desk.sleeps_on_it()
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.dismisses(invoice, why="made in QuickBooks by hand")
    assert await desk.waits_for(payment) == ForInvoice(invoice, Status.SKIPPED)
    await desk.cancels(payment)
    await desk.syncs(payment, send_invoices=False)
    assert await desk.says(invoice, payment) == ["Skipped: dismissed", "Synced"]
    assert await desk.settled(payment) == {invoice: "(300.00)"}
    assert desk.books == Books(
        {FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00"
    )


async def test_an_invoice_that_comes_later_is_settled_by_an_edit(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"}, left_out=[invoice])
    await desk.syncs(invoice)
    assert (await desk.balance(invoice), desk.books) == ("300.00", SETTLED)
    await desk.edits_payment(payment, on={invoice: "300.00"})
    assert (await desk.balance(invoice), await desk.unapplied(payment)) == ("0.00", "0.00")
    assert await desk.settled(payment) == {invoice: "300.00"}
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == SETTLED


async def test_a_void_payment_leaves_the_books_and_settles_nothing(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.voids(payment)
    assert await desk.says(payment) == ["Not synced, void"]
    assert await desk.due(invoice) == "300.00"
    with pytest.raises(Refused, match="is void"):
        await desk.syncs(payment)
    assert desk.books == Books(
        {RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"}, "0.00"
    )


async def test_a_payment_that_was_never_sent_is_voided_here(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"}, sync=False)
    await desk.voids(payment)
    assert await desk.says(payment) == ["Not synced, void"]
    assert await desk.due(invoice) == "300.00"
    assert desk.books == Books()
