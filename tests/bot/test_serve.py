"""The program as a process: it answers, it stops in time, and it may be killed at any moment."""

import signal
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from sandbox.loopback import listen
from sandbox.quickbooks import Fault, Kind
from tests.bot.conftest import Program, environment_of, run, serve
from tests.world import PATIENCE, World, payments_of

ENDS_WELL = {0}
# What QuickBooks takes: longer than a program that must stop waits for an answer, and long enough
# to be killed meanwhile.
TOO_LONG, LONG = timedelta(seconds=5), timedelta(seconds=1)


async def test_it_answers_and_lets_nobody_else_at_its_ledger(
    outside: World, tmp_path: Path
) -> None:
    async with serve(outside, tmp_path, LOG_LEVEL="debug") as program:
        await _check_routes(program)
        second = await run("serve", env=environment_of(outside.config), folder=tmp_path)
        assert second.code == 1
        assert second.err.startswith("Another process is at work on ")
        assert len(second.err.splitlines()) == 1
        ended = await program.end(signal.SIGTERM)
    assert ended.code in ENDS_WELL
    for secret in _secrets(outside):
        assert secret not in ended.err + ended.out


async def test_a_port_that_is_taken_is_named_and_ends_it_as_every_failure_does(
    outside: World, tmp_path: Path
) -> None:
    with listen() as taken:
        port = str(taken.getsockname()[1])
        environment = environment_of(outside.config) | {"PORT": port}
        ended = await run("serve", env=environment, folder=tmp_path)
    assert ended.code == 1
    assert port in ended.err
    assert "address already in use" in ended.err
    assert "Traceback" not in ended.err


async def _check_routes(program: Program) -> None:
    async with httpx.AsyncClient(base_url=program.url, trust_env=False) as browser:
        alive, ready = await browser.get("/healthz"), await browser.get("/readyz")
        assert (alive.json(), ready.json()) == ({"status": "alive"}, {"status": "ready"})
        forged = await browser.get("/quickbooks/callback?state=forged&code=c&realmId=1")
        assert (forged.status_code, "not valid" in forged.text) == (400, True)
        denied = await browser.get("/quickbooks/callback?error=access_denied")
        assert denied.status_code == 400
        assert (await browser.get("/quickbooks/connect?link=forged")).status_code == 400
        assert (await browser.get("/quickbooks/reconnect")).status_code == 200
        unsigned = await browser.post("/slack/events", content=b"{}")
        assert unsigned.status_code == 401
        huge = await browser.post("/slack/events", content=b"x" * 1_000_001)
        assert huge.status_code == 413
        assert (await browser.get("/slack/events")).status_code == 405
        assert (await browser.get("/admin")).status_code == 404


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (signal.SIGTERM, Fault(kind=Kind.SLOW_ANSWER, entity="payment", wait=TOO_LONG)),
        (signal.SIGKILL, Fault(kind=Kind.SLOW_ANSWER, entity="payment", wait=LONG)),
        (signal.SIGKILL, Fault(kind=Kind.SLOW, entity="payment", wait=LONG)),
    ],
    ids=["terminated", "killed", "killed-before-it-arrived"],
)
async def test_a_program_that_ends_in_the_middle_of_a_push_pushes_once(
    outside: World, tmp_path: Path, number: signal.Signals, trouble: Fault
) -> None:
    async with serve(outside, tmp_path) as program:
        await outside.connect()
        await outside.add_client("Acme")
        outside.quickbooks.faults.add(trouble)
        message = await outside.record(sync=True)
        await outside.workspace.wait_until(lambda: not list(outside.quickbooks.faults), PATIENCE)
        ended = await program.end(number)
    assert ended.code in (ENDS_WELL if number is signal.SIGTERM else {-signal.SIGKILL})
    async with serve(outside, tmp_path) as program:
        await outside.until(message, "Synced")
        assert (await program.end(signal.SIGTERM)).code in ENDS_WELL
    assert outside.totals == ["500.00"]
    assert len(payments_of(outside.anna)) == 1


def _secrets(world: World) -> list[str]:
    names = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "INTUIT_CLIENT_SECRET", "ENCRYPTION_KEYS")
    return [environment_of(world.config)[name] for name in names]
