"""What needs a person is told once, beside the message that is edited in place."""

from sandbox.quickbooks import Fault, Kind
from sandbox.slack.message import Message
from tests.world import World


def told(world: World) -> list[Message]:
    """Replies in the threads of Anna's messages."""
    return [each for each in world.anna.direct_messages if each.thread_ts]


def refuse_the_next(world: World) -> None:
    world.quickbooks.faults.add(
        Fault(
            kind=Kind.REFUSED,
            entity="payment",
            operation="create",
            code="6210",
            message="Account Period Closed, Cannot Update Through Services API",
        )
    )


async def test_a_failure_is_told_once_in_the_thread_each_time_it_comes(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    refuse_the_next(world)
    await message.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(lambda: len(told(world)) == 1, 10)
    (first,) = told(world)
    assert first.thread_ts == message.ts
    assert "P-1001 is Failed. The books are closed for this date." in first.plain
    await message.press("Edit")
    modal = await world.anna.modal(title="Edit P-1001")
    await modal.fill("Reference", "1042")
    assert (await modal.submit()).accepted
    await world.until(message, "1042")
    assert len(told(world)) == 1
    refuse_the_next(world)
    await message.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(lambda: len(told(world)) == 2, 10)


async def test_what_slack_turns_away_is_told_later(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    refuse_the_next(world)
    world.workspace.failures.add(method="chat.postMessage", retry_after=1)
    await message.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(lambda: len(told(world)) == 1, 10)


async def test_who_dismisses_a_payment_is_not_told_of_it(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    refuse_the_next(world)
    await message.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(lambda: len(told(world)) == 1, 10)
    await message.press("Dismiss")
    modal = await world.anna.modal()
    await modal.fill("Why is it left out?", "Booked by hand")
    assert (await modal.submit()).accepted
    await world.until(message, "Skipped")
    assert len(told(world)) == 1


async def test_who_refunded_is_told_once_of_a_refund_that_failed(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    world.quickbooks.faults.add(
        Fault(
            kind=Kind.REFUSED,
            entity="purchase",
            operation="create",
            code="6210",
            message="Account Period Closed, Cannot Update Through Services API",
        )
    )
    await world.olivia.command("/payment show P-1001")
    (shown,) = await world.olivia.replies()
    await shown.press("Refund")
    modal = await world.olivia.modal()
    assert (await modal.submit()).accepted
    heard = await world.message_to(world.olivia, "R-1001 of P-1001 is Failed.")
    assert "The books are closed for this date." in heard.plain
    await world.until(message, "R-1001")
    failed = [each for each in world.olivia.direct_messages if "is Failed" in each.plain]
    assert len(failed) == 1
    assert told(world) == []
