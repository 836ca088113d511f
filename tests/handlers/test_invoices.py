"""Invoices, as staff make them, find them and bring them to QuickBooks."""

from datetime import date

import pytest

from sandbox.quickbooks import Fault, Kind
from tests.handlers.invoicing import (
    begin_invoice,
    invoices_of,
    make_invoice,
    shown,
    sync_client,
    until_shown,
)
from tests.world import World

SYNC = "Sync invoice to QuickBooks"
CLIENT_FIRST = "Sync client first"
UNSYNC = "Unsync invoice from QuickBooks"
LINK = "Link to a QuickBooks invoice"


async def test_an_invoice_is_made_with_the_fields_that_staff_know(world: World) -> None:
    await world.add_client("Acme")
    modal = await begin_invoice(world)
    assert modal.labels == [
        "Client",
        "Number",
        "Invoice date",
        "Due date",
        "Description",
        "Quantity",
        "Unit price",
    ]
    await modal.set_date("Invoice date", date(2026, 11, 3))
    await modal.set_date("Due date", date(2026, 12, 3))
    await modal.fill("Quantity", "2.5")
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "INV-1001")
    assert message.text.startswith(
        "INV-1001 · Not synced · $1,250.00 · Acme · balance due $1,250.00"
    )
    assert "Bookkeeping: 2.5 at $500.00 = $1,250.00" in message.plain
    assert "Dated Nov 3, 2026 · due Dec 3, 2026" in message.plain


async def test_a_line_is_added_and_what_was_typed_stays(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    modal = await begin_invoice(world)
    await modal.press("Add a line")
    await world.workspace.wait_until(lambda: "Description (line 2)" in modal.labels, 5)
    assert modal.value("Unit price") == "500.00"
    assert modal.value("Client") == "Acme"
    await modal.fill("Description (line 2)", "Payroll")
    await modal.fill("Quantity (line 2)", "3")
    await modal.fill("Unit price (line 2)", "40.00")
    await modal.press("Add a line")
    await world.workspace.wait_until(lambda: "Description (line 3)" in modal.labels, 5)
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "INV-1001")
    await message.press(SYNC)
    await until_shown(world, "/invoice show INV-1001", "Synced")
    (invoice,) = world.company.invoices()
    assert str(invoice["TotalAmt"]) == "620.00"
    sold = [line["Description"] for line in invoice["Line"] if "Description" in line]
    assert sold == ["Bookkeeping", "Payroll"]


async def test_what_cannot_be_used_is_said_at_its_field(world: World) -> None:
    await world.add_client("Acme")
    modal = await begin_invoice(world, price="a lot")
    await modal.set_date("Invoice date", date(2026, 11, 3))
    await modal.set_date("Due date", date(2026, 11, 2))
    await modal.fill("Quantity", "0")
    result = await modal.submit()
    assert result.errors == {
        "Due date": "It cannot be due before its own date.",
        "Quantity": "A quantity is more than nothing, and less than a million.",
        "Unit price": "“a lot” is not an amount. Type it like $1,250.00.",
    }
    assert invoices_of(world.anna) == []


async def test_a_number_is_used_once(world: World) -> None:
    await world.add_client("Acme")
    await make_invoice(world)
    modal = await begin_invoice(world)
    await modal.fill("Number", "inv-1001")
    result = await modal.submit()
    assert result.errors == {"Number": "You already have an invoice inv-1001."}
    await modal.fill("Number", "A 7")
    assert (await modal.submit()).accepted
    reply = await shown(world.anna, "/invoice show a 7")
    assert reply.text.startswith("A 7 · Not synced")


async def test_a_client_that_is_not_there_goes_first_and_the_invoice_follows_by_itself(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await make_invoice(world)
    assert SYNC not in message.buttons
    answer = await world.anna.command("/invoice sync INV-1001")
    assert answer.text.startswith("INV-1001 · Not synced")
    assert CLIENT_FIRST in answer.buttons
    assert world.company.customers() == []
    await answer.press(CLIENT_FIRST)
    reply = await until_shown(world, "/invoice show INV-1001", "Synced")
    assert UNSYNC in reply.buttons
    assert len(world.company.invoices()) == 1
    assert world.company.customers()[0]["DisplayName"] == "Acme"


async def test_sync_is_offered_once_the_client_is_there(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    message = await make_invoice(world)
    assert message.buttons[:2] == [SYNC, LINK]
    await message.press(SYNC)
    await world.until(message, "INV-1001 · Syncing")
    await until_shown(world, "/invoice show INV-1001", "Synced")
    await message.press("Look again")
    await world.until(message, "INV-1001 · Synced")
    assert {"Edit", "Void", "Open in QuickBooks", UNSYNC} <= set(message.buttons)


async def test_the_list_has_the_quickbooks_column_and_ten_on_a_page(world: World) -> None:
    await world.add_client("Acme")
    await world.add_client("Beacon")
    for client in [*["Acme"] * 11, "Beacon"]:
        assert (await (await begin_invoice(world, client=client)).submit()).accepted
    page = await shown(world.anna, "/invoice list")
    assert page.plain.count("QUICKBOOKS") == 10
    assert page.plain.index("INV-1012") < page.plain.index("INV-1003")
    await page.press("Next")
    await world.until(page, "INV-1001")
    assert page.plain.count("QUICKBOOKS") == 2
    await page.press("Previous")
    await world.until(page, "INV-1012")
    assert page.plain.count("QUICKBOOKS") == 10
    found = await shown(world.anna, "/invoice list not synced beacon")
    assert found.plain.count("QUICKBOOKS") == 1
    assert "INV-1012" in found.plain
    assert "No invoices found" in (await shown(world.anna, "/invoice list synced")).plain


async def test_a_rows_menu_does_what_it_says_and_leaves_the_list(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world)
    page = await shown(world.anna, "/invoice list")
    assert page.buttons == [CLIENT_FIRST, "Edit", "Void", "Details"]
    await page.press(CLIENT_FIRST)
    (answer,) = await world.anna.replies()
    assert answer.text.startswith("INV-1001 · Syncing")
    assert "QUICKBOOKS" in page.plain
    await until_shown(world, "/invoice show INV-1001", "Synced")
    assert len(world.company.invoices()) == 1


async def test_unsync_asks_first_and_is_the_approvers(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world)
    await (await world.anna.command("/invoice sync INV-1001")).press(CLIENT_FIRST)
    reply = await until_shown(world, "/invoice show INV-1001", "Synced")
    await reply.press(UNSYNC)
    (refused,) = await world.anna.replies()
    assert "Only approvers may undo what is in QuickBooks" in refused.plain
    await world.olivia.command("/invoice unsync INV-1001")
    modal = await world.olivia.modal()
    assert "It is deleted in QuickBooks" in modal.text
    assert len(world.company.invoices()) == 1
    assert (await modal.submit()).accepted
    await until_shown(world, "/invoice show INV-1001", "Not synced")
    assert world.company.invoices() == []


async def test_a_twin_is_shown_and_linked_without_a_second_one(world: World) -> None:
    there = world.company.add_customer("Acme")
    twin = world.company.add_invoice(there["Id"], "500.00", DocNumber="INV-1001")
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world)
    await (await world.anna.command("/invoice sync INV-1001")).press(CLIENT_FIRST)
    reply = await until_shown(world, "/invoice show INV-1001", "Skipped")
    assert {SYNC, LINK} <= set(reply.buttons)
    await reply.press(LINK)
    modal = await world.anna.modal()
    (offered,) = await modal.search("QuickBooks invoice", "inv-1001")
    assert offered.startswith("INV-1001 · $500.00")
    await modal.choose("QuickBooks invoice", offered)
    assert (await modal.submit()).accepted
    reply = await until_shown(world, "/invoice show INV-1001", "Synced")
    assert "It was linked, not created." in reply.plain
    assert [each["Id"] for each in world.company.invoices()] == [twin["Id"]]


async def test_a_void_invoice_stays_as_nothing(world: World) -> None:
    await world.add_client("Acme")
    await make_invoice(world)
    await world.olivia.command("/invoice void INV-1001")
    modal = await world.olivia.modal()
    assert "This cannot be undone." in modal.text
    assert (await modal.submit()).accepted
    reply = await shown(world.anna, "/invoice show INV-1001")
    assert reply.text.startswith("INV-1001 · Not synced · void")
    assert "Balance due $0.00" in reply.plain
    assert reply.buttons == []


async def test_an_edit_reaches_quickbooks(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await make_invoice(world)
    await message.press(CLIENT_FIRST)
    reply = await until_shown(world, "/invoice show INV-1001", "Synced")
    await reply.press("Edit")
    modal = await world.anna.modal()
    assert modal.value("Unit price") == "$500.00"
    await modal.fill("Unit price", "450.00")
    assert (await modal.submit()).accepted
    await until_shown(world, "/invoice show INV-1001", "Synced · $450.00")
    assert [str(each["TotalAmt"]) for each in world.company.invoices()] == ["450.00"]


async def test_what_was_never_sent_can_be_called_back(world: World) -> None:
    await world.add_client("Acme")
    message = await make_invoice(world)
    await message.press(CLIENT_FIRST)
    await world.until(message, "Waits until an admin connects QuickBooks")
    await message.press("Cancel sync")
    await world.until(message, "INV-1001 · Not synced")


async def test_where_invoices_need_tax_codes_they_are_off_and_it_says_why(world: World) -> None:
    maple = world.quickbooks.add_company(name="Maple", country="CA", currency="CAD")
    maple.preferences.sales_tax = True
    world.quickbooks.consent_company = maple
    await world.connect()
    reply = await shown(world.anna, "/invoice new")
    assert "Invoices of Maple need tax codes" in reply.plain
    assert world.anna.modal_in_front is None


@pytest.mark.parametrize("order", ["show", "sync", "unsync", "link", "void"])
async def test_an_invoice_that_is_not_there_is_none(world: World, order: str) -> None:
    answer = await world.olivia.command(f"/invoice {order} INV-9")
    text = answer.plain or (await world.olivia.replies())[0].plain
    assert text == "There is no invoice INV-9."


async def test_an_invoice_whose_client_needs_a_person_leads_to_the_client(world: World) -> None:
    world.company.add_customer("ACME")
    await world.connect()
    await world.add_client("Acme")
    message = await make_invoice(world)
    await message.press(CLIENT_FIRST)
    await until_shown(world, "/client show Acme", "Failed")
    reply = await shown(world.anna, "/invoice show INV-1001")
    assert reply.text.startswith("INV-1001 · Syncing")
    assert "QuickBooks has “ACME”" in reply.plain
    await reply.press("Show client")
    await world.until(reply, "Failed · Acme")
    await reply.press("Link to “ACME”")
    await until_shown(world, "/invoice show INV-1001", "Synced")
    assert len(world.company.customers()) == 1


async def test_one_that_failed_is_left_out_for_a_reason_and_can_come_back(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    message = await make_invoice(world)
    world.quickbooks.faults.add(
        Fault(
            kind=Kind.REFUSED,
            entity="invoice",
            code="6210",
            message="Account Period Closed, Cannot Update Through Services API",
            detail="The account period has closed",
        )
    )
    await message.press(SYNC)
    reply = await until_shown(world, "/invoice show INV-1001", "Failed")
    assert "The books are closed for this date" in reply.plain
    assert {SYNC, LINK, "Dismiss"} <= set(reply.buttons)
    await reply.press("Dismiss")
    modal = await world.anna.modal()
    await modal.fill("Why is it left out?", "Entered by the bookkeeper")
    assert (await modal.submit()).accepted
    reply = await until_shown(world, "/invoice show INV-1001", "Skipped")
    assert "Entered by the bookkeeper" in reply.plain
    await reply.press(SYNC)
    await until_shown(world, "/invoice show INV-1001", "Synced")
    assert len(world.company.invoices()) == 1


async def test_what_people_typed_means_nothing_in_lists_and_answers(world: World) -> None:
    nasty = "<!channel> *Bold* & _S_`x`"
    await world.add_client(nasty)
    modal = await begin_invoice(world, client=nasty)
    await modal.fill("Number", "<!here>*7*")
    await modal.fill("Description", nasty)
    assert (await modal.submit()).accepted
    lines = (
        "/invoice list",
        "/client list",
        "/invoice list <!channel>",
        "/invoice show <!here>*7*",
    )
    for line in lines:
        assert "<!channel>" in (await shown(world.anna, line)).plain
    await world.olivia.command("/invoice void <!here>*7*")
    modal = await world.olivia.modal()
    assert "<!channel>" in modal.text
    assert modal.mass_mentions == []
    assert world.workspace.mass_mentions == []


async def test_a_stale_button_changes_nothing(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    message = await make_invoice(world)
    old = await shown(world.anna, "/invoice show INV-1001")
    await message.press(SYNC)
    await until_shown(world, "/invoice show INV-1001", "Synced")
    await old.press(SYNC)
    (answer,) = await world.anna.replies()
    assert answer.plain == "INV-1001 is already Synced."
    assert len(world.company.invoices()) == 1


async def test_the_same_form_twice_makes_one_invoice(world: World) -> None:
    await world.add_client("Acme")
    modal = await begin_invoice(world)
    assert (await modal.submit()).accepted
    assert (await modal.submit(again=True)).accepted
    page = await shown(world.anna, "/invoice list")
    assert page.plain.count("QUICKBOOKS") == 1


async def test_the_later_of_two_edits_is_told_and_overwrites_nothing(world: World) -> None:
    await world.add_client("Acme")
    await make_invoice(world)
    modals = []
    for person in (world.anna, world.olivia):
        reply = await shown(person, "/invoice show INV-1001")
        await reply.press("Edit")
        modals.append(await person.modal())
    first, second = modals
    await first.fill("Unit price", "450.00")
    assert (await first.submit()).accepted
    await second.fill("Description", "Payroll")
    result = await second.submit()
    assert "was changed since you opened this form" in next(iter(result.errors.values()))
    reply = await shown(world.anna, "/invoice show INV-1001")
    assert "Bookkeeping: 1 at $450.00 = $450.00" in reply.plain
