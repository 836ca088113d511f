"""What an admin chooses, and what it does to the books."""

from datetime import date

from sandbox.quickbooks import Fault, Kind
from sandbox.slack import Modal
from tests.handlers.invoicing import make_invoice, until_shown
from tests.world import DEFAULT, World

DEFINE = "Define deposit-to account for payments"
ACCOUNT = "Account for payments"


async def open_settings(world: World) -> Modal:
    await world.olivia.command("/quickbooks settings")
    return await world.olivia.modal(title="Settings")


async def define(world: World) -> Modal:
    """Open the settings, tick the box, and wait for what it shows."""
    modal = await open_settings(world)
    await modal.check(DEFINE)
    await world.workspace.wait_until(lambda: ACCOUNT in modal.labels, 5)
    return modal


async def test_settings_begin_with_defaults_that_can_be_saved(world: World) -> None:
    modal = await open_settings(world)
    assert not modal.is_checked(DEFAULT)
    assert not modal.is_checked(DEFINE)
    assert ACCOUNT not in modal.labels
    assert modal.value("Start date") is None
    assert modal.value("Twin window") == "5"
    assert "Amounts are in USD until QuickBooks is connected." in modal.text
    assert (await modal.submit()).accepted


async def test_only_active_accounts_that_hold_money_are_offered_as_they_are_now(
    world: World,
) -> None:
    await world.connect()
    world.company.add("Account", Name="Vault", AccountType="Bank")
    old = world.company.add("Account", Name="Old vault", AccountType="Bank")
    world.company.change("Account", old["Id"], Active=False)
    modal = await define(world)
    offered = await modal.search(ACCOUNT, "")
    assert {"Checking", "Vault", "Undeposited Funds"} <= set(offered)
    assert "Old vault" not in str(offered)
    assert "Accounts Receivable" not in str(offered)
    assert await modal.search(ACCOUNT, "vau") == ["Vault"]


async def test_a_payment_goes_into_the_account_that_was_chosen(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await define(world)
    await modal.choose(ACCOUNT, "Checking")
    assert (await modal.submit()).accepted
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    assert world.company.account_balance("Checking") == 500
    assert world.company.account_balance("Undeposited Funds") == 0
    again = await open_settings(world)
    assert again.is_checked(DEFINE)
    assert again.value(ACCOUNT) == "Checking"
    await again.uncheck(DEFINE)
    await world.workspace.wait_until(lambda: ACCOUNT not in again.labels, 5)
    assert (await again.submit()).accepted
    await world.until(await world.record(sync=True, amount="70.00"), "Synced")
    assert world.company.account_balance("Undeposited Funds") == 70


async def test_a_method_may_have_an_account_of_its_own(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await define(world)
    await modal.choose(ACCOUNT, "Undeposited Funds")
    await modal.choose("Account for Cash", "Checking")
    assert (await modal.submit()).accepted
    payment = await world.begin_payment()
    await payment.choose("Method", "Cash")
    await payment.check("Sync this payment to QuickBooks")
    assert (await payment.submit()).accepted
    await world.message_to(world.anna, "Synced")
    assert world.company.account_balance("Checking") == 500


async def test_on_without_an_account_is_not_saved(world: World) -> None:
    await world.connect()
    modal = await define(world)
    await modal.check(DEFAULT)
    result = await modal.submit()
    assert list(result.errors) == [ACCOUNT]
    await modal.cancel()
    assert not (await open_settings(world)).is_checked(DEFAULT)


async def test_accounts_that_cannot_be_fetched_are_said_so(world: World) -> None:
    modal = await define(world)
    (said,) = await modal.search(ACCOUNT, "")
    assert said == "QuickBooks is not connected."
    await modal.choose(ACCOUNT, said)
    result = await modal.submit()
    assert result.errors == {ACCOUNT: "Choose one of those that QuickBooks has."}
    await modal.cancel()
    await world.connect()
    modal = await define(world)
    world.quickbooks.faults.add(Fault(kind=Kind.CUT_BEFORE, entity="query", count=None))
    (said,) = await modal.search(ACCOUNT, "")
    assert said == "QuickBooks cannot be reached."


async def test_an_account_that_is_gone_when_it_is_saved_is_not_taken(world: World) -> None:
    await world.connect()
    vault = world.company.add("Account", Name="Vault", AccountType="Bank")
    modal = await define(world)
    await modal.choose(ACCOUNT, "Vault")
    world.company.change("Account", vault["Id"], Active=False)
    result = await modal.submit()
    assert result.errors[ACCOUNT].startswith("QuickBooks does not have it (any more)")


async def test_an_account_made_inactive_later_fails_and_never_falls_back(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    vault = world.company.add("Account", Name="Vault", AccountType="Bank")
    modal = await define(world)
    await modal.choose(ACCOUNT, "Vault")
    assert (await modal.submit()).accepted
    world.company.change("Account", vault["Id"], Active=False)
    message = await world.record(sync=True)
    await world.until(message, "Failed")
    assert world.totals == []


async def test_what_is_older_than_the_start_date_is_skipped_and_says_so(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await open_settings(world)
    await modal.set_date("Start date", date(2026, 11, 1))
    assert (await modal.submit()).accepted
    payment = await world.begin_payment()
    await payment.set_date("Payment date", date(2026, 10, 31))
    await payment.check("Sync this payment to QuickBooks")
    await payment.submit()
    await payment.submit() if payment.is_open else None
    message = await world.message_to(world.anna, "Skipped")
    assert "It is older than the firm's start date" in message.plain
    assert world.totals == []


async def test_invoices_sell_the_service_that_was_chosen(world: World) -> None:
    await world.connect()
    item = world.company.add(
        "Item", Name="Payroll", Type="Service", IncomeAccountRef={"value": "1"}
    )
    modal = await open_settings(world)
    assert await modal.search("Service item", "payr") == ["Payroll"]
    await modal.choose("Service item", "Payroll")
    await modal.fill("Twin window", "10")
    assert (await modal.submit()).accepted
    again = await open_settings(world)
    assert again.value("Service item") == "Payroll"
    assert again.value("Twin window") == "10"
    await world.add_client("Acme")
    await make_invoice(world)
    await (await world.anna.command("/invoice sync INV-1001")).press("Sync client first")
    await until_shown(world, "/invoice show INV-1001", "Synced")
    line = world.company.invoices()[0]["Line"][0]
    assert line["SalesItemLineDetail"]["ItemRef"]["value"] == item["Id"]


async def test_two_payments_further_apart_than_the_window_are_no_twins(world: World) -> None:
    customer = world.company.add_customer("Acme")
    world.company.add_payment(customer["Id"], "500.00", TxnDate="2026-11-01")
    await world.connect()
    await world.add_client("Acme")
    modal = await open_settings(world)
    await modal.fill("Twin window", "2")
    assert (await modal.submit()).accepted
    payment = await world.begin_payment()
    await payment.set_date("Payment date", date(2026, 11, 4))
    await payment.check("Sync this payment to QuickBooks")
    assert (await payment.submit()).accepted
    await world.message_to(world.anna, "Synced")
    assert world.totals == ["500.00", "500.00"]


async def test_a_twin_window_is_of_days(world: World) -> None:
    modal = await open_settings(world)
    await modal.fill("Twin window", "61")
    assert list((await modal.submit()).errors) == ["Twin window"]
