"""Whatever comes twice, late or changed makes nothing twice, and gets an answer."""

import asyncio

from tests.world import SYNC, World, payments_of


async def test_the_same_submission_twice_records_one_payment(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await world.begin_payment()
    await modal.check(SYNC)
    first, second = await asyncio.gather(modal.submit(), modal.submit(again=True))
    assert first.accepted
    assert second.accepted
    await world.message_to(world.anna, "Synced")
    assert len(payments_of(world.anna)) == 1
    assert world.totals == ["500.00"]


async def test_an_edited_resubmission_is_answered_with_the_payment_already_saved(
    world: World,
) -> None:
    await world.add_client("Acme")
    modal = await world.begin_payment()
    assert (await modal.submit()).accepted
    result = await modal.resubmit(Amount="600.00")
    assert not result.accepted
    assert "P-1001" in next(iter(result.errors.values()))
    await world.message_to(world.anna, "500.00")
    assert len(payments_of(world.anna)) == 1


async def test_two_quick_presses_make_one_payment_in_quickbooks(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    reply = await message.press("Sync payment to QuickBooks", times=2)
    assert reply.error is None
    await world.until(message, "Synced")
    (answer,) = await world.anna.replies()
    assert answer.plain.startswith("P-1001 is already ")
    assert world.totals == ["500.00"]


async def test_a_stale_button_gets_a_clear_answer_and_changes_nothing(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    await world.anna.command("/payment show P-1001")
    (old,) = await world.anna.replies()
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    await old.press("Sync payment to QuickBooks")
    (answer,) = await world.anna.replies()
    assert answer.plain == "P-1001 is already Synced."
    assert world.totals == ["500.00"]


async def test_a_payment_is_synced_once_by_the_command_however_often_it_is_typed(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    first = await world.anna.command("/payment sync P-1001")
    again = await world.anna.command("/payment sync p1001")
    assert "Syncing" in first.plain
    assert again.plain.startswith("P-1001 is already ")
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_a_message_whose_posting_got_no_answer_is_found_again(world: World) -> None:
    await world.add_client("Acme")
    world.workspace.failures.add(method="chat.postMessage", http=500, applied=True)
    message = await world.record(sync=False)
    await world.connect()
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    assert len(payments_of(world.anna)) == 1


async def test_a_rate_limited_edit_comes_later(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    world.workspace.failures.add(method="chat.update", retry_after=1)
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    assert len(payments_of(world.anna)) == 1
