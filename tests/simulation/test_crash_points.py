"""One push, killed before and after every statement and every request of it, in turn."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.quickbooks import Limits
from sandbox.quickbooks import Weather as Sky
from services.domain.ids import FirmId
from tests.simulation.kernel import CrashedError, Fate, Faults, Network, Seconds
from tests.simulation.life import FOUNDED_BEFORE, open_firm
from tests.simulation.office import SINCE_CLOSING, ClientWish, Firm, Kind, PaymentWish
from tests.simulation.program import Program
from tests.simulation.staff import Staff
from tests.simulation.weather import AT_ONCE, LATEST, Storm
from tests.simulation.world import World, in_a_world, migrated_file

LAG = timedelta(seconds=60)
QUIET_AFTER, STEP = 3600.0, 5.0  # Seconds: no wait after one crash comes near an hour.
RESTARTED_AFTER = 1.0  # Seconds: what the dead one had under way has arrived, or never will.


def _lose_the_reply(network: Network) -> None:
    network.script(Fate.CUT_AFTER, line="/payment?")


def _hold_it_up(network: Network) -> None:
    network.script(Fate.LATE, line="/payment?")


@dataclass(frozen=True)
class Scene:
    """`prepare` seals the fate of the requests to come."""

    name: str
    sky: Sky
    prepare: Callable[[Network], None]


SCENES = (
    Scene("queries lag and a request is late", Sky(query_lag=LAG), _hold_it_up),
    Scene(
        "request ids are forgotten and a reply is lost", Sky(forgets_after=AT_ONCE), _lose_the_reply
    ),
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_push_that_is_killed_at_any_point_arrives_exactly_once(scene: Scene) -> None:
    with migrated_file() as empty:
        points, broken = _push(scene, empty, crash_at=None)
        assert not broken
        assert points > 100
        for point in range(1, points + 1):
            _, broken = _push(scene, empty, crash_at=point)
            assert not broken, f"killed at point {point} of {points}"


def _push(scene: Scene, empty: Path, *, crash_at: int | None) -> tuple[int, list[str]]:
    """How many points the push has, and which promises were broken."""

    async def deed(world: World) -> tuple[int, list[str]]:
        staff = _found_firm(world)
        await asyncio.sleep(FOUNDED_BEFORE)
        desk = world.build()  # For people: its worker is not at work.
        await open_firm(world, staff)
        await staff.record(staff.firm.payments[0], sync=True)
        await desk.run(desk.close())
        victim = world.build()
        world.break_loose()
        scene.prepare(world.network)
        if crash_at is not None:
            victim.process.crash_at(crash_at)
        with suppress(CrashedError):
            await victim.run(victim.start(alone=True))
        points = await _until_dead_or_quiet(world, victim)
        if not victim.process.alive:
            await asyncio.sleep(RESTARTED_AFTER)
            await _until_dead_or_quiet(world, await world.start(alone=True))
        return points, world.complaints()

    return in_a_world(deed, seed=1, storm=_storm(scene), empty=empty)


async def _until_dead_or_quiet(world: World, program: Program) -> int:
    """The number of its points by then."""
    for _ in range(int(QUIET_AFTER / STEP)):
        with world.ledger() as ledger:
            if not program.process.alive or ledger.is_quiet():
                break
        await asyncio.sleep(STEP)
    return program.process.points


def _found_firm(world: World) -> Staff:
    firm = Firm(FirmId("T1"), world.quickbooks.add_company(name="Larkspur"))
    client = ClientWish("Acme", Kind.NEW)
    firm.clients.append(client)
    firm.payments.append(PaymentWish(client, Decimal("500.00"), "USD", SINCE_CLOSING, "R1"))
    world.firms.append(firm)
    return Staff(world, firm, world.chance("staff"))


def _storm(scene: Scene) -> Storm:
    return Storm(
        sky=scene.sky,
        network=Faults(),
        late_by=LATEST,
        server=(),
        limits=Limits(),
        crash=0.0,
        restart=Seconds(RESTARTED_AFTER, RESTARTED_AFTER),
        freeze=0.0,
    )
