"""Refunds as an approver gives them, and the books show them."""

import asyncio

from sandbox.quickbooks import Fault, Kind
from sandbox.slack import Modal
from sandbox.slack.message import Message
from tests.handlers.invoicing import make_invoice
from tests.world import World


async def a_payment(world: World, *, sync: bool = True) -> Message:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=sync, person=world.olivia)
    if sync:
        await world.until(message, "Synced")
    return message


async def refund(world: World, message: Message) -> Modal:
    await message.press("Refund")
    return await world.olivia.modal(title="Refund P-1001")


async def show(world: World, name: str = "R-1001") -> Message:
    await world.olivia.command(f"/payment show {name}")
    (reply,) = await world.olivia.replies()
    return reply


async def test_a_refund_begins_with_all_that_is_left_and_where_the_money_is(world: World) -> None:
    modal = await refund(world, await a_payment(world))
    assert modal.labels == ["Amount", "Refund from", "Reason"]
    assert modal.value("Amount") == "$500.00"
    assert modal.value("Refund from") == "Undeposited Funds"
    assert modal.value("Reason") == "Credit returned"
    assert "Accounts Receivable" not in str(modal.options("Refund from"))


async def test_credit_that_is_returned_leaves_as_an_expense_to_receivables(world: World) -> None:
    message = await a_payment(world)
    modal = await refund(world, message)
    await modal.fill("Amount", "100")
    await modal.choose("Refund from", "Checking")
    assert (await modal.submit()).accepted
    await world.message_to(world.olivia, "R-1001")
    await world.workspace.wait_until(lambda: len(world.company.purchases()) == 1, 10)
    await world.until(message, "Refunded $100.00; $400.00 is left")
    reply = await show(world)
    assert "Credit returned · from Checking" in reply.plain
    assert not sum(world.company.trial_balance().values())


async def test_a_sale_that_is_reversed_leaves_as_a_refund_receipt_and_is_taken_back(
    world: World,
) -> None:
    message = await a_payment(world)
    modal = await refund(world, message)
    await modal.choose("Reason", "Sale reversed")
    assert (await modal.submit()).accepted
    await world.workspace.wait_until(lambda: len(world.company.refund_receipts()) == 1, 10)
    await world.workspace.wait_until(lambda: "Refunded $500.00" in message.plain, 10)
    assert "Refund" not in message.buttons
    await message.press("Unsync payment from QuickBooks")
    question = await world.olivia.modal(title="Unsync P-1001?")
    assert "Its refund R-1001 of $500.00 (Sale reversed) is deleted there too." in question.text
    assert (await question.submit()).accepted
    await world.until(message, "Not synced")
    assert world.company.refund_receipts() == []
    assert world.totals == []


async def test_more_than_is_left_is_refused_at_the_amount(world: World) -> None:
    modal = await refund(world, await a_payment(world, sync=False))
    await modal.fill("Amount", "500.01")
    result = await modal.submit()
    assert result.errors == {"Amount": "Only 500.00 of P-1001 is left to refund."}
    await modal.fill("Amount", "nothing")
    assert "“nothing” is not an amount." in (await modal.submit()).errors["Amount"]


async def test_a_refund_is_shown_with_its_own_status_and_actions(world: World) -> None:
    await a_payment(world, sync=False)
    await world.olivia.command("/payment show P-1001")
    (payment,) = await world.olivia.replies()
    modal = await refund(world, payment)
    assert (await modal.submit()).accepted
    await world.message_to(world.olivia, "R-1001")
    reply = await show(world)
    assert reply.text.startswith("R-1001 · Not synced · $500.00 · Acme")
    assert "follows P-1001 there" in reply.plain
    await reply.press("Sync refund to QuickBooks")
    (answer,) = await world.olivia.replies()
    assert answer.plain == "P-1001 is not in QuickBooks. Sync it: its refunds follow."
    question = reply.confirmation("Delete")
    assert question == "R-1001 of P-1001 stays in the ledger as void."
    await reply.press("Delete")
    await world.workspace.wait_until(lambda: "void" in reply.plain, 10)
    assert reply.buttons == []


async def test_one_that_failed_is_left_out_for_a_reason_and_its_payment_shows_it(
    world: World,
) -> None:
    message = await a_payment(world)
    closed = "Account Period Closed, Cannot Update Through Services API"
    fault = Fault(kind=Kind.REFUSED, entity="purchase", code="6210", message=closed)
    world.quickbooks.faults.add(fault)
    modal = await refund(world, message)
    assert (await modal.submit()).accepted
    await world.message_to(world.olivia, "R-1001 of P-1001 is Failed.")
    reply = await show(world)
    await reply.press("Dismiss")
    modal = await world.olivia.modal(title="Dismiss R-1001")
    await modal.fill("Why is it left out?", "Given back in cash")
    assert (await modal.submit()).accepted
    heard = await world.message_to(world.olivia, "Given back in cash")
    assert heard.text.startswith("R-1001 · Skipped")
    await world.until(message, "R-1001 · $500.00 · Credit returned · Skipped")
    await reply.press("Dismiss")
    (answer,) = await world.olivia.replies()
    assert answer.plain == "R-1001 is Skipped: there is nothing to dismiss."
    assert world.company.purchases() == []


async def test_the_same_form_twice_is_one_refund_told_once(world: World) -> None:
    modal = await refund(world, await a_payment(world))
    first, second = await asyncio.gather(modal.submit(), modal.submit(again=True))
    assert (first.accepted, second.accepted) == (True, True)
    assert (await modal.submit(again=True)).accepted
    await world.workspace.wait_until(lambda: len(world.company.purchases()) == 1, 10)
    await world.record(
        sync=False, person=world.olivia, amount="7"
    )  # Whatever was posted before is there.
    told = [each for each in world.olivia.direct_messages if each.text.startswith("R-1001")]
    assert len(told) == 1
    assert len(world.company.purchases()) == 1


async def test_the_reason_follows_the_amount_until_somebody_chooses(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world, price="400")
    modal = await world.begin_payment(person=world.olivia)
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, 10)
    await modal.choose("Invoices", modal.options("Invoices")[0])
    assert (await modal.submit()).accepted
    message = await world.message_to(world.olivia, "$100.00 is unapplied")
    modal = await refund(world, message)
    assert modal.value("Reason") == "Sale reversed"
    await modal.fill("Amount", "100")
    await world.workspace.wait_until(lambda: modal.value("Reason") == "Credit returned", 10)
    await modal.fill("Amount", "100.01")
    await world.workspace.wait_until(lambda: modal.value("Reason") == "Sale reversed", 10)
    await modal.choose("Reason", "Credit returned")
    result = await modal.submit()
    assert "Only 100.00 of P-1001 is the client’s credit" in result.errors["Reason"]
    await modal.fill("Amount", "40")
    assert (await modal.submit()).accepted
    await world.until(message, "R-1001 · $40.00 · Credit returned · Not synced")


async def test_staff_may_not_refund(world: World) -> None:
    await world.add_client("Acme")
    message = await world.record(sync=False)
    await message.press("Refund")
    (answer,) = await world.anna.replies()
    assert "Only approvers may undo what is in QuickBooks" in answer.plain
