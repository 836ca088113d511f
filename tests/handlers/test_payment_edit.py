"""Editing a payment, here and in QuickBooks."""

from datetime import UTC, datetime

from sandbox.quickbooks import Fault, Kind
from sandbox.slack import Person
from sandbox.slack.message import Message
from tests.handlers.invoicing import make_invoice
from tests.world import World


async def a_synced_payment(world: World) -> Message:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    return message


async def test_an_edit_starts_from_the_ledger_and_changes_quickbooks_too(world: World) -> None:
    message = await a_synced_payment(world)
    await message.press("Edit")
    modal = await world.anna.modal(title="Edit P-1001")
    assert "what you change here is changed there too" in modal.text
    assert "Client" not in modal.labels
    assert (modal.value("Amount"), modal.value("Method")) == ("$500.00", "Check")
    await modal.fill("Amount", "450")
    await modal.fill("Reference", "1042")
    assert (await modal.submit()).accepted
    await world.until(message, "$450.00")
    await world.until(message, "Synced")
    assert world.totals == ["450.00"]
    assert world.company.payments()[0]["PaymentRefNum"] == "1042"


async def test_a_change_that_quickbooks_refuses_leaves_it_synced_and_says_why(
    world: World,
) -> None:
    message = await a_synced_payment(world)
    world.quickbooks.faults.add(
        Fault(
            kind=Kind.REFUSED,
            entity="payment",
            operation="update",
            code="6210",
            message="Account Period Closed, Cannot Update Through Services API",
        )
    )
    await message.press("Edit")
    modal = await world.anna.modal(title="Edit P-1001")
    await modal.fill("Amount", "450")
    assert (await modal.submit()).accepted
    await world.until(message, "Change not accepted: The books are closed for this date.")
    assert message.text.startswith("P-1001 · Synced · $500.00")
    assert world.totals == ["500.00"]


async def test_what_is_not_in_quickbooks_is_changed_here_alone(world: World) -> None:
    await world.add_client("Acme")
    message = await world.record(sync=False)
    await message.press("Edit")
    modal = await world.anna.modal(title="Edit P-1001")
    await modal.fill("Amount", "nothing")
    assert "“nothing” is not an amount." in (await modal.submit()).errors["Amount"]
    await modal.fill("Amount", "20")
    await modal.choose("Method", "Cash")
    assert (await modal.submit()).accepted
    await world.until(message, "$20.00")
    assert "Cash · received" in message.plain


async def test_an_invoice_that_somebody_else_settles_meanwhile_is_told_at_its_field(
    world: World,
) -> None:
    await world.add_client("Acme")
    for price in ("500", "200"):
        await make_invoice(world, price=price)
    message = await world.record(sync=False, amount="600")
    await message.press("Edit")
    edit = await world.anna.modal(title="Edit P-1001")
    for label in edit.options("Invoices"):
        await edit.choose("Invoices", label)
    await settle_the_oldest(world, world.olivia)
    refused = await edit.submit()
    gone = "INV-1001 has nothing open any more. Take it out, or choose another."
    assert refused.errors == {"Invoices": gone}
    assert "Settles" not in message.plain
    await edit.set_date("Payment date", datetime.now(UTC).date())
    await world.workspace.wait_until(lambda: gone in edit.text.replace("\n", " "), 10)
    await edit.clear("Invoices")
    await edit.choose("Invoices", edit.options("Invoices")[-1])
    assert (await edit.submit()).accepted
    await world.until(message, "Settles INV-1002 with $200.00; $400.00 is unapplied")


async def settle_the_oldest(world: World, person: Person) -> None:
    modal = await world.begin_payment(person=person)
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, 10)
    await modal.choose("Invoices", modal.options("Invoices")[0])
    assert (await modal.submit()).accepted
    await world.message_to(person, "Settles INV-1001 with $500.00")
