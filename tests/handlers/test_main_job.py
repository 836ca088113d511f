"""The main job, as people do it and the books show it."""

from datetime import date, timedelta

from sandbox.quickbooks import Fault, Kind
from tests.world import DEFAULT, SYNC, World, payments_of


async def test_a_payment_with_the_box_ticked_stands_in_quickbooks_once(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True, amount="1,250.75")
    await world.until(message, "Synced")
    assert world.totals == ["1250.75"]
    assert world.company.account_balance("Undeposited Funds") == 1250.75
    assert not sum(world.company.trial_balance().values())


async def test_all_that_was_typed_arrives_in_quickbooks(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await world.begin_payment()
    await modal.set_date("Payment date", date(2026, 11, 3))
    await modal.choose("Method", "Cash")
    await modal.fill("Reference", "R 17")
    await modal.fill("Description", "For October")
    await modal.check(SYNC)
    assert (await modal.submit()).accepted
    await world.message_to(world.anna, "Synced")
    (payment,) = world.company.payments()
    methods = {"Cash": "1"}
    assert payment["TxnDate"] == "2026-11-03"
    assert payment["PaymentMethodRef"]["value"] == methods["Cash"]
    assert payment["PaymentRefNum"] == "R 17"
    assert payment["PrivateNote"].startswith("For October\nP-1001 entered with Counterfoil, Cash")
    assert payment["CustomerRef"]["value"] == world.company.customers()[-1]["Id"]


async def test_a_payment_with_the_box_cleared_stays_out_until_somebody_syncs_it(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    assert message.text.startswith("P-1001 · Not synced")
    assert world.totals == []
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]
    assert message.buttons == [
        "Unsync payment from QuickBooks",
        "Open in QuickBooks",
        "Edit",
        "Refund",
        "Details",
        "Delete",
    ]


async def test_the_box_follows_the_default_at_the_moment_the_modal_opens(world: World) -> None:
    await world.add_client("Acme")
    modal = await world.begin_payment()
    assert not modal.is_checked(SYNC)
    await modal.cancel()
    await world.olivia.command("/quickbooks settings")
    settings = await world.olivia.modal()
    await settings.check(DEFAULT)
    assert (await settings.submit()).accepted
    await world.anna.command("/payment")
    modal = await world.anna.modal()
    assert modal.is_checked(SYNC)
    assert modal.labels[-2:] == ["Description", "QuickBooks"]


async def test_one_message_per_payment_is_edited_in_place(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    slow = Fault(kind=Kind.SLOW, entity="payment", wait=timedelta(seconds=0.5))
    world.quickbooks.faults.add(slow)
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    assert len(payments_of(world.anna)) == 1
    assert {text.split(" · ")[1] for text in message.edits} == {"Syncing"}


async def test_a_lost_answer_leaves_one_payment_in_the_books(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    world.quickbooks.faults.add(Fault(kind=Kind.CUT_AFTER, entity="payment", operation="create"))
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_what_waits_for_the_connection_says_so_and_goes_on_by_itself(world: World) -> None:
    await world.add_client("Acme")
    message = await world.record(sync=True)
    assert "Waits until an admin connects QuickBooks" in message.plain
    await world.connect()
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_what_was_never_sent_can_be_called_back(world: World) -> None:
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await message.press("Cancel sync")
    await world.until(message, "Not synced")
    await world.connect()
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_a_customer_of_the_same_name_is_used_and_not_made_again(world: World) -> None:
    there = world.company.add_customer("Acme")
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    assert [c["DisplayName"] for c in world.company.customers()].count("Acme") == 1
    assert world.company.payments()[0]["CustomerRef"]["value"] == there["Id"]


async def test_a_name_that_a_vendor_has_is_explained_and_mended(world: World) -> None:
    world.company.add_vendor("Acme")
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await world.until(message, "QuickBooks already uses this name")
    assert message.text.startswith("P-1001 · Syncing")
    assert "Sync client first" in message.buttons
    assert world.totals == []


async def test_a_refused_payment_says_why_in_plain_words_and_can_be_tried_again(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    world.quickbooks.faults.add(
        Fault(
            kind=Kind.REFUSED,
            entity="payment",
            code="6210",
            message="Account Period Closed, Cannot Update Through Services API",
            detail="The account period has closed",
        )
    )
    message = await world.record(sync=True)
    await world.until(message, "Failed")
    assert "The books are closed for this date" in message.plain
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]
