"""The next release takes the place of this one, a program at a time, while firms record."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from sandbox.slack import SOCKETS
from services.db.schema import newest
from tests.bot.balancer import Balancer
from tests.bot.conftest import environment_of, run
from tests.postgres import Server
from tests.processes import next_release
from tests.processes.fleet import READY_WITHIN, Replica, a_fleet
from tests.processes.town import Form, Town, a_town

EACH = 6  # Payments at each of the fifteen desks.
STAGES = 5
LOOK_AGAIN = 0.1


@dataclass
class Upgrade:
    """What an operator does; with each step that is done, people record some more."""

    town: Town
    url: str
    balancer: Balancer
    waves: Iterator[list[Form]]
    saving: asyncio.TaskGroup

    def record_some(self) -> None:
        for burst, form in next(self.waves):
            self.saving.create_task(burst.save_one(form))

    async def bring_schema_up(self, code: Path, folder: Path) -> None:
        self.record_some()
        environment = environment_of(self.town.config) | {"PYTHONPATH": str(code)}
        ended = await run("db", "upgrade", env=environment, folder=folder)
        assert (ended.code, ended.out) == (0, "The database is up to date.\n"), ended.err
        assert revision(self.url) == next_release.REVISION != newest()

    async def replace(self, replica: Replica, code: Path | None) -> None:
        """As the runbook says: out of the balancer, stopped, started, ready, back."""
        self.record_some()
        await self.balancer.take_out(replica.url)
        assert await replica.end(signal.SIGTERM) == 0, replica.said
        replica.code = code
        await replica.start()
        await replica.until_ready()
        self.balancer.urls.append(replica.url)


async def test_programs_are_replaced_one_by_one_and_nobody_notices(
    tmp_path: Path, postgres: Server, over: str
) -> None:
    url, code = postgres.create(), next_release.build(tmp_path)
    async with (
        a_town(tmp_path, over, database_url=url) as town,
        a_fleet(town.config, tmp_path, 2) as fleet,
        reached(town, fleet, over) as balancer,
    ):
        await town.open()
        forms = await town.fill_in(EACH)
        waves = iter([forms[stage::STAGES] for stage in range(STAGES)])
        async with everybody_is_ready(balancer), asyncio.TaskGroup() as saving:
            upgrade = Upgrade(town, url, balancer, waves, saving)
            await upgrade.bring_schema_up(code, tmp_path)
            await upgrade.replace(fleet[0], None)  # This release starts on the later schema, too.
            for each in fleet:
                await upgrade.replace(each, code)
            upgrade.record_some()
        await town.until_told(EACH)
        await town.check(EACH)
    assert {burst.unheard for burst, _ in forms} == {0}
    by_this, by_the_next = recorded_by(url)
    assert by_this + by_the_next == len(forms)
    assert min(by_this, by_the_next) >= len(forms) // STAGES


@asynccontextmanager
async def reached(town: Town, fleet: Sequence[Replica], over: str) -> AsyncIterator[Balancer]:
    """Over sockets, each of them is by Slack itself."""
    balancer, workspace = Balancer(each.url for each in fleet), town.firms[0].workspace
    workspace.courier.patience = READY_WITHIN  # Nobody is to blame for a busy machine.
    async with httpx.AsyncClient(transport=balancer, timeout=READY_WITHIN) as slack:
        workspace.deliver_to(
            SOCKETS if over == SOCKETS else f"{town.config.public_url}/slack/events", slack
        )
        yield balancer


@asynccontextmanager
async def everybody_is_ready(balancer: Balancer) -> AsyncIterator[None]:
    """Whoever is behind the balancer says so all the while."""
    looking = asyncio.create_task(_look(balancer))
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def _look(balancer: Balancer) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=READY_WITHIN) as client:
        while True:
            for url in list(balancer.urls):
                status = await _readiness(client, url)
                assert status == 200 or url not in balancer.urls, (url, status)
            await asyncio.sleep(LOOK_AGAIN)


async def _readiness(client: httpx.AsyncClient, url: str) -> int | None:
    try:
        return (await client.get(f"{url}/readyz")).status_code
    except httpx.TransportError:
        return None


def revision(url: str) -> str:
    with psycopg.connect(url) as db:
        ((version,),) = db.execute("SELECT version_num FROM alembic_version").fetchall()
    return str(version)


def recorded_by(url: str) -> tuple[int, int]:
    """So many payments by this release, and by the next."""
    with psycopg.connect(url) as db:
        (counts,) = db.execute(
            "SELECT count(*) - count(release), count(release) FROM payments"
        ).fetchall()
    return int(counts[0]), int(counts[1])
