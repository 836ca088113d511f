"""The program as a process in Socket Mode: what it wants to start, and how it may end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.slack import SOCKETS
from tests.bot.bursts import fill_in, ledger_held, recorded
from tests.bot.conftest import all_but_the_program, end_of, environment_of, run, serve, start
from tests.bot.test_serve import ENDS_WELL
from tests.world import PATIENCE, World, payments_of

FEW = 30
A_MOMENT = 0.4  # Seconds in which an envelope arrives, or a program begins to stop.


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[World]:
    async with all_but_the_program(tmp_path, over=SOCKETS) as world:
        world.workspace.rate_limits.enabled = False
        yield world


async def test_an_app_level_token_that_slack_does_not_know_ends_it_with_a_sentence(
    outside: World, tmp_path: Path
) -> None:
    environment = environment_of(outside.config) | {"SLACK_APP_TOKEN": "xapp-1-A0-1-hush"}
    ended = await run("serve", env=environment, folder=tmp_path)
    assert ended.code == 2
    assert ended.err == (
        "SLACK_APP_TOKEN: Slack refuses it (invalid_auth); it should be an app-level token of your "
        "app with the scope connections:write\n"
    )
    assert outside.workspace.sockets.opened == 0


async def test_while_slack_is_down_it_starts_and_waits(outside: World, tmp_path: Path) -> None:
    outside.workspace.failures.go_down()
    process = await start("serve", env=environment_of(outside.config), folder=tmp_path)
    try:
        calls = outside.workspace.calls
        await outside.workspace.wait_until(lambda: len(calls) > 2, PATIENCE)
        outside.workspace.failures.clear()
        await outside.workspace.wait_until(lambda: outside.workspace.sockets.open, PATIENCE)
        assert (await outside.anna.command("/payment help")).error is None
    finally:
        process.terminate()
        ended = await end_of(process)
    assert ended.code in ENDS_WELL
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["terminated", "killed"])
async def test_a_program_that_ends_in_the_middle_of_a_burst_records_each_payment_once(
    outside: World, tmp_path: Path, number: signal.Signals
) -> None:
    """Whoever sees an error meanwhile saves once more."""
    workspace = outside.workspace
    async with serve(outside, tmp_path) as program:
        await outside.connect()
        await outside.add_client("Acme")
        burst = await fill_in(outside, FEW)
        saving = asyncio.create_task(burst.save())
        await burst.until_taken(5)
        ended = await program.end(number)
    assert ended.code in (ENDS_WELL if number is signal.SIGTERM else {-signal.SIGKILL})
    async with serve(outside, tmp_path) as program:
        await saving
        await workspace.wait_until(lambda: len(payments_of(outside.anna)) == FEW, 60)
        await workspace.wait_until(
            lambda: all("Synced" in message.plain for message in payments_of(outside.anna)), 60
        )
        assert (await program.end(signal.SIGTERM)).code in ENDS_WELL
    assert sorted(outside.totals, key=float) == burst.amounts


async def test_what_it_was_at_when_it_was_stopped_is_acknowledged(
    outside: World, tmp_path: Path
) -> None:
    async with serve(outside, tmp_path) as program:
        await outside.add_client("Acme")
        modal = await outside.begin_payment()
        with ledger_held(outside):
            saving = asyncio.create_task(modal.submit())
            await asyncio.sleep(A_MOMENT)
            ending = asyncio.create_task(program.end(signal.SIGTERM))
            await asyncio.sleep(A_MOMENT)
        assert (await saving).accepted
        assert (await ending).code in ENDS_WELL
    assert recorded(outside) == 1
