"""One simulated life: people at work in a storm, and what is true when all is calm again."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random
from traceback import format_exception

from services.domain.members import Member
from services.domain.waiting import ForClient, ForInvoice, ForPayment
from tests.simulation.admin import Admin
from tests.simulation.approver import Approver
from tests.simulation.bookkeeper import Bookkeeper
from tests.simulation.clerk import Clerk
from tests.simulation.day import Day
from tests.simulation.office import ANNA, UNDEPOSITED, Firm, found_firm
from tests.simulation.staff import WORKDAY, Staff
from tests.simulation.storage import Blank
from tests.simulation.stories import Plot
from tests.simulation.weather import Weather, draw_storm, weather_of
from tests.simulation.world import Setting, World, in_a_world

FIRMS = (1, 1, 1, 1, 2)  # How many, as often as each stands there; each costs time.
DAYS = (*[1] * 14, 2)  # The same for storms; after each, all must be in order.
FOUNDED_BEFORE = 600.0  # Seconds: the companies are older than any lag.
LULL = 3200.0  # Seconds: then the access token is about to end.
ADMIN_LOOKS = 90.0  # Seconds between two looks at whether the connection is lost.
CHOOSES, DISCONNECTS = 0.08, 0.02  # So often an admin who looks does it.
WINDOWS = 2  # In which an admin looks on, where several programs answer.
EVENING, LONG_EVENING = 300.0, 2000.0  # Seconds of storm after work; in a long one waits grow long.
ALL_HAS_ARRIVED = 300.0  # Seconds after the storm.
CALM_STEP, MOST_CALM_STEPS = 300.0, 72  # Six hours: no wait of the program's is half as long.


@dataclass(frozen=True)
class Conditions:
    """What is the same in many lives; None: each draws its own.

    `workers`: so many programs are at work on one ledger, where a database lets them.
    """

    weather: Weather | None = None
    plot: Plot | None = None
    workers: int = 1


AS_THEY_COME = Conditions()


@dataclass(frozen=True)
class Life:
    """How one seed went. `complaints` are the promises that were broken."""

    seed: int
    weather: Weather
    complaints: tuple[str, ...]
    sightings: Counter[str]
    log: tuple[str, ...]


def live(
    seed: int, blank: Blank, conditions: Conditions = AS_THEY_COME, *, verbose: bool = False
) -> Life:
    """The log is kept if `verbose`, or a promise was broken."""
    weather = conditions.weather or weather_of(seed)

    async def deed(world: World) -> Life:
        try:
            broken = await _live(world, conditions.plot)
        except Exception as error:  # noqa: BLE001 - Whatever it is, it shall be told with the log.
            broken = _words(error)
        log = tuple(world.journal.lines(world.network)) if verbose or broken else ()
        return Life(seed, weather, tuple(broken), world.journal.sightings, log)

    try:
        storm = draw_storm(weather, Random(f"{seed} storm"), workers=conditions.workers)
        setting = Setting(storm, blank, conditions.workers)
        return in_a_world(deed, seed=seed, setting=setting)
    except Exception as error:  # noqa: BLE001 - Such as a task that nobody awaited.
        return Life(seed, weather, tuple(_words(error)), Counter(), ())


def _words(error: Exception) -> list[str]:
    return ["".join(format_exception(error))]


async def _live(world: World, plot: Plot | None) -> list[str]:
    for number in range(1, world.chance("firms").choice(FIRMS) + 1):
        company = world.quickbooks.add_company(name=f"Company {number}")
        world.firms.append(found_firm(number, company, world.chance(f"firm {number}")))
    await asyncio.sleep(FOUNDED_BEFORE)
    async with world.supervised():
        for firm in world.firms:
            await open_firm(world, firm)
        await asyncio.sleep(world.chance("lull").choice([0, LULL]))
        for number in range(1, world.chance("days").choice(DAYS) + 1):
            await _spend_day(world, number, plot)
            if broken := [*world.complaints(), *await _silences(world)]:
                return broken
    return []


async def open_firm(world: World, firm: Firm) -> None:
    """Connect QuickBooks and enter the clients, while all is calm."""
    anna = Member(
        firm.id, ANNA, is_admin=False, is_outsider=False, locale="en-US", timezone="Asia/Tokyo"
    )
    admin = Admin(world, firm, world.chance(f"admin of {firm.id}"))
    await admin.insist(lambda program: program.members.remember(anna))
    await admin.connect()
    if admin.chance.random() < 0.25:
        await admin.choose()
    else:
        firm.accounts.add(UNDEPOSITED)
    clerk = Clerk(world, firm, world.chance(f"clerk of {firm.id}"))
    for client in firm.clients:
        await clerk.record_client(client)


async def _spend_day(world: World, number: int, plot: Plot | None) -> None:
    """A storm, with people at work in it; then calm, until all is quiet."""
    admins = [Admin(world, each, world.chance(f"admin {each.id} {number}")) for each in world.firms]
    world.break_loose()
    async with asyncio.TaskGroup() as deeds:
        for firm in world.firms:
            chance = world.chance(f"day {number} of {firm.id}")
            bookkeeper = Bookkeeper(firm, world.journal, chance)
            Day(Approver(world, firm, chance), bookkeeper, chance, plot).plan(deeds)
        deeds.create_task(_administer(world, admins))
        for each in admins * (WINDOWS if world.has_several else 0):
            deeds.create_task(each.browse(WORKDAY))
        if number == 1:
            deeds.create_task(world.set_clocks(WORKDAY))
    evening = world.chance(f"evening {number}")
    await asyncio.sleep(evening.uniform(0, evening.choice([EVENING] * 4 + [LONG_EVENING])))
    world.blow_over()
    await _grow_quiet(world, admins)


async def _administer(world: World, admins: list[Admin]) -> None:
    """Choose now and then, and look whether the connection is lost."""
    day_ends_at = world.clock.monotonic() + WORKDAY
    while world.clock.monotonic() < day_ends_at:
        await asyncio.sleep(ADMIN_LOOKS)
        await _reconnect(world, admins)
        for each in admins:
            if each.chance.random() < CHOOSES:
                await each.choose()
            if each.chance.random() < DISCONNECTS:
                await each.disconnect()


async def _reconnect(world: World, admins: list[Admin]) -> None:
    lost = world.ledger.lost_realms()
    for each in admins:
        if each.firm.company.realm_id in lost:
            world.journal.saw("connection lost")
            await each.connect()


async def _grow_quiet(world: World, admins: list[Admin]) -> None:
    await asyncio.sleep(ALL_HAS_ARRIVED)
    for _ in range(MOST_CALM_STEPS):
        await _reconnect(world, admins)
        if world.ledger.is_quiet():
            return
        await asyncio.sleep(CALM_STEP)


async def _silences(world: World) -> list[str]:
    """Which records are on their way, and do not say what they wait for."""
    still = {entry["record_id"] for entry in world.ledger.open_entries()}
    silent = []
    for firm in world.firms:
        staff = Staff(world, firm, world.chance("silence"))
        for wish in firm.wishes():
            if wish.id is None or wish.id.hex not in still:
                continue
            look = await staff.look(wish)
            if not isinstance(look.waiting, ForClient | ForInvoice | ForPayment):
                silent.append(f"{wish} is {look.status}, and says that it waits: {look.waiting}")
    return silent
