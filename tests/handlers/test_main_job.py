"""The main job, as people do it and the books show it."""

from tests.world import World


async def test_a_payment_with_the_box_ticked_stands_in_quickbooks_once(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]
