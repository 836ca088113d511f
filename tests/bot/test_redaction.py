"""A whole day of work, with all that can go wrong, and the log names nobody and no sum."""

import asyncio
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.quickbooks import Fault, Kind
from tests.bot.conftest import serve
from tests.bot.scrape import scrape
from tests.handlers.forging import press, send, submission
from tests.handlers.invoicing import begin_invoice
from tests.world import PATIENCE, SYNC, World

CLIENT = 'Zyrtaxis & Söner "Quoted" <!here>'
EMAIL = "mona@zyrtaxis.example"
TYPED = {
    "Reference": "CHQ-77123",
    "Description": "Marmalade for the vicar",
    "Line": "Kumquat counselling",
    "Why": "The bursar insists",
    "Elsewhere": "Xanthippe Ltd",
}
AMOUNTS = ("48,213.77", "7,311.19", "1,234.56", "6,060.61")
WORSE = [f"9,{each}90.91" for each in range(1, 8)]  # Not to be taken for one another's twins.
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")  # Its digits are any.
LOOK_AGAIN = 0.05  # Seconds.
SETTINGS = {
    "ALERT_INTERVAL_SECONDS": "0.2",
    "ALERT_SETTLE_SECONDS": "0.1",
    "LOG_LEVEL": "debug",
}


@pytest.mark.parametrize("form", ["console", "json"])
async def test_log_and_metrics_of_a_day_name_nobody_and_no_sum(
    outside: World, tmp_path: Path, form: str
) -> None:
    file = tmp_path / "counterfoil.db"
    async with serve(outside, tmp_path, LOG_FORMAT=form, **SETTINGS) as program:
        await a_good_morning(outside)
        await a_bad_afternoon(outside)
        await strangers_at_the_door(outside)
        await a_broken_ledger(outside, file)
        measured = await scrape(program.url)
        ended = await program.end(signal.SIGTERM)
    told = TIMESTAMP.sub("", ended.out + ended.err)
    for event in ("settled", "request failed", "message not shown", "cannot be read"):
        assert event in told, event
    assert told.count("Traceback") > 2
    assert measured["pushes_total create rejected"] > 0
    told += measured.words
    found = {word for word in forbidden(outside, file) if word.casefold() in told.casefold()}
    assert found == set()


def forbidden(world: World, file: Path) -> Iterator[str]:
    config = world.config
    for secret in (
        *(config.slack_bot_token, config.slack_signing_secret, config.intuit_client_secret),
        config.encryption_keys,
    ):
        assert secret is not None
        yield secret.get_secret_value()
    tokens = world.quickbooks.tokens
    assert tokens._bearers
    yield from (*tokens._bearers, *tokens._connections)
    yield from ("hooks.slack", "response_url", "trigger_id", "xoxb-", "Bearer ")
    yield from (CLIENT, "zyrtaxis", EMAIL, *TYPED.values())
    yield from ("Anna Berg", "Olivia Owner", "Larkspur")
    for amount in (*AMOUNTS, *WORSE):
        plain = amount.replace(",", "")
        yield from (amount, plain, plain.replace(".", ""))
    with closing(sqlite3.connect(file)) as db:
        yield from (str(row[0]) for row in db.execute("SELECT submission_id FROM payments"))


async def a_good_morning(world: World) -> None:
    """All that is recorded goes where it should."""
    await world.connect()
    await world.olivia.command("/client new")
    modal = await world.olivia.modal()
    await modal.fill("Name", CLIENT)
    await modal.fill("E-mail", EMAIL)
    assert (await modal.submit()).accepted
    await _pay(world, AMOUNTS[0])
    invoice = await begin_invoice(world, client=CLIENT)
    await invoice.fill("Description", TYPED["Line"])
    await invoice.fill("Unit price", AMOUNTS[1])
    assert (await invoice.submit()).accepted
    paid = await _message(world, "P-1001")
    await world.until(paid, "Synced")
    await paid.press("Refund")
    refund = await world.olivia.modal(title="Refund P-1001")
    await refund.fill("Amount", AMOUNTS[2])
    assert (await refund.submit()).accepted
    await world.message_to(world.olivia, "R-1001")
    for line in ("/payment list zyrtaxis 48213.77", "/payment show P-1001", "/client list zyr"):
        await world.olivia.command(line)
        await world.olivia.replies()


async def _pay(world: World, amount: str) -> None:
    modal = await world.begin_payment(client=CLIENT, amount=amount, person=world.olivia)
    await modal.fill("Reference", TYPED["Reference"])
    await modal.fill("Description", TYPED["Description"])
    await modal.check(SYNC)
    assert (await modal.submit()).accepted


async def _message(world: World, name: str) -> Any:
    return await world.message_to(world.olivia, name)


async def a_bad_afternoon(world: World) -> None:
    """QuickBooks and Intuit do all that they should not, and a team is told of what failed."""
    faults, number, worse = world.quickbooks.faults, count(1002), iter(WORSE)
    for kind in (Kind.THROTTLED, Kind.UNAUTHORIZED, Kind.UNAVAILABLE, Kind.GARBAGE, Kind.CUT_AFTER):
        faults.add(Fault(kind=kind, method="POST", entity="payment"))
        await _pay(world, next(worse))
        await world.until(await _message(world, f"P-{next(number)}"), "Synced")
    words = f"{TYPED['Elsewhere']} owes {AMOUNTS[3]}"
    faults.add(Fault(kind=Kind.REFUSED, method="POST", entity="payment", code="6190", detail=words))
    await _pay(world, next(worse))
    await world.until(await _message(world, f"P-{next(number)}"), "Failed")
    (group,) = [await world.message_to(world.olivia, "Retry")]
    await group.press("Claim")
    faults.add(Fault(kind=Kind.UNAUTHORIZED, method="POST", entity="payment"))
    faults.add(Fault(kind=Kind.FAILED, entity="token"))
    await _pay(world, next(worse))
    await world.until(await _message(world, f"P-{next(number)}"), "Synced")


async def strangers_at_the_door(world: World) -> None:
    """What no program of ours would send, and what another version of ours might have."""
    async with httpx.AsyncClient(trust_env=False) as stranger:
        for path in ("/slack/events", "/quickbooks/callback?code=AB11secret&state=x&realmId=1"):
            await stranger.post(f"{world.url}{path}", content=f"text={TYPED['Why']}")
            await stranger.get(f"{world.url}{path}")
    message = await _message(world, "P-1001")
    await press(world, message, world.olivia, "unknown", CLIENT)
    await world.olivia.replies()
    await world.olivia.command("/payment new")
    modal = await world.olivia.modal()
    await send(world, submission(world, world.olivia, modal, state={"values": {CLIENT: 1}}))
    await modal.cancel()


async def a_broken_ledger(world: World, file: Path) -> None:
    """Somebody changed the database by hand, to what the program cannot read."""
    _run(file, "ALTER TABLE allocations RENAME TO hidden")
    await world.olivia.command("/payment show P-1001")
    (reply,) = await world.olivia.replies()
    assert "Something went wrong" in reply.plain
    _run(file, "ALTER TABLE hidden RENAME TO allocations")
    _run(
        file,
        "CREATE TRIGGER refuses BEFORE INSERT ON payments"
        " BEGIN SELECT RAISE(ABORT, 'not today'); END",
    )
    modal = await world.begin_payment(client=CLIENT, amount=AMOUNTS[3], person=world.olivia)
    await modal.fill("Description", TYPED["Description"])
    assert not (await modal.submit()).accepted
    _run(
        file,
        "DROP TRIGGER refuses",
        f"UPDATE payments SET version = version + 1, method = '{TYPED['Elsewhere']}'",  # noqa: S608
    )
    await _until(lambda: _run(file, "SELECT 1 FROM payments WHERE notice_attempt > 0"))


async def _until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - in another process.
            await asyncio.sleep(LOOK_AGAIN)


def _run(file: Path, *statements: str) -> list[Any]:
    """Tell what the last one finds."""
    with closing(sqlite3.connect(file, timeout=5)) as db, db:
        return [db.execute(statement).fetchall() for statement in statements][-1]
