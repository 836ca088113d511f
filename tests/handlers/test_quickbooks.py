"""Is everything in step? What waits, what needs a person, and how to leave and come back."""

import asyncio
from datetime import UTC, datetime

import httpx

from sandbox.quickbooks import Fault, Kind
from services.db.opening import open_database
from services.domain.ids import FirmId
from services.restoring.holding import Holding
from tests.handlers.invoicing import make_invoice, shown, sync_client, until_shown
from tests.world import PATIENCE, World

CLOSED = Fault(
    kind=Kind.REFUSED,
    entity="payment",
    code="6210",
    message="Account Period Closed, Cannot Update Through Services API",
    detail="The account period has closed",
)


async def disconnect(world: World) -> None:
    await world.olivia.command("/quickbooks disconnect")
    modal = await world.olivia.modal()
    assert "Nothing is lost" in modal.text
    assert (await modal.submit()).accepted
    await world.message_to(world.olivia, "QuickBooks is disconnected.")


async def connect_again(world: World) -> None:
    reply = await shown(world.olivia, "/quickbooks connect")
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as browser:
        page = await browser.get(reply.link("Connect to QuickBooks"))
    assert page.status_code == 200, page.text


async def test_health_counts_every_kind_and_says_what_needs_a_person(world: World) -> None:
    await world.connect()
    world.company.add_customer("beacon")
    await world.add_client("Acme")
    await world.add_client("Beacon")
    await sync_client(world)
    await world.anna.command("/client sync Beacon")
    await until_shown(world, "/client show Beacon", "Failed")
    await make_invoice(world)
    world.quickbooks.faults.add(CLOSED)
    await world.until(await world.record(sync=True), "Failed")
    health = (await shown(world.anna, "/quickbooks")).plain
    assert "Clients – Synced: 1, Failed: 1" in health
    assert "Invoices – Not synced: 1" in health
    assert "Payments – Failed: 1" in health
    assert "Nothing is on its way." in health
    assert "A similar customer is there · 1 client needs a person." in health
    assert "The books are closed · 1 payment needs a person." in health


async def test_failures_say_the_cause_and_the_way_out(world: World) -> None:
    assert (await shown(world.anna, "/quickbooks failures")).plain == "Nothing needs a person."
    await world.connect()
    await world.add_client("Acme")
    world.quickbooks.faults.add(CLOSED)
    await world.until(await world.record(sync=True), "Failed")
    reply = await shown(world.anna, "/quickbooks failures")
    assert "The books are closed · 1 payment needs a person." in reply.plain
    assert "P-1001 · Acme · $500.00 · Failed" in reply.plain
    assert "The books are closed for this date" in reply.plain
    assert "The bookkeeper can open the period in QuickBooks" in reply.plain
    assert "Next: Retry all." in reply.plain
    await reply.press("Details")
    (details,) = await world.anna.replies()
    assert details.plain.startswith("P-1001 · Failed")
    assert "Link to a QuickBooks payment" in details.buttons


async def test_health_says_how_many_wait(world: World) -> None:
    await world.add_client("Acme")
    await world.record(sync=True)
    health = (await shown(world.anna, "/quickbooks")).plain
    assert "On the way: 2." in health


async def test_disconnect_ends_the_access_and_loses_nothing(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    (granted,) = world.quickbooks.tokens._connections.values()
    await disconnect(world)
    async with asyncio.timeout(PATIENCE):
        while not granted.revoked:
            await shown(world.anna, "/quickbooks")
    health = (await shown(world.anna, "/quickbooks")).plain
    assert "is disconnected: an admin disconnected it" in health
    message = await world.record(sync=True)
    assert message.text.startswith("P-1001 · Syncing")
    assert world.totals == []
    await connect_again(world)
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]


async def test_a_recorder_does_not_disconnect(world: World) -> None:
    await world.connect()
    reply = await shown(world.anna, "/quickbooks disconnect")
    assert "Only admins may" in reply.plain
    assert world.anna.modal_in_front is None


async def test_while_a_restored_ledger_is_compared_nothing_is_sent_and_all_say_so(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    async with open_database(world.config.database_url) as database:
        holding = Holding(database, lambda: datetime.now(UTC))
        await holding.hold_all(because="restored")
        message = await world.record(sync=True)
        assert message.text.startswith("P-1001")
        assert "Counterfoil was restored from a backup. It goes on by itself" in message.plain
        reply = await shown(world.olivia, "/quickbooks")
        assert "until whoever runs it has compared both; it waits." in reply.plain
        assert world.totals == []
        await holding.release(FirmId(world.workspace.team_id))
    await world.until(message, "Synced")
