"""The form of a payment: what it shows, foresees, asks and keeps."""

from datetime import UTC, datetime, timedelta

from sandbox.slack import Modal
from tests.handlers.invoicing import make_invoice
from tests.world import SYNC, World, payments_of


def today() -> str:
    return datetime.now(UTC).date().isoformat()


async def foresees(world: World, modal: Modal, words: str) -> None:
    await world.workspace.wait_until(lambda: words in modal.text, 10)


async def test_the_form_says_what_will_happen_before_it_is_saved(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await world.begin_payment()
    await foresees(world, modal, "$500.00 stays unapplied, as the client’s credit")
    await foresees(world, modal, "stays out of QuickBooks until somebody syncs it")
    await modal.check(SYNC)
    await foresees(world, modal, "into Undeposited Funds; sends the client Acme too.")


async def test_invoices_are_settled_the_oldest_first_and_go_along(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world, price="300")
    await make_invoice(world, price="400")
    modal = await world.begin_payment(amount="500.00")
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, 10)
    assert modal.labels[5:8] == ["Invoices", "Description", "QuickBooks"]
    for label in modal.options("Invoices"):
        await modal.choose("Invoices", label)
    await modal.check(SYNC)
    await foresees(world, modal, "Settles INV-1001, $300.00 to $0.00; settles INV-1002, $400.00")
    await foresees(world, modal, "to $200.00; into Undeposited Funds; sends the client Acme too;")
    await foresees(world, modal, "sends the invoice INV-1001 too; sends the invoice INV-1002 too.")
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "Synced")
    assert "Settles INV-1001 with $300.00, INV-1002 with $200.00" in message.plain
    assert [invoice["Balance"] for invoice in world.company.invoices()] == [0, 200]


async def test_an_invoice_can_be_left_out_and_the_money_is_credit_in_quickbooks(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world, price="500")
    modal = await world.begin_payment()
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, 10)
    await modal.choose("Invoices", modal.options("Invoices")[0])
    await modal.check(SYNC)
    await foresees(world, modal, "Leave the invoice, send as unapplied")
    await modal.check("Leave the invoice, send as unapplied")
    await foresees(world, modal, "INV-1001 is left out: credit in QuickBooks")
    assert (await modal.submit()).accepted
    await world.message_to(world.anna, "Synced")
    assert world.company.invoices() == []
    assert world.company.payments()[0]["UnappliedAmt"] == 500


async def test_what_was_typed_survives_every_drawing(world: World) -> None:
    await world.add_client("Acme")
    await world.add_client("Beacon")
    await make_invoice(world, price="500")
    await world.anna.command("/payment new")
    modal = await world.anna.modal()
    await modal.fill("Reference", "1042")
    await modal.fill("Description", "For October")
    await modal.fill("Amount", "five")
    await modal.choose("Client", "Acme")
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, 10)
    await modal.choose("Client", "Beacon")
    await world.workspace.wait_until(lambda: "Invoices" not in modal.labels, 10)
    shown = [modal.value(label) for label in ("Client", "Amount", "Reference", "Description")]
    assert shown == ["Beacon", "five", "1042", "For October"]


async def test_two_equal_payments_on_purpose_are_asked_about_once(world: World) -> None:
    await world.add_client("Acme")
    await world.record(sync=False)
    modal = await world.begin_payment()
    asked = await modal.submit()
    assert asked.response_action == "update"
    assert "P-1001 of $500.00" in modal.text
    assert len(payments_of(world.anna)) == 1
    await modal.check("Yes, both are real")
    assert (await modal.submit()).accepted
    await world.message_to(world.anna, "P-1002")


async def test_a_twin_in_quickbooks_is_named_and_linked_from_the_form(world: World) -> None:
    acme = world.company.add_customer("Acme")
    theirs = world.company.add_payment(acme["Id"], "500.00", TxnDate=today())
    await world.connect()
    await world.add_client("Acme")
    await world.until(await world.record(sync=True, amount="7.00"), "Synced")
    modal = await world.begin_payment()
    await foresees(world, modal, "QuickBooks already holds a payment like this one: $500.00")
    await modal.choose("Already in QuickBooks", modal.options("Already in QuickBooks")[0])
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "It was linked, not created.")
    assert f"(id {theirs['Id']})" in message.plain
    assert sorted(world.totals) == ["500.00", "7.00"]


async def test_the_same_form_twice_settles_the_invoice_once(world: World) -> None:
    await world.add_client("Acme")
    await make_invoice(world, price="500")
    modal = await world.begin_payment()
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, 10)
    await modal.choose("Invoices", modal.options("Invoices")[0])
    assert (await modal.submit()).accepted
    await world.message_to(world.anna, "Settles INV-1001 with $500.00")
    assert (await modal.submit(again=True)).accepted
    assert len(payments_of(world.anna)) == 1


async def test_what_was_chosen_to_be_linked_is_kept_through_a_question(world: World) -> None:
    acme = world.company.add_customer("Acme")
    await world.connect()
    await world.add_client("Acme")
    await world.until(await world.record(sync=True), "Synced")
    theirs = world.company.add_payment(acme["Id"], "500.00", TxnDate=today())
    modal = await world.begin_payment()
    await world.workspace.wait_until(lambda: "Already in QuickBooks" in modal.labels, 10)
    await modal.choose("Already in QuickBooks", modal.options("Already in QuickBooks")[0])
    await foresees(world, modal, f"is linked to what QuickBooks holds (id {theirs['Id']})")
    await modal.check("Yes, both are real")
    await modal.fill("Amount", "499")
    refused = await modal.submit()
    assert "and this payment is 499." in refused.errors["Already in QuickBooks"]
    await modal.fill("Amount", "500")
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "It was linked, not created.")
    assert message.text.startswith("P-1002 · Synced")
    assert world.totals == ["500.00", "500.00"]


async def test_odd_dates_and_sums_are_pointed_out(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await make_invoice(world, price="100")
    modal = await world.begin_payment()
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, 10)
    await modal.choose("Invoices", modal.options("Invoices")[0])
    await foresees(world, modal, "It is more than the invoices have open.")
    await modal.set_date("Payment date", datetime.now(UTC).date() + timedelta(days=3))
    await foresees(world, modal, "The payment date lies ahead.")
