"""What comes late, doubled or out of order changes nothing twice, and always gets an answer."""

import asyncio
import sqlite3
from datetime import timedelta
from typing import Any
from uuid import UUID

from handlers import ids
from sandbox.quickbooks import Fault, Kind
from sandbox.slack import Modal, Person, payloads
from sandbox.slack.delivery import form
from sandbox.slack.message import Message
from tests.handlers.forging import RETRIED, ledger_of, press, send, submission
from tests.handlers.invoicing import make_invoice, shown
from tests.world import PATIENCE, SYNC, World, payments_of


async def a_synced_payment(world: World) -> Message:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True, person=world.olivia)
    await world.until(message, "Synced")
    return message


async def test_what_slack_sends_again_is_done_once(world: World) -> None:
    """A form at the same time and in turn, a command in turn."""
    await world.connect()
    await world.add_client("Acme")
    modal = await world.begin_payment()
    payload = submission(world, world.anna, modal)
    first = await asyncio.gather(*(send(world, payload, headers=RETRIED) for _ in range(3)))
    assert [*first, await send(world, payload)] == [{}] * 4
    message = await world.message_to(world.anna, "P-1001")
    conversation = world.workspace.conversations[message.channel]
    typed = payloads.slash_command(
        world.workspace,
        world.anna.account,
        conversation,
        command="/payment",
        text="sync P-1001",
    )
    answers = [await world.workspace.courier.deliver(form(typed)) for _ in range(2)]
    assert "Syncing" in answers[0].body
    assert "P-1001 is already" in answers[1].body
    await world.until(message, "Synced")
    assert len(payments_of(world.anna)) == 1
    assert world.totals == ["500.00"]


async def test_a_form_that_is_asked_for_twice_at_once_is_opened_and_nobody_is_scolded(
    world: World,
) -> None:
    workspace = world.workspace
    place = workspace.conversations[workspace.direct_with(world.anna.id).id]
    typed = payloads.slash_command(
        workspace, world.anna.account, place, command="/payment", text="new"
    )
    answers = await asyncio.gather(*(workspace.courier.deliver(form(typed)) for _ in range(2)))
    assert [answer.body for answer in answers] == ["", ""]
    assert (await world.anna.modal()).title == "Record a payment"
    await world.anna.command("/payment list")
    (listed,) = await world.anna.replies()
    assert [message.ts for message in world.anna.ephemerals] == [listed.ts]


async def test_two_who_unsync_the_same_payment_unsync_it_once(world: World) -> None:
    """And whoever presses Sync meanwhile is told that it is on its way."""
    message = await a_synced_payment(world)
    oscar = world.workspace.add_person("Oscar", admin=True)
    await message.press("Unsync payment from QuickBooks")
    first = await world.olivia.modal()
    await oscar.command("/payment unsync P-1001")
    second = await oscar.modal()
    world.quickbooks.faults.add(Fault(kind=Kind.SLOW, entity="payment", wait=timedelta(seconds=1)))
    world.quickbooks.faults.add(Fault(kind=Kind.SLOW, entity="batch", wait=timedelta(seconds=1)))
    assert (await first.submit()).accepted
    assert (await second.submit()).response_action == "update"
    assert "P-1001 is " in second.text
    assert (await first.submit(again=True)).response_action == "update"  # Nothing is left of it.
    payment = str(UUID(hex=sql(world, "SELECT id FROM payments")))
    await press(world, message, world.olivia, ids.SYNC_PAYMENT, payment)
    (answer,) = await world.olivia.replies()
    assert answer.plain.startswith("P-1001 is already Syncing")
    await world.until(message, "Not synced")
    assert world.totals == []
    assert sql(world, "SELECT count(*) FROM outbox WHERE operation = 'delete'") == 1


async def test_a_menu_from_before_is_answered_with_how_it_stands_now(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False, person=world.olivia)
    rows = await shown(world.olivia, "/payment list")
    old = await shown(world.olivia, "/payment show P-1001")
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    before = ledger_of(world)
    for stale, label in (
        (rows, "Sync payment to QuickBooks"),
        (rows, "Link to a QuickBooks payment"),
        (old, "Link to a QuickBooks payment"),
    ):
        await stale.press(label)
        (answer,) = await world.olivia.replies()
        assert "P-1001 is " in answer.plain
        assert "Synced" in answer.plain
    assert world.olivia.modal_in_front is None
    assert ledger_of(world) == before
    assert world.totals == ["500.00"]


async def test_a_refund_that_is_sent_twice_is_one(world: World) -> None:
    message = await a_synced_payment(world)
    await message.press("Refund")
    modal = await world.olivia.modal(title="Refund P-1001")
    await modal.fill("Amount", "100")
    payload = submission(world, world.olivia, modal)
    answers = await asyncio.gather(*(send(world, payload, headers=RETRIED) for _ in range(2)))
    assert answers == [{}, {}]
    assert (await modal.submit()).accepted
    await world.until(message, "Refunded $100.00; $400.00 is left")
    assert sql(world, "SELECT count(*) FROM refunds") == 1
    corrected = await modal.resubmit(Amount="200")
    assert "This form was saved already, as R-1001" in corrected.errors["Amount"]
    await world.workspace.wait_until(lambda: len(world.company.purchases()) == 1, PATIENCE)


async def test_who_is_no_approver_any_more_can_finish_nothing(world: World) -> None:
    message = await a_synced_payment(world)
    opened = []
    for label in ("Refund", "Delete"):
        await message.press(label)
        modal = await world.olivia.modal(title=f"{label} P-1001{'?' * (label == 'Delete')}")
        opened.append(submission(world, world.olivia, modal))
    await world.workspace.change(world.olivia, owner=False)
    before = ledger_of(world)
    for payload in opened:
        assert "Only approvers may undo" in str(await send(world, payload))
    assert ledger_of(world) == before


async def test_a_client_who_was_excluded_meanwhile_is_not_sent(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await world.begin_payment()
    await modal.check(SYNC)
    await world.olivia.command("/client exclude Acme")
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "Skipped")
    assert "its client is excluded" in message.plain.lower()
    assert world.totals == []


async def test_an_invoice_that_was_settled_meanwhile_is_not_dropped_in_silence(
    world: World,
) -> None:
    await world.add_client("Acme")
    await make_invoice(world)
    first, second = [await settling(world, person) for person in (world.anna, world.olivia)]
    assert (await first.submit()).accepted
    await world.message_to(world.anna, "Settles INV-1001 with $500.00")
    assert (await first.submit(again=True)).accepted
    refused = await second.submit()
    assert "nothing open any more" in refused.errors["Invoices"]
    assert payments_of(world.olivia) == []


async def settling(world: World, person: Person) -> Modal:
    """A form that has foreseen what it settles."""
    modal = await world.begin_payment(person=person)
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, PATIENCE)
    await modal.choose("Invoices", modal.options("Invoices")[0])
    await world.workspace.wait_until(lambda: "Settles INV-1001" in modal.text, PATIENCE)
    return modal


async def test_one_bad_reference_among_good_ones_changes_nothing(world: World) -> None:
    await a_synced_payment(world)
    before = ledger_of(world)
    many = " ".join(f"P-{number}" for number in range(1001, 1022))
    for words, reason in (
        (many, "21 payments are too many at once"),
        ("P-1001 P-9999", "There is no payment P-9999."),
        ("P-1001 x", "“x” is no reference of a payment."),
    ):
        assert reason in (await shown(world.olivia, f"/payment unsync {words}")).plain
    await world.olivia.command("/payment unsync P-1001 1001, p1001")
    assert (await world.olivia.modal()).title == "Unsync P-1001?"
    assert ledger_of(world) == before


def sql(world: World, question: str) -> Any:
    with sqlite3.connect(world.config.database_url.removeprefix("sqlite:///")) as db:
        ((answer,),) = db.execute(question).fetchall()
    return answer
