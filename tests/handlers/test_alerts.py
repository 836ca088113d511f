"""What the team reads of failures, and what its buttons do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.slack.message import Channel, Message
from tests.handlers.test_quickbooks import CLOSED
from tests.handlers.test_settings import open_settings
from tests.world import PATIENCE, World, a_world


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[World]:
    """A firm whose alerts come within moments."""
    rhythm = {"alert_interval_seconds": 0.2, "alert_settle_seconds": 0.1}
    async with a_world(tmp_path, **rhythm) as world:
        await world.connect()
        yield world


async def an_alert_channel(world: World, *, private: bool = True) -> Channel:
    members = [world.olivia, world.anna]
    channel = world.workspace.add_channel("alerts", private=private, members=members)
    modal = await open_settings(world)
    await modal.choose("Alert channel", channel.name)
    assert (await modal.submit()).accepted
    return channel


async def fail_payments(world: World, count: int) -> None:
    await world.add_client("Acme")
    for number in range(count):
        world.quickbooks.faults.add(CLOSED)
        payment = await world.record(sync=True, amount=f"{500 + number}.00")
        await world.until(payment, "Failed")


async def the_alert(world: World, channel: Channel) -> Message:
    await world.workspace.wait_until(lambda: channel.messages, PATIENCE)
    return channel.messages[0]


async def test_payments_that_fail_for_one_cause_are_one_message(team: World) -> None:
    channel = await an_alert_channel(team)
    await fail_payments(team, 2)
    alert = await the_alert(team, channel)
    await team.until(alert, "2 payments need a person")
    assert "P-1001 · Acme · $500.00 · Failed" in alert.plain
    assert "The bookkeeper can open the period in QuickBooks" in alert.plain
    assert len(channel.messages) == 1
    (seen,) = team.anna.messages(channel)
    await seen.press("Claim")
    await team.until(alert, "Claimed by")
    await seen.press("Retry all")
    await team.until(alert, "Resolved")
