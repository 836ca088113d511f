"""What looks like a payment that is there already is pointed out while the form stands open."""

from sandbox.slack import Modal
from tests.world import World, payments_of

TICK = "Tick this box if both are real: P-1001 of $500.00"
BOTH = "Two payments that look the same"


async def asked_about_a_twin(world: World) -> Modal:
    """A form that was saved, and came back with the question whether both are real."""
    await world.add_client("Acme")
    await world.record(sync=False)
    modal = await world.begin_payment()
    assert (await modal.submit()).response_action == "update"
    assert BOTH in modal.labels
    return modal


async def test_a_box_that_was_not_ticked_is_asked_for_at_the_box(world: World) -> None:
    modal = await asked_about_a_twin(world)
    result = await modal.submit()
    assert result.errors[BOTH].startswith(TICK)
    assert len(payments_of(world.anna)) == 1


async def test_a_box_that_was_ticked_for_one_twin_says_nothing_of_another(world: World) -> None:
    modal = await asked_about_a_twin(world)
    await modal.check("Yes, both are real")
    await world.record(sync=False, amount="70", person=world.olivia)
    await modal.fill("Amount", "70")
    await world.workspace.wait_until(lambda: "P-1002 of $70.00" in modal.text, 10)
    assert not modal.is_checked("Yes, both are real")
    result = await modal.submit()
    assert "P-1002 of $70.00" in result.errors[BOTH]
    await modal.check("Yes, both are real")
    assert (await modal.submit()).accepted
