"""Invoices: what they sell, and what an edit makes of them."""

from datetime import date
from typing import Any

import pytest

from services.domain.sync import Action
from services.errors import Refused
from tests.services.books.bookkeeping import FUNDS, RECEIVABLE, SERVICES, Books, note_of
from tests.services.books.desk import TODAY, Desk


def owed(amount: str) -> Books:
    return Books({RECEIVABLE: amount, SERVICES: f"-{amount}"}, {"Acme": amount})


async def test_an_invoice_sells_all_of_its_lines(desk: Desk) -> None:
    lines = [("Advice", "1.5", "120.00"), ("Filing", "3", "33.33"), ("Stamps", "40", "0.85")]
    invoice = await desk.bills("Acme", lines=lines)
    there = (await desk.there(invoice))["Line"]
    assert [f"{line['Amount']:.2f}" for line in there] == ["180.00", "99.99", "34.00", "313.99"]
    assert await desk.sold(invoice) == ["Services", "Services", "Services"]
    assert await desk.says("Acme", invoice) == ["Synced", "Synced"]
    assert desk.books == owed("313.99")


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("0.5", "0.01", "0.01"), ("2.5", "0.35", "0.88"), ("0.33333", "100.00", "33.33")],
)
async def test_half_a_cent_is_a_whole_one_here_and_there(
    desk: Desk, quantity: str, price: str, amount: str
) -> None:
    invoice = await desk.bills("Acme", lines=[("Advice", quantity, price)])
    assert await desk.due(invoice) == amount
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == owed(amount)


async def test_an_invoice_says_in_the_books_what_was_typed(desk: Desk) -> None:
    invoice = await desk.bills(
        "Acme", "300.00", number="2026-17", on=date(2026, 10, 1), due=date(2026, 10, 31)
    )
    there = await desk.there(invoice)
    assert (there["DocNumber"], there["TxnDate"], there["DueDate"]) == (
        "2026-17",
        "2026-10-01",
        "2026-10-31",
    )
    assert note_of(there) == "Entered with Counterfoil [counterfoil]"
    assert await desk.says("2026-17") == ["Synced"]
    assert desk.books == owed("300.00")


async def test_an_invoice_that_nobody_asked_to_sync_leaves_the_books_alone(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.goes_on()
    assert await desk.says("Acme", invoice) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_other_lines_are_another_total(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    await desk.edits_invoice(invoice, lines=[("Advice", "2", "120.00"), ("Filing", "1", "40.00")])
    assert await desk.says(invoice) == ["Synced"]
    assert (await desk.due(invoice), await desk.balance(invoice)) == ("280.00", "280.00")
    assert desk.books == owed("280.00")


async def test_another_due_date_is_no_other_figure(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    await desk.edits_invoice(invoice, due=date(2026, 12, 24))
    assert (await desk.there(invoice))["DueDate"] == "2026-12-24"
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == owed("300.00")


async def test_a_discount_that_the_bookkeeper_gave_stays_when_the_lines_change(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    await desk.discounts_by_hand(invoice, "50.00")
    assert desk.books.owed == {"Acme": "250.00"}
    await desk.edits_invoice(invoice, lines=[("Advice", "1", "400.00")])
    assert await desk.says(invoice) == ["Synced; update not accepted: changed_in_quickbooks"]
    await desk.edits_invoice(invoice, lines=[("Advice", "1", "400.00")])
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == Books(
        {RECEIVABLE: "350.00", SERVICES: "-400.00", "Discounts given": "50.00"}, {"Acme": "350.00"}
    )


@pytest.mark.parametrize("theirs", [{"TxnDate": "2026-11-01"}, {"DueDate": "2026-12-24"}])
async def test_where_quickbooks_has_another_copy_the_edit_is_asked_about_first(
    desk: Desk, theirs: dict[str, Any]
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    desk.company.change("Invoice", await desk.qbo_id(invoice), **theirs)
    await desk.edits_invoice(invoice, lines=[("Advice", "1", "280.00")])
    assert await desk.says(invoice) == ["Synced; update not accepted: changed_in_quickbooks"]
    assert (await desk.due(invoice), desk.books) == ("300.00", owed("300.00"))
    await desk.edits_invoice(invoice, lines=[("Advice", "1", "280.00")])
    assert await desk.says(invoice) == ["Synced"]
    assert (await desk.due(invoice), desk.books) == ("280.00", owed("280.00"))


async def test_an_edit_that_is_asked_for_again_replaces_the_sum_that_was_changed_there(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    cheaper = [{**line, "Amount": "250.00"} for line in (await desk.there(invoice))["Line"][:1]]
    for line in cheaper:
        line["SalesItemLineDetail"] = {**line["SalesItemLineDetail"], "UnitPrice": "250.00"}
    desk.company.change("Invoice", await desk.qbo_id(invoice), Line=cheaper)
    assert desk.books == owed("250.00")
    await desk.edits_invoice(invoice, due=date(2026, 12, 24))
    assert await desk.says(invoice) == ["Synced; update not accepted: changed_in_quickbooks"]
    await desk.edits_invoice(invoice, due=date(2026, 12, 24))
    assert await desk.says(invoice) == ["Synced"]
    assert (await desk.due(invoice), desk.books) == ("300.00", owed("300.00"))
    assert (await desk.there(invoice))["DueDate"] == "2026-12-24"


async def test_an_edit_in_a_closed_period_leaves_the_old_figures_and_a_note(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    desk.closes_the_books(TODAY)
    await desk.edits_invoice(invoice, lines=[("Advice", "1", "280.00")])
    assert await desk.says(invoice) == ["Synced; update not accepted: closed_period"]
    assert await desk.due(invoice) == "300.00"
    assert desk.books == owed("300.00")


async def test_what_is_not_in_quickbooks_is_edited_here_and_goes_as_it_then_is(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.edits_invoice(invoice, lines=[("Advice", "1", "280.00")])
    await desk.syncs(invoice, client_first=True)
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == owed("280.00")


async def test_an_invoice_cannot_become_less_than_was_paid_on_it(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    await desk.receives("Acme", "200.00", on={invoice: "200.00"})
    with pytest.raises(Refused, match="More than that is paid"):
        await desk.edits_invoice(invoice, lines=[("Advice", "1", "199.99")])
    await desk.edits_invoice(invoice, lines=[("Advice", "1", "200.00")])
    assert await desk.says(invoice) == ["Synced"]
    assert await desk.balance(invoice) == "0.00"
    assert desk.books == Books({FUNDS: "200.00", SERVICES: "-200.00"}, {}, "200.00")


async def test_another_clients_number_is_refused_where_quickbooks_minds(desk: Desk) -> None:
    desk.company.preferences.custom_txn_numbers = True
    other = desk.company.add_customer("Birch")
    desk.company.add_invoice(other["Id"], "10.00", DocNumber="2026-17")
    invoice = await desk.bills("Acme", "300.00", number="2026-17")
    assert await desk.says(invoice) == ["Failed: duplicate_number"]
    assert await desk.may(invoice) == {Action.SYNC, Action.LINK, Action.DISMISS}
    assert desk.books == Books({RECEIVABLE: "10.00", SERVICES: "-10.00"}, {"Birch": "10.00"})


async def test_with_another_number_it_goes(desk: Desk) -> None:
    desk.company.preferences.custom_txn_numbers = True
    other = desk.company.add_customer("Birch")
    desk.company.add_invoice(other["Id"], "10.00", DocNumber="2026-17")
    await desk.bills("Acme", "300.00", number="2026-17")
    await desk.edits_invoice("2026-17", number="2026-18")
    await desk.syncs("2026-18")
    assert await desk.says("2026-18") == ["Synced"]
    assert (await desk.there("2026-18"))["DocNumber"] == "2026-18"
    assert desk.books == Books(
        {RECEIVABLE: "310.00", SERVICES: "-310.00"}, {"Birch": "10.00", "Acme": "300.00"}
    )


async def test_an_invoice_needs_a_line_that_makes_sense(desk: Desk) -> None:
    for lines in (
        [("Advice", "0", "1.00")],
        [("Advice", "-1", "1.00")],
        [("Advice", "1", "-1.00")],
    ):
        with pytest.raises(Refused):
            await desk.bills("Acme", lines=lines)
    with pytest.raises(Refused, match="due before"):
        await desk.bills("Acme", "1.00", due=date(2026, 11, 1))
    await desk.bills("Acme", "1.00", number="7")
    with pytest.raises(Refused, match="already have an invoice"):
        await desk.bills("Acme", "1.00", number="7")
    assert await desk.says("7") == ["Synced"]
    assert desk.books == owed("1.00")
