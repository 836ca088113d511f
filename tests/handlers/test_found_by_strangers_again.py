"""What people who came later, and tried to break it once more, found: each stays mended."""

from sandbox.quickbooks import Fault, Kind
from sandbox.slack import Modal, Person
from sandbox.slack.message import Message
from tests.handlers.invoicing import make_invoice, shown, sync_client, until_shown
from tests.handlers.test_paid_invoices import a_paid_invoice
from tests.world import PATIENCE, SYNC, World

CHANGED = "P-1001 was changed since you opened this form. Close it, and look at what it is now."


async def a_synced_payment(world: World) -> Message:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    return message


async def open_edit(person: Person) -> Modal:
    await person.command("/payment show P-1001")
    (reply,) = await person.replies()
    await reply.press("Edit")
    return await person.modal(title="Edit P-1001")


async def test_the_later_of_two_edits_of_a_payment_is_told_and_takes_nothing_back(
    world: World,
) -> None:
    message = await a_synced_payment(world)
    first, second = await open_edit(world.anna), await open_edit(world.olivia)
    await first.fill("Amount", "550")
    assert (await first.submit()).accepted
    await world.until(message, "P-1001 · Synced\n$550.00")
    await second.fill("Reference", "1042")
    assert (await second.submit()).errors == {"Amount": CHANGED}
    assert world.totals == ["550.00"]
    await second.cancel()
    third = await open_edit(world.olivia)
    await third.fill("Reference", "1042")
    assert (await third.submit()).accepted
    await world.until(message, "Check 1042")
    assert world.totals == ["550.00"]


async def test_an_edit_that_comes_twice_is_answered_like_the_first(world: World) -> None:
    message = await a_synced_payment(world)
    modal = await open_edit(world.anna)
    await modal.fill("Amount", "550")
    assert (await modal.submit()).accepted
    await world.until(message, "P-1001 · Synced\n$550.00")
    assert (await modal.submit(again=True)).accepted
    assert world.totals == ["550.00"]


async def test_who_has_not_read_that_quickbooks_differs_does_not_replace_it(
    world: World,
) -> None:
    message = await a_synced_payment(world)
    first, second = await open_edit(world.anna), await open_edit(world.olivia)
    (payment,) = world.company.payments()
    world.company.change("Payment", payment["Id"], TotalAmt="475.00")
    await first.fill("Reference", "1042")
    assert (await first.submit()).accepted
    await world.until(message, "to replace theirs with ours, edit it here again")
    await second.fill("Reference", "1043")
    assert (await second.submit()).errors == {"Amount": CHANGED}
    assert world.totals == ["475.00"]
    third = await open_edit(world.anna)
    assert "It was changed there meanwhile; what you save now replaces that." in third.text
    await third.fill("Reference", "1042")
    assert (await third.submit()).accepted
    await world.until(message, "Check 1042")
    assert world.totals == ["500.00"]


async def test_the_message_of_a_payment_lets_go_of_an_invoice_that_is_void(world: World) -> None:
    await a_paid_invoice(world)
    message = await world.message_to(world.anna, "Settles INV-1001 with $300.00")
    await world.olivia.command("/invoice void INV-1001")
    assert (await (await world.olivia.modal()).submit()).accepted
    await world.workspace.wait_until(lambda: "INV-1001" not in message.plain, PATIENCE)
    assert message.text.startswith("P-1001 · Synced · $300.00")


async def test_the_later_of_two_edits_of_a_client_is_told_and_takes_no_name_back(
    world: World,
) -> None:
    await a_synced_payment(world)
    modals = []
    for person in (world.anna, world.olivia):
        await (await shown(person, "/client show Acme")).press("Edit")
        modals.append(await person.modal(title="Edit Acme"))
    first, second = modals
    await first.fill("Name", "Acme Ltd")
    assert (await first.submit()).accepted
    await until_shown(world, "/client show Acme Ltd", "Synced")
    await second.fill("E-mail", "books@acme.example")
    told = CHANGED.replace("P-1001", "Acme Ltd")
    assert (await second.submit()).errors == {"Name": told}
    assert [each["DisplayName"] for each in world.company.customers()] == ["Acme Ltd"]


async def test_each_press_of_sync_client_first_is_answered_where_the_client_fails_again(
    world: World,
) -> None:
    world.company.add_vendor("Acme")
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    for _ in range(2):
        await world.until(message, "QuickBooks already uses this name")
        before = len(said_of_acme(world))
        await message.press("Sync client first")
        answer = await answer_after(world, before)
        assert "QuickBooks already uses this name" in answer.plain
        assert "Sync client to QuickBooks" in answer.buttons
    assert len(said_of_acme(world)) == 2
    assert world.totals == []


def said_of_acme(world: World) -> list[Message]:
    return [each for each in world.anna.direct_messages if each.text == "Failed · Acme"]


async def answer_after(world: World, before: int) -> Message:
    await world.workspace.wait_until(lambda: len(said_of_acme(world)) > before, PATIENCE)
    return said_of_acme(world)[-1]


async def test_an_invoice_whose_client_fails_again_says_so_too(world: World) -> None:
    world.company.add_vendor("Acme")
    await world.connect()
    await world.add_client("Acme")
    message = await make_invoice(world)
    await message.press("Sync client first")
    answer = await world.message_to(world.anna, "QuickBooks already uses this name")
    assert answer.text == "Failed · Acme"


async def test_a_client_that_was_left_out_is_left_in_peace_and_its_payment_waits(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    closed = "Account Period Closed, Cannot Update Through Services API"
    fault = Fault(kind=Kind.REFUSED, entity="customer", code="6210", message=closed)
    world.quickbooks.faults.add(fault)
    await world.anna.command("/client sync Acme")
    await (await until_shown(world, "/client show Acme", "Failed")).press("Dismiss")
    reason = await world.anna.modal(title="Dismiss Acme")
    await reason.fill("Why is it left out?", "A double of Acme Ltd")
    assert (await reason.submit()).accepted
    modal = await world.begin_payment()
    await modal.check(SYNC)
    left_out = "Acme was left out of QuickBooks (A double of Acme Ltd): the payment waits"
    await world.workspace.wait_until(lambda: left_out in modal.text, PATIENCE)
    assert "sends the client" not in modal.text
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "Waits for its client, who is not in QuickBooks.")
    assert "A double of Acme Ltd" in message.plain
    assert world.company.customers() == []
    await message.press("Sync client first")
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_a_linked_payment_says_what_the_books_say_and_is_edited_without_a_question(
    world: World,
) -> None:
    acme = world.company.add_customer("Acme")
    world.company.add_payment(acme["Id"], "500.00", TxnDate="2026-03-03", PaymentRefNum="77")
    await world.connect()
    await world.add_client("Acme")
    await sync_client(world)
    message = await world.record(sync=False)
    await message.press("Link to a QuickBooks payment")
    modal = await world.anna.modal()
    assert "Its date, method and reference here become what they are there." in modal.text
    await modal.choose("QuickBooks payment", modal.options("QuickBooks payment")[0])
    assert (await modal.submit()).accepted
    await world.until(message, "Check 77 · received Mar 3, 2026")
    edit = await open_edit(world.anna)
    await edit.fill("Reference", "78")
    assert (await edit.submit()).accepted
    await world.until(message, "Check 78")
    assert "Change not accepted" not in message.plain
    (there,) = world.company.payments()
    assert (there["TxnDate"], there["PaymentRefNum"]) == ("2026-03-03", "78")
