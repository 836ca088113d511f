"""Programs that are killed at any moment, twenty times, while five firms go on recording."""

import asyncio
import signal
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random

import httpx
import pytest

from sandbox.slack import SOCKETS
from tests.bot.balancer import Balancer
from tests.postgres import Server
from tests.processes.fleet import Replica, a_fleet
from tests.processes.town import A_WHILE, Form, Town, a_town
from tests.world import HTTP

EACH = 20  # Payments at each of the fifteen desks: three hundred.
KILLS = 20
LEASE = "2"  # Seconds; after so many a dead one's work is taken over.
LONGEST = 0.4  # Seconds from what is saved until somebody dies: by then some of it is sent.


async def save_while_killing(fleet: Sequence[Replica], forms: list[Form], chance: Random) -> None:
    """A twentieth of the forms at a time, and in the midst of it the end of one program."""
    chance.shuffle(forms)
    doomed = fleet[0]
    async with asyncio.TaskGroup() as saving:
        for turn in range(KILLS):
            doomed = chance.choice([each for each in fleet if each is not doomed] or fleet)
            await doomed.until_ready()
            wave = [saving.create_task(b.save_one(form)) for b, form in forms[turn::KILLS]]
            await saved(wave, chance.randrange(len(wave)))
            await asyncio.sleep(chance.uniform(0, LONGEST))
            assert await doomed.end(signal.SIGKILL) == -signal.SIGKILL, doomed.said
            await doomed.start()


async def saved(wave: Sequence[asyncio.Task[None]], count: int) -> None:
    async with asyncio.timeout(A_WHILE):
        for task in islice(asyncio.as_completed(wave), count):
            await task


async def live_through_it(town: Town, fleet: Sequence[Replica], seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails.
    await town.open()
    forms = await town.fill_in(EACH)
    await save_while_killing(fleet, forms, Random(seed))
    await town.until_told(EACH)
    await town.check(EACH)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--seed"))


async def test_three_on_one_postgresql_record_and_push_each_payment_once(
    tmp_path: Path, postgres: Server, seed: int
) -> None:
    async with (
        a_town(tmp_path, HTTP, database_url=postgres.create()) as town,
        a_fleet(town.config, tmp_path, 3, LEASE_SECONDS=LEASE) as fleet,
        httpx.AsyncClient(transport=Balancer(each.url for each in fleet)) as slack,
    ):
        town.firms[0].workspace.deliver_to(f"{town.config.public_url}/slack/events", slack)
        await live_through_it(town, fleet, seed)


async def test_one_on_sqlite_and_over_sockets_records_and_pushes_each_payment_once(
    tmp_path: Path, seed: int
) -> None:
    async with (
        a_town(tmp_path, SOCKETS) as town,
        a_fleet(town.config, tmp_path, 1, LEASE_SECONDS=LEASE) as fleet,
    ):
        town.firms[0].workspace.deliver_to(SOCKETS)
        await live_through_it(town, fleet, seed)
