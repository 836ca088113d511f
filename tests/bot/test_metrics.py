"""What an operator sees in /metrics of what happened, and of how the ledger is."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.quickbooks import Fault, Kind
from sandbox.slack import SOCKETS
from tests.bot.conftest import serve
from tests.bot.scrape import Scraped, scrape
from tests.world import PATIENCE, World, a_world

LONG = timedelta(seconds=1)  # For an answer: long enough to be killed meanwhile.
LOOK_AGAIN = 0.05  # Seconds.
DAY = 86_400


@pytest.fixture
async def world(tmp_path: Path, over: str) -> AsyncIterator[World]:
    settings = {"alert_interval_seconds": 0.2, "alert_settle_seconds": 0.1}
    async with a_world(tmp_path, over, **settings) as whole:
        await whole.connect()
        await whole.add_client("Acme")
        yield whole


async def until(world: World, holds: Callable[[Scraped], bool]) -> Scraped:
    async with asyncio.timeout(3 * PATIENCE):
        while True:
            if holds(scraped := await scrape(world.url)):
                return scraped
            await asyncio.sleep(LOOK_AGAIN)


async def pushed(world: World, kind: Kind, amount: str, end: str = "Synced") -> None:
    """A payment whose first push meets with trouble."""
    world.quickbooks.faults.add(Fault(kind=kind, method="POST", entity="payment", code="6190"))
    await world.until(await world.record(sync=True, amount=amount), end)


async def test_a_day_with_all_that_goes_wrong_can_be_read_off(world: World) -> None:
    await world.until(await world.record(sync=True, amount="100.00"), "Synced")
    await pushed(world, Kind.THROTTLED, "200.00")
    await pushed(world, Kind.CUT_AFTER, "300.00")
    await pushed(world, Kind.REFUSED, "400.00", end="Failed")
    told = await until(world, lambda told: told["open_alerts failures"] == 1)
    assert told["pushes_total create accepted"] == 4  # The client, and three payments.
    assert told["pushes_total create not_sent"] == 1
    assert told["pushes_total create reply_lost"] == 1
    assert told["pushes_total create rejected"] == 1
    assert told["pushes_total delete accepted"] == 0
    assert told["quickbooks_throttles_total"] == 1
    assert told["quickbooks_requests_total write"] == 6
    assert told["quickbooks_requests_total read"] > 0
    assert told["records_needing_a_person payment"] == 1
    assert told["records_needing_a_person client"] == 0
    assert told["outbox_entries pending"] == told["outbox_entries unconfirmed"] == 0
    assert told["oldest_due_entry_age_seconds"] == 0
    assert told["oldest_unconfirmed_entry_age_seconds"] == 0
    assert told["connections active"] == 1
    assert 99 * DAY < told["refresh_token_seconds_left"] < 102 * DAY
    assert told["slack_ack_seconds_count"] > 4
    assert told["slack_ack_seconds_bucket +Inf"] == told["slack_ack_seconds_count"]


async def test_it_does_not_tell_whose_it_is(world: World) -> None:
    await pushed(world, Kind.REFUSED, "48213.77", end="Failed")
    told = await until(world, lambda told: told["open_alerts failures"] == 1)
    forbidden = {
        *("Acme", "Larkspur", "Anna", "Olivia", "P-1001", world.config.intuit_client_id),
        *(world.company.realm_id, world.workspace.team_id, world.anna.id),
    }
    assert {word for word in forbidden if word in told.words} == set()
    assert not {48213.77, 4821377} & told.values


async def test_what_waits_says_for_how_long(world: World) -> None:
    faults = world.quickbooks.faults
    faults.add(Fault(kind=Kind.CUT_BEFORE, method="POST", entity="payment", count=None))
    await world.record(sync=True, amount="100.00")
    told = await until(world, lambda told: told["outbox_entries unconfirmed"] == 1)
    assert 0 < told["oldest_unconfirmed_entry_age_seconds"] < DAY
    faults.clear()
    await until(world, lambda told: told["oldest_unconfirmed_entry_age_seconds"] == 0)
    wait = timedelta(hours=1)
    faults.add(Fault(kind=Kind.THROTTLED, method="POST", entity="payment", wait=wait))
    await world.record(sync=True, amount="200.00")
    await until(world, lambda told: told["quickbooks_throttles_total"] == 1)
    assert (await scrape(world.url))["oldest_due_entry_age_seconds"] == 0
    await world.record(sync=True, amount="300.00")
    told = await scrape(world.url)
    assert told["outbox_entries pending"] == 2
    assert 0 < told["oldest_due_entry_age_seconds"] < DAY


async def test_who_disconnects_on_purpose_is_told_apart(world: World) -> None:
    await world.olivia.command("/quickbooks disconnect")
    assert (await (await world.olivia.modal()).submit()).accepted
    told = await until(world, lambda told: told["connections active"] == 0)
    assert (told["connections disconnected"], told["connections lost"]) == (1, 0)
    assert "refresh_token_seconds_left" not in told.text


async def test_without_its_ledger_it_says_so_and_tells_what_is_its_own(world: World) -> None:
    file = world.config.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as db:
        db.execute("ALTER TABLE alerts RENAME TO hidden")
    told = await scrape(world.url)
    assert told["ledger_reachable"] == 0
    assert told["slack_ack_seconds_count"] > 0
    assert told["loop_running pushes"] == 1
    assert "outbox_entries" not in told.text
    with closing(sqlite3.connect(file)) as db:
        db.execute("ALTER TABLE hidden RENAME TO alerts")
    assert (await scrape(world.url))["ledger_reachable"] == 1


async def test_in_socket_mode_it_counts_sockets_and_what_came_over_them(tmp_path: Path) -> None:
    async with a_world(tmp_path, SOCKETS) as world:
        await world.anna.command("/payment help")
        told = await until(world, lambda told: told["slack_ack_seconds_count"] > 0)
        assert told["slack_sockets_open"] == 2


async def test_a_push_taken_over_from_a_program_that_was_killed_is_counted(
    outside: World, tmp_path: Path
) -> None:
    async with serve(outside, tmp_path) as program:
        await outside.connect()
        await outside.add_client("Acme")
        faults = outside.quickbooks.faults
        faults.add(Fault(kind=Kind.SLOW_ANSWER, entity="payment", wait=LONG))
        message = await outside.record(sync=True)
        await outside.workspace.wait_until(lambda: not list(faults), PATIENCE)
        assert (await scrape(program.url))["lease_takeovers_total"] == 0
        await program.end(signal.SIGKILL)
    async with serve(outside, tmp_path) as program:
        await outside.until(message, "Synced")
        assert (await scrape(program.url))["lease_takeovers_total"] == 1
