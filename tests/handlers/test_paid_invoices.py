"""Invoices that are paid: nobody takes them away without having read what becomes of the money."""

from sandbox.slack.message import Message
from tests.handlers.invoicing import make_invoice, shown, until_shown
from tests.world import PATIENCE, SYNC, World


async def a_paid_invoice(world: World) -> Message:
    """INV-1001 of 500.00, of which P-1001 settles 300.00; both are in QuickBooks."""
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world)
    await pay(world, "300.00")
    await world.message_to(world.anna, "P-1001 · Synced")
    return await until_shown(world, "/invoice show INV-1001", "Synced")


async def pay(world: World, amount: str) -> None:
    modal = await world.begin_payment(amount=amount)
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, PATIENCE)
    await modal.choose("Invoices", modal.options("Invoices")[0])
    await modal.check(SYNC)
    assert (await modal.submit()).accepted


async def test_show_says_what_settles_it(world: World) -> None:
    reply = await a_paid_invoice(world)
    assert "Balance due $200.00" in reply.plain
    assert "Settled by P-1001: $300.00" in reply.plain
    assert reply.text.endswith("balance due $200.00")


async def test_unsync_of_a_paid_one_lists_what_becomes_credit_and_asks(world: World) -> None:
    await a_paid_invoice(world)
    await world.olivia.command("/invoice unsync INV-1001")
    modal = await world.olivia.modal()
    assert "P-1001 settles $300.00 of it." in modal.text
    assert "That becomes the credit of Acme there. Here it settles it as before." in modal.text
    assert len(world.company.invoices()) == 1
    assert (await modal.submit()).accepted
    await until_shown(world, "/invoice show INV-1001", "Not synced")
    assert world.company.invoices() == []
    (payment,) = world.company.payments()
    assert payment["UnappliedAmt"] == 300
    reply = await shown(world.anna, "/invoice show INV-1001")
    assert "Settled by P-1001: $300.00 (credit in QuickBooks)" in reply.plain


async def test_what_was_changed_in_quickbooks_stands_beside_ours_before_it_goes(
    world: World,
) -> None:
    await a_paid_invoice(world)
    (invoice,) = world.company.invoices()
    world.company.change("Invoice", invoice["Id"], TxnDate="2026-03-03")
    for verb in ("unsync", "void"):
        await world.olivia.command(f"/invoice {verb} INV-1001")
        modal = await world.olivia.modal()
        there = f"In QuickBooks it is: $500.00 · Mar 3, 2026 · INV-1001 · id {invoice['Id']}."
        assert there in modal.text
        await modal.cancel()


async def test_void_of_a_paid_one_frees_the_payment(world: World) -> None:
    await a_paid_invoice(world)
    await world.olivia.command("/invoice void INV-1001")
    modal = await world.olivia.modal()
    assert "P-1001 settles $300.00 of it." in modal.text
    assert (await modal.submit()).accepted
    reply = await until_shown(world, "/invoice show INV-1001", "Synced · void")
    assert "Settled by" not in reply.plain
    assert world.company.payments()[0]["UnappliedAmt"] == 300
    assert not sum(world.company.trial_balance().values())


async def test_who_was_asked_before_it_was_paid_is_asked_again(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world)
    await (await world.anna.command("/invoice sync INV-1001")).press("Sync client first")
    await until_shown(world, "/invoice show INV-1001", "Synced")
    await world.olivia.command("/invoice unsync INV-1001")
    modal = await world.olivia.modal()
    assert "credit" not in modal.text
    await pay(world, "300.00")
    await world.message_to(world.anna, "P-1001 · Synced")
    await modal.submit()
    again = await world.olivia.modal()
    assert "P-1001 settles $300.00 of it." in again.text
    assert len(world.company.invoices()) == 1
