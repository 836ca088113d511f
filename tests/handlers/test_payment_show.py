"""`/payment show`: all that is to be known of a payment, and what can be done about it."""

from datetime import UTC, datetime, timedelta

from sandbox.quickbooks import Fault, Kind
from sandbox.slack.message import Message
from tests.world import World


async def show(world: World, name: str = "P-1001") -> Message:
    await world.anna.command(f"/payment show {name}")
    (reply,) = await world.anna.replies()
    return reply


async def test_a_synced_payment_says_where_the_money_is(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await world.until(await world.record(sync=True), "Synced")
    reply = await show(world)
    assert reply.text.startswith("P-1001 · Synced · $500.00 · Acme")
    assert "In QuickBooks, in Undeposited Funds (id " in reply.plain
    assert "Unsync payment from QuickBooks" in reply.buttons
    assert "Sync payment to QuickBooks" not in reply.buttons


async def test_a_possible_twin_is_linked_and_nothing_is_written(world: World) -> None:
    acme = world.company.add_customer("Acme")
    await world.connect()
    await world.add_client("Acme")
    theirs = world.company.add_payment(acme["Id"], "500.00", TxnDate=today())
    message = await world.record(sync=True)
    await world.until(message, "Skipped")
    assert "QuickBooks already holds a record that looks like this one" in message.plain
    await message.press("Link to a QuickBooks payment")
    modal = await world.anna.modal()
    assert f"id {theirs['Id']}" in modal.value("QuickBooks payment")
    assert (await modal.submit()).accepted
    await world.until(message, "It was linked, not created.")
    assert message.text.startswith("P-1001 · Synced")
    assert world.totals == ["500.00"]


async def test_who_knows_that_both_are_real_syncs_in_spite_of_the_twin(world: World) -> None:
    acme = world.company.add_customer("Acme")
    await world.connect()
    await world.add_client("Acme")
    world.company.add_payment(acme["Id"], "500.00", TxnDate=today())
    message = await world.record(sync=True)
    await world.until(message, "Skipped")
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    assert world.totals == ["500.00", "500.00"]


async def test_a_failed_payment_is_dismissed_with_the_reason(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    closed = Fault(kind=Kind.REFUSED, entity="payment", code="6210", message="Period Closed")
    world.quickbooks.faults.add(closed)
    message = await world.record(sync=True)
    await world.until(message, "Failed")
    await message.press("Dismiss")
    modal = await world.anna.modal()
    await modal.fill("Why is it left out?", "Booked by hand <!here>")
    assert (await modal.submit()).accepted
    await world.until(message, "Skipped")
    assert "Booked by hand <!here>" in message.plain
    assert world.workspace.mass_mentions == []
    assert world.totals == []


async def test_a_link_needs_an_answer_from_quickbooks(world: World) -> None:
    acme = world.company.add_customer("Acme")
    await world.connect()
    await world.add_client("Acme")
    world.company.add_payment(acme["Id"], "500.00", TxnDate=today())
    message = await world.record(sync=True)
    await world.until(message, "Skipped")
    slow = Fault(kind=Kind.SLOW, entity="query", wait=timedelta(seconds=5))
    world.quickbooks.faults.add(slow)
    await message.press("Link to a QuickBooks payment")
    (answer,) = await world.anna.replies()
    assert answer.plain == "QuickBooks did not answer in time. Please try again in a moment."


def today() -> str:
    return datetime.now(UTC).date().isoformat()
