"""Unsync and delete: what goes and what stays is said first, and then it is so."""

from datetime import UTC, datetime, timedelta

from sandbox.quickbooks import Fault, Kind
from sandbox.slack.message import Message
from sandbox.slack.modal import Modal
from tests.world import World, payments_of

MOST_PRESSES = 5


async def a_synced_payment(world: World) -> Message:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True, person=world.olivia)
    await world.until(message, "Synced")
    return message


async def asked(world: World, message: Message) -> Modal:
    """Press until QuickBooks has answered in time: on a busy machine it may not at once."""
    for _ in range(MOST_PRESSES):
        await message.press("Unsync payment from QuickBooks")
        modal = await world.olivia.modal()
        if "did not answer in time" not in modal.text:
            return modal
        await modal.cancel()
    raise AssertionError("QuickBooks never answered in time")


async def test_unsync_asks_first_and_takes_the_payment_out(world: World) -> None:
    message = await a_synced_payment(world)
    customer = world.company.payments()[0]["CustomerRef"]["value"]
    world.company.add_refund_receipt(customer, "25.00")
    modal = await asked(world, message)
    assert "P-1001 · Acme · $500.00" in modal.text
    assert "In QuickBooks it is" not in modal.text
    assert "Not touched: Acme’s refund receipt of $25.00" in modal.text
    assert world.totals == ["500.00"]
    assert (await modal.submit()).accepted
    await world.until(message, "Not synced")
    assert world.totals == []
    assert len(world.company.refund_receipts()) == 1


async def test_what_was_changed_in_quickbooks_stands_beside_ours_before_it_goes(
    world: World,
) -> None:
    message = await a_synced_payment(world)
    (payment,) = world.company.payments()
    other = world.company.add_customer("Birch & Sons")
    theirs = {"TxnDate": "2026-03-03", "CustomerRef": {"value": other["Id"]}}
    world.company.change("Payment", payment["Id"], TotalAmt="450.00", **theirs)
    question = await asked(world, message)
    assert "P-1001 · Acme · $500.00" in question.text
    there = f"In QuickBooks it is: $450.00 · Mar 3, 2026 · id {payment['Id']}, of Birch & Sons."
    assert there in question.text
    await question.cancel()
    await message.press("Delete")
    assert there in (await world.olivia.modal(title="Delete P-1001?")).text


async def test_what_is_gone_from_quickbooks_is_said_to_be_gone(world: World) -> None:
    message = await a_synced_payment(world)
    (payment,) = world.company.payments()
    world.company.delete("Payment", payment["Id"])
    await message.press("Unsync payment from QuickBooks")
    question = await world.olivia.modal(title="Unsync P-1001?")
    assert "QuickBooks no longer holds it." in question.text
    assert (await question.submit()).accepted
    await world.until(message, "Not synced")


async def test_what_was_linked_is_only_unlinked(world: World) -> None:
    acme = world.company.add_customer("Acme")
    await world.connect()
    await world.add_client("Acme")
    on = datetime.now(UTC).date().isoformat()
    world.company.add_payment(acme["Id"], "500.00", TxnDate=on)
    message = await world.record(sync=True, person=world.olivia)
    await world.until(message, "Skipped")
    await message.press("Link to a QuickBooks payment")
    assert (await (await world.olivia.modal()).submit()).accepted
    await world.until(message, "It was linked, not created.")
    await message.press("Unsync payment from QuickBooks")
    question = await world.olivia.modal(title="Unsync P-1001?")
    assert "it is only unlinked, and QuickBooks keeps it" in question.text
    assert (await question.submit()).accepted
    await world.until(message, "Not synced")
    assert world.totals == ["500.00"]


async def test_after_an_unsync_it_is_synced_anew(world: World) -> None:
    message = await a_synced_payment(world)
    await world.olivia.command("/payment unsync P-1001")
    assert (await (await world.olivia.modal()).submit()).accepted
    await world.until(message, "Not synced")
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_when_quickbooks_is_slow_the_question_says_so(world: World) -> None:
    message = await a_synced_payment(world)
    for _ in ("the payment", "the refund receipts"):
        slow = Fault(kind=Kind.SLOW, entity="query", wait=timedelta(seconds=4))
        world.quickbooks.faults.add(slow)
    await message.press("Unsync payment from QuickBooks")
    modal = await world.olivia.modal()
    assert "QuickBooks did not answer in time: it may have been changed there." in modal.text
    assert "other refund receipts of Acme are not listed here" in modal.text


async def test_staff_may_not_take_anything_out(world: World) -> None:
    await a_synced_payment(world)
    await world.anna.command("/payment show P-1001")
    (shown,) = await world.anna.replies()
    await world.anna.command("/payment unsync P-1001")
    (refused,) = await world.anna.replies()
    answers = [refused.plain]
    for label in ("Unsync payment from QuickBooks", "Delete", "Refund"):
        await shown.press(label)
        answers.extend(answer.plain for answer in await world.anna.replies())
    assert len(answers) == 4
    assert all("Only approvers may undo what is in QuickBooks" in answer for answer in answers)
    assert world.anna.modal_in_front is None
    assert world.totals == ["500.00"]


async def test_who_is_no_approver_any_more_cannot_confirm(world: World) -> None:
    message = await a_synced_payment(world)
    await message.press("Unsync payment from QuickBooks")
    modal = await world.olivia.modal()
    await world.workspace.change(world.olivia, owner=False)
    await modal.submit()
    assert "Only approvers may undo what is in QuickBooks" in modal.text
    assert world.totals == ["500.00"]


async def test_what_is_not_synced_is_not_unsynced(world: World) -> None:
    await world.add_client("Acme")
    await world.record(sync=False)
    await world.olivia.command("/payment unsync P-1001")
    (answer,) = await world.olivia.replies()
    assert answer.plain == "P-1001 is Not synced, so there is nothing to unsync."


async def test_several_go_in_and_out_at_once_with_one_message_that_ends_as_a_summary(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    for amount in ("10.00", "20.00", "30.00"):
        await world.record(sync=False, amount=amount)
    reply = await world.olivia.command("/payment sync P-1001 P-1002,P-1003 P-1001")
    assert "3 payments: my message to you tells how it goes." in reply.plain
    summary = await world.message_to(world.olivia, "Sync 3 payments: done. Synced 3")
    assert world.totals == ["10.00", "20.00", "30.00"]
    await world.olivia.command("/payment unsync P-1001 P-1002 P-1003")
    modal = await world.olivia.modal(title="Unsync 3 payments?")
    assert (await modal.submit()).accepted
    out = await world.message_to(world.olivia, "Unsync 3 payments: done. Not synced 3")
    assert out.ts != summary.ts
    assert world.totals == []
    assert payments_of(world.olivia) == []


async def test_too_many_at_once_are_refused(world: World) -> None:
    words = " ".join(f"P-{number}" for number in range(1001, 1022))
    reply = await world.anna.command(f"/payment sync {words}")
    assert "21 payments are too many at once: 20 are the most." in reply.plain


async def test_a_deleted_payment_leaves_quickbooks_and_stays_in_the_ledger_as_void(
    world: World,
) -> None:
    message = await a_synced_payment(world)
    await message.press("Delete")
    modal = await world.olivia.modal(title="Delete P-1001?")
    assert "It leaves QuickBooks first." in modal.text
    assert (await modal.submit()).accepted
    await world.until(message, "Not synced · void")
    assert world.totals == []
    assert message.buttons == ["Details"]
