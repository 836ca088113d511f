"""Clients, and the customers that they are in QuickBooks."""

import asyncio
from datetime import timedelta

from sandbox.quickbooks import Fault, Kind
from tests.handlers.invoicing import make_invoice, shown, sync_client, until_shown
from tests.world import PATIENCE, World

SYNC = "Sync client to QuickBooks"
UNSYNC = "Unsync client from QuickBooks"
LINK = "Link to a QuickBooks customer"
ANYWAY = "Create a new customer anyway"
CUSTOMER = "QuickBooks customer"
NORTH = "Beacon Group \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} North"


def names_of(world: World) -> list[str]:
    return sorted(each["DisplayName"] for each in world.company.customers())


async def test_a_client_is_synced_from_its_answer(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    reply = await shown(world.anna, "/client show acme")
    assert reply.buttons == [SYNC, LINK, "Edit", "Exclude"]
    await reply.press(SYNC)
    await world.until(reply, "Syncing")
    reply = await until_shown(world, "/client show acme", "Synced")
    assert reply.buttons == [UNSYNC, "Edit", "Exclude", "Open in QuickBooks"]
    assert names_of(world) == ["Acme"]


async def test_a_near_match_is_put_before_a_person_and_linked_on_their_word(world: World) -> None:
    there = world.company.add_customer("ACME  Bakery")
    await world.connect()
    await world.add_client("Acme Bakery")
    await world.anna.command("/client sync Acme Bakery")
    reply = await until_shown(world, "/client show Acme Bakery", "Failed")
    assert "QuickBooks has “ACME Bakery”" in " ".join(reply.plain.split())
    assert "and here it is “Acme Bakery”." in reply.plain
    link, *others = reply.buttons
    assert link.startswith("Link to “ACME")
    assert ANYWAY in others
    await reply.press(link)
    await world.until(reply, f"linked to a customer of theirs (id {there['Id']})")
    assert len(world.company.customers()) == 1


async def test_a_near_match_may_be_another_customer_after_all(world: World) -> None:
    world.company.add_customer("ACME")
    await world.connect()
    await world.add_client("Acme Ltd")
    reply = await shown(world.anna, "/client show Acme Ltd")
    await reply.press("Edit")
    modal = await world.anna.modal()
    await modal.fill("Name", "A C M E")
    await modal.fill("E-mail", "office@acme.example")
    assert (await modal.submit()).accepted
    world.company.add_customer("Other", PrimaryEmailAddr={"Address": "office@acme.example"})
    await world.anna.command("/client sync A C M E")
    reply = await until_shown(world, "/client show A C M E", "Failed")
    assert "“Other” <office@acme.example>" in reply.plain
    await reply.press(ANYWAY)
    await until_shown(world, "/client show A C M E", "Synced")
    assert names_of(world) == ["A C M E", "ACME", "Other"]


async def test_any_live_customer_can_be_linked_with_its_parent_shown(world: World) -> None:
    parent = world.company.add_customer("Beacon Group")
    child = world.company.add_customer("North", ParentRef={"value": parent["Id"]}, Job=True)
    await world.connect()
    await world.add_client("Beacon North")
    await world.anna.command("/client link Beacon North")
    modal = await world.anna.modal()
    assert await modal.search(CUSTOMER, "nor") == [NORTH]
    await modal.choose(CUSTOMER, NORTH)
    assert (await modal.submit()).accepted
    reply = await shown(world.anna, "/client show Beacon North")
    assert f"(id {child['Id']})" in reply.plain
    assert len(world.company.customers()) == 2


async def test_unsync_lists_what_goes_with_the_client_and_quickbooks_keeps_it(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world)
    await (await world.anna.command("/invoice sync INV-1001")).press("Sync client first")
    await until_shown(world, "/invoice show INV-1001", "Synced")
    await world.olivia.command("/client unsync Acme")
    modal = await world.olivia.modal()
    assert "1 of its invoices and payments are in QuickBooks" in modal.text
    assert "INV-1001" in modal.text
    assert (await modal.submit()).accepted
    await until_shown(world, "/client show Acme", "Not synced")
    assert world.company.invoices() == []
    assert names_of(world) == ["Acme"]


async def test_records_that_came_since_the_question_are_asked_about_again(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    await world.olivia.command("/client unsync Acme")
    modal = await world.olivia.modal()
    assert "unsynced with it" not in modal.text
    await world.until(await world.record(sync=True), "Synced")
    await modal.submit()
    modal = await world.olivia.modal()
    assert "P-1001" in modal.text
    assert world.totals == ["500.00"]
    assert (await modal.submit()).accepted
    await until_shown(world, "/client show Acme", "Not synced")
    assert world.totals == []


async def test_an_excluded_clients_payments_are_skipped_until_it_is_included(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    answer = await world.anna.command("/client exclude Acme")
    assert "Excluded" in answer.plain
    message = await world.record(sync=True)
    await world.until(message, "Skipped")
    assert "Its client is excluded from QuickBooks" in message.plain
    answer = await world.anna.command("/client include Acme")
    assert "Excluded" not in answer.plain
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_what_was_skipped_while_it_was_excluded_is_synced_with_one_press(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    await make_invoice(world, price="70")
    await world.anna.command("/client exclude Acme")
    await world.anna.command("/invoice sync INV-1001")
    await until_shown(world, "/invoice show INV-1001", "Skipped")
    messages = [await world.record(sync=True, amount=amount) for amount in ("10", "20")]
    for message in messages:
        await world.until(message, "Skipped")
    assert not any("Sync 3 skipped" in each for each in await buttons_of_acme(world))
    answer = await world.anna.command("/client include Acme")
    assert "Skipped while it was excluded, and not synced since: 3." in answer.plain
    for message in messages:
        await world.until(message, "Its client was excluded from QuickBooks, and is included again")
    await answer.press("Sync 3 skipped")
    for message in messages:
        await world.until(message, "Synced")
    await until_shown(world, "/invoice show INV-1001", "Synced")
    assert world.totals == ["10.00", "20.00"]
    assert [str(each["TotalAmt"]) for each in world.company.invoices()] == ["70.00"]
    assert not any("skipped" in each for each in await buttons_of_acme(world))


async def buttons_of_acme(world: World) -> list[str]:
    return (await shown(world.anna, "/client show Acme")).buttons


async def test_what_was_skipped_stays_where_the_client_is_excluded_again(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await world.anna.command("/client exclude Acme")
    message = await world.record(sync=True)
    await world.until(message, "Skipped")
    answer = await world.anna.command("/client include Acme")
    await world.anna.command("/client exclude Acme")
    await world.until(message, "Its client is excluded from QuickBooks.")
    await answer.press("Sync 1 skipped")
    (refused,) = await world.anna.replies()
    assert refused.plain == "Acme is excluded. Include it first."
    assert world.totals == []


async def test_a_rename_reaches_quickbooks(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    reply = await shown(world.anna, "/client show Acme")
    await reply.press("Edit")
    modal = await world.anna.modal()
    await modal.fill("Name", "Acme & Sons")
    assert (await modal.submit()).accepted
    await until_shown(world, "/client show Acme & Sons", "Synced")
    assert names_of(world) == ["Acme & Sons"]


async def test_a_linked_customer_keeps_its_name_until_somebody_changes_it(world: World) -> None:
    world.company.add_customer("Acme of Larkspur")
    await world.connect()
    await world.add_client("Acme")
    await world.anna.command("/client link Acme")
    modal = await world.anna.modal()
    await modal.choose(CUSTOMER, "Acme of Larkspur")
    assert (await modal.submit()).accepted
    reply = await until_shown(world, "/client show Acme", "Synced")
    await reply.press("Edit")
    modal = await world.anna.modal()
    assert "It is changed in QuickBooks too." in modal.hint("Name")
    await modal.fill("E-mail", "office@acme.example")
    assert (await modal.submit()).accepted
    async with asyncio.timeout(PATIENCE):
        while "PrimaryEmailAddr" not in world.company.customers()[0]:
            await shown(world.anna, "/client show Acme")
    assert names_of(world) == ["Acme of Larkspur"]


async def test_clients_are_found_by_name_and_status(world: World) -> None:
    for number in range(12):
        await world.add_client(f"Client {number:02}")
    page = await shown(world.anna, "/client list")
    assert page.plain.count("QUICKBOOKS") == 10
    await page.press("Next")
    await world.until(page, "Client 11")
    assert page.plain.count("QUICKBOOKS") == 2
    await page.press("Previous")
    await world.until(page, "Client 00")
    found = await shown(world.anna, "/client list 07")
    assert "Client 07" in found.plain
    assert found.buttons == [SYNC, LINK, "Edit", "Exclude", "Details"]
    assert "No clients found" in (await shown(world.anna, "/client list failed")).plain


async def test_a_recorder_does_not_unsync(world: World) -> None:
    await world.add_client("Acme")
    line = "/client unsync Acme"
    assert "Only approvers may" in (await shown(world.anna, line)).plain
    assert "that cannot be done now" in (await shown(world.olivia, line)).plain


async def test_a_slow_quickbooks_is_said_so_and_links_once_all_the_same(world: World) -> None:
    world.company.add_customer("Acme of Larkspur")
    await world.connect()
    await world.add_client("Acme")
    await world.anna.command("/client link Acme")
    modal = await world.anna.modal()
    await modal.choose(CUSTOMER, "Acme of Larkspur")
    slow = Fault(kind=Kind.SLOW, entity="customer", wait=timedelta(seconds=2))
    world.quickbooks.faults.add(slow)
    result = await modal.submit()
    assert result.errors[CUSTOMER].startswith("QuickBooks is slow just now.")
    await until_shown(world, "/client show Acme", "Synced")
    assert names_of(world) == ["Acme of Larkspur"]
