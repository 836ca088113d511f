"""Whether it is alive and ready: each answer is meant, and says why."""

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from bot.bell import Bell
from bot.pulse import SILENT_FOR, Pulse
from bot.rounds import Rounds
from services.db.opening import upgrade
from tests.bot.scrape import scrape
from tests.postgres import Server
from tests.simulation.kernel import VirtualLoop
from tests.world import PATIENCE, World, a_world

ALIVE, READY = {"status": "alive"}, {"status": "ready"}
MINUTE = timedelta(minutes=1)
LOOK_AGAIN = 0.05  # Seconds.


async def ask(world: World, path: str) -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient(trust_env=False, timeout=3 * PATIENCE) as client:
        answer = await client.get(f"{world.url}{path}")
    return answer.status_code, answer.json()


async def end_loop(kind: str) -> None:
    """As a stray cancellation would."""
    (loop,) = [task for task in asyncio.all_tasks() if task.get_name() == kind]
    loop.cancel()
    await asyncio.wait({loop})


async def test_a_program_at_work_is_alive_and_ready(world: World) -> None:
    assert await ask(world, "/healthz") == (200, ALIVE)
    assert await ask(world, "/readyz") == (200, READY)


async def test_every_loop_beats_again_and_again_while_nothing_happens(tmp_path: Path) -> None:
    """Whoever is younger than at the look before has beaten in between."""
    async with (
        a_world(tmp_path, alert_interval_seconds=0.2) as world,
        asyncio.timeout(3 * PATIENCE),
    ):
        before = await ages(world)
        quiet = set(before)
        while quiet:
            await asyncio.sleep(LOOK_AGAIN)
            now = await ages(world)
            quiet -= {kind for kind in quiet if now[kind] < before[kind]}
            before = now
    assert set(before) == {"the clock", "pushes", "messages", "alerts", "digests", "imports"}


async def ages(world: World) -> dict[str, float]:
    told = (await scrape(world.url)).text
    found = re.findall(r'^counterfoil_loop_beat_age_seconds{loop="(.+)"} (.+)$', told, re.MULTILINE)
    return {kind: float(age) for kind, age in found}


@pytest.mark.parametrize("kind", ["pushes", "digests"])
async def test_a_program_whose_loop_has_ended_wants_to_be_started_anew(
    world: World, kind: str
) -> None:
    await end_loop(kind)
    why = [f"The loop for {kind} has ended; start this process anew."]
    assert await ask(world, "/healthz") == (503, {"status": "not alive", "why": why})
    assert await ask(world, "/readyz") == (503, {"status": "not ready", "why": why})
    told = await scrape(world.url)
    assert (told[f"loop_running {kind}"], told["loop_running messages"]) == (0, 1)


async def test_a_later_schema_is_ready_where_it_fits_and_where_not_it_is_alive(
    world: World,
) -> None:
    file = world.config.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("UPDATE alembic_version SET version_num = 'later'")
        assert await ask(world, "/readyz") == (200, {"status": "ready"})
        db.execute("UPDATE schema_fits SET since = 'later'")
    why = ["The database's schema does not fit this version."]
    assert await ask(world, "/readyz") == (503, {"status": "not ready", "why": why})
    assert await ask(world, "/healthz") == (200, ALIVE)


async def test_a_database_out_of_reach_is_not_ready_and_alive(
    tmp_path: Path, postgres: Server
) -> None:
    ledger = postgres.create()
    upgrade(ledger)
    async with a_world(tmp_path, database_url=ledger) as world:
        assert await ask(world, "/readyz") == (200, READY)
        _shut(postgres, ledger, shut=True)
        why = ["The database cannot be reached."]
        assert await ask(world, "/readyz") == (503, {"status": "not ready", "why": why})
        assert await ask(world, "/healthz") == (200, ALIVE)
        assert (await scrape(world.url))["ledger_reachable"] == 0
        _shut(postgres, ledger, shut=False)
        assert await ask(world, "/readyz") == (200, READY)
        assert (await scrape(world.url))["ledger_reachable"] == 1


def _shut(server: Server, ledger: str, *, shut: bool) -> None:
    name = make_url(ledger).database or ""
    with psycopg.connect(server.url, autocommit=True) as db:
        db.execute(
            SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                Identifier(name), SQL(str(not shut))
            )
        )
        if shut:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


def test_a_loop_that_hangs_is_complained_of_until_it_moves_again() -> None:
    async def life() -> None:
        answered = asyncio.Event()
        pulse = Pulse("alerts", MINUTE)
        rounds = Rounds(Bell(), _waiting_for(answered), pulse)
        rounds.start()
        await asyncio.sleep(SILENT_FOR.total_seconds())
        assert pulse.complaint is None
        await asyncio.sleep(2 * MINUTE.total_seconds())
        assert pulse.complaint == "The loop for alerts has not moved for 16 minutes."
        answered.set()
        rounds.bell.ring()
        await asyncio.sleep(MINUTE.total_seconds())
        assert pulse.complaint is None
        await rounds.stop()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(life())


def test_a_loop_outlives_a_bug_in_one_of_its_rounds() -> None:
    rounds_begun: list[int] = []

    async def work() -> None:
        rounds_begun.append(len(rounds_begun))
        if len(rounds_begun) == 1:
            raise LookupError("something that nobody foresaw")

    async def life() -> None:
        pulse = Pulse("alerts")
        rounds = Rounds(Bell(), work, pulse)
        rounds.start()
        await asyncio.sleep(MINUTE.total_seconds())
        rounds.bell.ring()
        await asyncio.sleep(1)
        assert pulse.complaint is None
        assert rounds_begun == [0, 1]
        await rounds.stop()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(life())


def _waiting_for(event: asyncio.Event) -> Any:
    async def wait() -> None:
        await event.wait()

    return wait
