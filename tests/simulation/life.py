"""One simulated life: people at work in a storm, and what is true when all is calm again."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from traceback import format_exception

from services.domain.members import Member
from tests.simulation.office import ANNA, MOST_FIRMS, Kind, found_firm
from tests.simulation.staff import WORKDAY, Staff
from tests.simulation.weather import Weather, draw_storm, weather_of
from tests.simulation.world import World, in_a_world

FOUNDED_BEFORE = 600.0  # Seconds: the companies are older than any lag.
LULL = 3200.0  # Seconds: then the access token is about to end.
ADMIN_LOOKS = 90.0  # Seconds between two looks at whether the connection is lost.
EVENING, LONG_EVENING = 300.0, 2000.0  # Seconds of storm after work; in a long one waits grow long.
ALL_HAS_ARRIVED = 300.0  # Seconds after the storm.
CALM_STEP, MOST_CALM_STEPS = 300.0, 72  # Six hours: no wait of the program's is half as long.


@dataclass(frozen=True)
class Life:
    """How one seed went. `complaints` are the promises that were broken."""

    seed: int
    weather: Weather
    complaints: tuple[str, ...]
    sightings: Counter[str]
    log: tuple[str, ...]


def live(seed: int, empty: Path, *, weather: Weather | None = None, verbose: bool = False) -> Life:
    """`empty`: a migrated file to copy. The log is kept if `verbose`, or a promise was broken."""
    weather = weather or weather_of(seed)

    async def deed(world: World) -> Life:
        try:
            await _live(world)
            broken = world.complaints()
        except Exception as error:  # noqa: BLE001 - Whatever it is, it shall be told with the log.
            broken = _words(error)
        log = tuple(world.journal.lines(world.network)) if verbose or broken else ()
        return Life(seed, weather, tuple(broken), world.journal.sightings, log)

    try:
        storm = draw_storm(weather, Random(f"{seed} storm"))
        return in_a_world(deed, seed=seed, storm=storm, empty=empty)
    except Exception as error:  # noqa: BLE001 - Such as a task that nobody awaited.
        return Life(seed, weather, tuple(_words(error)), Counter(), ())


def _words(error: Exception) -> list[str]:
    return ["".join(format_exception(error))]


async def _live(world: World) -> None:
    for number in range(1, world.chance("firms").randint(1, MOST_FIRMS) + 1):
        company = world.quickbooks.add_company(name=f"Company {number}")
        world.firms.append(found_firm(number, company, world.chance(f"firm {number}")))
    staff = [Staff(world, firm, world.chance(f"staff of {firm.id}")) for firm in world.firms]
    await asyncio.sleep(FOUNDED_BEFORE)
    async with world.supervised():
        for each in staff:
            await open_firm(world, each)
        await asyncio.sleep(world.chance("lull").choice([0, LULL]))
        world.break_loose()
        await _work(world, staff)
        world.blow_over()
        await _grow_quiet(world, staff)


async def open_firm(world: World, staff: Staff) -> None:
    """Connect QuickBooks and enter the clients, while all is calm."""
    firm = staff.firm
    anna = Member(
        firm.id, ANNA, is_admin=False, is_outsider=False, locale="en-US", timezone="Asia/Tokyo"
    )
    await world.program.run(world.program.members.remember(anna))
    await staff.connect()
    for client in firm.clients:
        await staff.record_client(client)


async def _work(world: World, staff: list[Staff]) -> None:
    async with asyncio.TaskGroup() as deeds:
        for each in staff:
            _plan_day(each, deeds, world.chance(f"day of {each.firm.id}"))
        deeds.create_task(_administer(world, staff))
    evening = world.chance("evening")
    await asyncio.sleep(evening.uniform(0, evening.choice([EVENING] * 4 + [LONG_EVENING])))


def _plan_day(staff: Staff, deeds: asyncio.TaskGroup, chance: Random) -> None:
    for payment in staff.firm.payments:
        deeds.create_task(staff.tend(payment))
    for client in staff.firm.clients:
        if client.kind is Kind.RIVAL:
            deeds.create_task(staff.enter_rival(client))
        if client.kind is not Kind.NEW and chance.random() < 0.6:
            deeds.create_task(staff.mend(client))
        elif chance.random() < 0.2:
            deeds.create_task(staff.sync_client(client))
    if chance.random() < 0.5:
        deeds.create_task(staff.open_books())


async def _administer(world: World, staff: list[Staff]) -> None:
    day_ends_at = world.clock.monotonic() + WORKDAY
    while world.clock.monotonic() < day_ends_at:
        await asyncio.sleep(ADMIN_LOOKS)
        await _reconnect(world, staff)


async def _reconnect(world: World, staff: list[Staff]) -> None:
    with world.ledger() as ledger:
        lost = ledger.lost_realms()
    for each in staff:
        if each.firm.company.realm_id in lost:
            world.journal.saw("connection lost")
            await each.connect()


async def _grow_quiet(world: World, staff: list[Staff]) -> None:
    await asyncio.sleep(ALL_HAS_ARRIVED)
    for _ in range(MOST_CALM_STEPS):
        await _reconnect(world, staff)
        with world.ledger() as ledger:
            if ledger.is_quiet():
                return
        await asyncio.sleep(CALM_STEP)
