"""The program in Socket Mode: whatever becomes of its sockets, nothing is lost or doubled."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import httpx
import pytest

from sandbox.slack import SOCKETS
from sandbox.slack.world import Call
from tests.bot.bursts import fill_in, ledger_held, recorded
from tests.world import PATIENCE, World, a_world

MANY = 100
A_MOMENT = 0.2  # Seconds in which an envelope arrives, or a line breaks.


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, SOCKETS) as whole:
        whole.workspace.rate_limits.enabled = False
        yield whole


async def ready(world: World) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{world.url}/readyz")).status_code


async def until_ready(world: World, status: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if await ready(world) == status:
                return
            await asyncio.sleep(0.02)


async def connected(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")


async def until_in_the_books(world: World, amounts: list[str]) -> None:
    """The messages change with them."""
    await world.workspace.wait_until(lambda: len(world.totals) >= len(amounts), 60)
    assert sorted(world.totals, key=float) == amounts


async def test_the_main_job_is_done_without_a_public_address(world: World) -> None:
    await connected(world)
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    assert world.totals == ["500.00"]
    async with httpx.AsyncClient(trust_env=False) as anybody:
        assert (await anybody.post(f"{world.url}/slack/events")).status_code == 404
        assert (await anybody.get(f"{world.url}/healthz")).status_code == 200


async def test_a_refresh_in_the_middle_of_a_burst_fails_nobody(world: World) -> None:
    """Warned, the next sockets are up before the old ones are gone."""
    await connected(world)
    burst = await fill_in(world, MANY)
    workspace, sockets = world.workspace, world.workspace.sockets
    workspace.courier.patience = PATIENCE  # Nobody is to blame for a busy machine.
    old = list(sockets.open)
    saving = asyncio.create_task(burst.save())
    await burst.until_taken(10)
    await sockets.warn()
    await workspace.wait_until(lambda: len(sockets.open) == 4, PATIENCE)
    await asyncio.gather(*(socket.refresh() for socket in old))
    await saving
    assert burst.unheard == 0
    assert recorded(world) == MANY
    await until_in_the_books(world, burst.amounts)


async def test_a_socket_that_is_refreshed_without_a_warning_fails_nobody(world: World) -> None:
    await world.add_client("Acme")
    burst = await fill_in(world, MANY, sync=False)
    workspace, sockets = world.workspace, world.workspace.sockets
    workspace.courier.patience = PATIENCE
    saving = asyncio.create_task(burst.save())
    for taken in (10, 30, 50):
        await burst.until_taken(taken)
        await workspace.wait_until(lambda: len(sockets.open) == 2, PATIENCE)
        await sockets.open[0].refresh()
    await saving
    assert burst.unheard == 0
    assert recorded(world) == MANY


async def test_what_came_over_a_line_that_broke_is_acknowledged_over_another(
    world: World,
) -> None:
    await world.add_client("Acme")
    modal = await world.begin_payment()
    other, carrier = world.workspace.sockets.open
    with ledger_held(world):
        other.leaving = True  # So that it comes over the carrier.
        saving = asyncio.create_task(modal.submit())
        await asyncio.sleep(A_MOMENT)
        other.leaving = False
        carrier.cut()
        await asyncio.sleep(A_MOMENT)
    assert (await saving).accepted
    assert recorded(world) == 1


async def test_lines_that_break_with_envelopes_in_flight_lose_and_double_nothing(
    world: World,
) -> None:
    """Whoever sees an error saves once more."""
    await connected(world)
    world.workspace.courier.patience = 0.5
    burst, chance = await fill_in(world, 30), Random(1)
    saving = asyncio.create_task(burst.save())
    for _ in range(4):
        await world.workspace.wait_until(lambda: world.workspace.sockets.open, PATIENCE)
        await asyncio.sleep(chance.uniform(0, 0.1))
        world.workspace.sockets.cut()
    await saving
    assert burst.unheard > 0
    assert recorded(world) == 30
    await until_in_the_books(world, burst.amounts)


async def test_envelopes_that_are_lost_or_doubled_on_the_way_make_one_payment_each(
    world: World,
) -> None:
    await connected(world)
    burst = await fill_in(world, 20)
    world.workspace.courier.patience = 1.0
    world.workspace.sockets.lose(5)
    world.workspace.sockets.double(10)
    await burst.save()
    assert burst.unheard >= 5
    assert recorded(world) == 20
    await until_in_the_books(world, burst.amounts)


async def test_an_envelope_that_comes_twice_is_answered_once(world: World) -> None:
    """Not with a second list, nor with “already Syncing”, nor with a complaint about a form."""
    await connected(world)
    message = await world.record(sync=False)
    world.workspace.sockets.double(4)
    for line in ("/payment list", "/payment show P-1001"):
        await world.anna.command(line)
        await world.anna.replies()
    await message.press("Sync payment to QuickBooks")
    await world.anna.command("/payment new")
    await (await world.anna.modal()).cancel()
    await world.until(message, "Synced")
    assert len(world.anna.ephemerals) == 2
    assert world.totals == ["500.00"]


async def test_it_is_ready_only_while_slack_can_reach_it(world: World) -> None:
    assert await ready(world) == 200
    await world.workspace.sockets.disable()
    await until_ready(world, 503)
    world.workspace.sockets.enable()
    await until_ready(world, 200)
    assert (await world.anna.command("/payment help")).error is None


def openings(world: World) -> list[Call]:
    """How often Slack was asked for another socket."""
    return [call for call in world.workspace.calls if call.method == "apps.connections.open"]


async def test_where_ten_are_open_it_goes_on_with_those_it_has(world: World) -> None:
    sockets = world.workspace.sockets
    sockets.limit = 1
    first, second = sockets.open
    before = len(openings(world))
    await second.refresh()
    await world.workspace.wait_until(lambda: len(openings(world)) >= before + 2, PATIENCE)
    assert sockets.open == [first]
    assert await ready(world) == 200
    assert (await world.anna.command("/payment help")).error is None
    assert len(openings(world)) <= 6  # Ever later, or Slack would be asked all the time.
    sockets.limit = 10
    await world.workspace.wait_until(lambda: len(sockets.open) == 2, PATIENCE)


async def test_it_waits_as_long_as_slack_says_before_it_opens_another(world: World) -> None:
    sockets = world.workspace.sockets
    world.workspace.failures.add(method="apps.connections.open", retry_after=1, count=1)
    before = asyncio.get_running_loop().time()
    await sockets.open[0].refresh()
    await world.workspace.wait_until(lambda: len(sockets.open) == 2, PATIENCE)
    assert asyncio.get_running_loop().time() - before >= 1


async def test_messages_that_slack_would_never_send_are_passed_over(world: World) -> None:
    nonsense = [
        "",
        "no JSON",
        "[]",
        '{"type": "invented"}',
        '{"type": "interactive", "envelope_id": "1", "payload": []}',
        '{"type": "interactive", "envelope_id": [], "payload": {}}',
        '{"type": "interactive", "envelope_id": "2", "payload": {}}',
        '{"type": "disconnect"}',
    ]
    for text in nonsense:
        for socket in list(world.workspace.sockets.open):
            await socket.peer.send(text)
    await world.workspace.wait_until(lambda: len(world.workspace.sockets.open) >= 2, PATIENCE)
    assert (await world.anna.command("/payment help")).error is None


async def test_whoever_leaves_loses_access_over_sockets_too(world: World) -> None:
    await world.anna.command("/payment list")
    await world.anna.replies()
    assert (await world.workspace.change(world.anna, guest=True)).accepted
    await world.anna.command("/payment list")
    (reply,) = await world.anna.replies()
    assert "Only full members" in reply.plain
