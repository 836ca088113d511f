"""Details: facts, refunds and history of a payment in one place."""

from tests.world import World


async def test_details_tell_the_whole_story(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False, person=world.olivia)
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    await message.press("Refund")
    modal = await world.olivia.modal(title="Refund P-1001")
    await modal.fill("Amount", "100")
    assert (await modal.submit()).accepted
    await world.workspace.wait_until(lambda: len(world.company.purchases()) == 1, 10)
    await world.workspace.wait_until(lambda: "Refunded" in message.plain, 10)
    await message.press("Details")
    details = await world.olivia.modal(title="P-1001")
    assert details.text.splitlines()[1] == "P-1001 · Synced"
    assert "R-1001 · Sync" in details.text
    told = "P-1001 · @Olivia Owner"
    assert f"{told} recorded it: Not synced" in details.text
    assert f"{told} asked to sync it: Syncing" in details.text
    assert "P-1001 · Counterfoil brought word from QuickBooks: Synced" in details.text
    await details.press("Delete")
    question = await world.olivia.modal(title="Delete P-1001?")
    assert "Its refund R-1001 of $100.00 (Credit returned) is deleted there too." in question.text


async def test_a_refund_is_reached_from_its_payment(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False, person=world.olivia)
    await message.press("Refund")
    assert (await (await world.olivia.modal()).submit()).accepted
    await message.press("Details")
    details = await world.olivia.modal(title="P-1001")
    assert "Refund" not in details.buttons
    await details.press("Show")
    shown = await world.message_to(world.olivia, "it follows P-1001 there")
    assert "Sync refund to QuickBooks" in shown.buttons
