"""A push of each kind, killed before and after every statement and every request of it, in turn."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.quickbooks import Limits
from sandbox.quickbooks import Weather as Sky
from services.domain.ids import FirmId
from services.domain.ledger import Method, Reason
from tests.simulation.approver import Approver
from tests.simulation.kernel import CrashedError, Fate, Faults, Seconds
from tests.simulation.life import FOUNDED_BEFORE, open_firm
from tests.simulation.office import LATER, SINCE_CLOSING, UNDEPOSITED, Firm
from tests.simulation.program import Program
from tests.simulation.storage import Blank, migrated_file
from tests.simulation.weather import AT_ONCE, LATEST, Storm
from tests.simulation.wishes import Bill, ClientWish, InvoiceWish, Kind, Part, PaymentWish, Sum
from tests.simulation.world import Setting, World, in_a_world

LAG = timedelta(seconds=60)
QUIET_AFTER, STEP = 3600.0, 5.0  # Seconds: no wait after one crash comes near an hour.
RESTARTED_AFTER = 1.0  # Seconds: what the dead one had under way has arrived, or never will.


@dataclass(frozen=True)
class Scene:
    """What befalls the first write."""

    name: str
    sky: Sky
    fate: Fate


SCENES = (
    Scene("queries lag and a request is late", Sky(query_lag=LAG), Fate.LATE),
    Scene(
        "request ids are forgotten and a reply is lost",
        Sky(forgets_after=AT_ONCE),
        Fate.CUT_AFTER,
    ),
)


class Office:
    """A firm with one client, one invoice and one payment, which settles a part of it."""

    def __init__(self, world: World) -> None:
        self.firm = Firm(FirmId("T1"), world.quickbooks.add_company(name="Larkspur"))
        self.firm.accounts.add(UNDEPOSITED)
        self.client = ClientWish("Acme", Kind.NEW, names={"Acme"})
        self.invoice = InvoiceWish("N1", self.client, [_bill("300.00")])
        self.other = InvoiceWish("N2", self.client, [_bill("50.00")])
        parts = Part(self.invoice, Decimal(100)), Part(self.other, Decimal(50), left_out=True)
        said = Sum(Decimal(500), SINCE_CLOSING, "for March", parts)
        self.payment = PaymentWish("R1", self.client, "USD", Method.CHECK, [said])
        self.firm.clients.append(self.client)
        self.firm.invoices += [self.invoice, self.other]
        self.firm.payments.append(self.payment)
        world.firms.append(self.firm)
        self.staff = Approver(world, self.firm, world.chance("staff"))

    async def record(self) -> None:
        await self.staff.record_invoice(self.invoice)
        await self.staff.record_invoice(self.other)
        await self.staff.record_payment(self.payment, sync=True)

    async def record_and_refund(self) -> None:
        await self.record()
        await self.staff.refund(self.payment, Reason.CREDIT_RETURNED, Decimal("0.5"))

    async def change(self) -> None:
        said = self.payment.sums[-1]
        parts = (Part(self.invoice, Decimal(300)),)
        await self.staff.change_payment(
            self.payment, replace(said, amount=Decimal(600), received_on=LATER, parts=parts)
        )


def _bill(price: str) -> Bill:
    return Bill(Decimal(price), Decimal(1), SINCE_CLOSING, due_on=LATER)


async def _nothing(_: Office) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """`before` is done, and has arrived, before the push begins that `press` asks for."""

    name: str
    before: Callable[[Office], Awaitable[None]]
    press: Callable[[Office], Awaitable[None]]
    first_write: str  # A part of its request line.
    ends: dict[str, str]  # The status of each, the first invoice's where there are two.


WITHOUT_REFUND = dict.fromkeys(("client", "invoice", "payment"), "synced")
ALL_THERE = {**WITHOUT_REFUND, "refund": "synced"}
CASES = (
    Case("create with allocations", _nothing, Office.record_and_refund, "/payment?", ALL_THERE),
    Case("update", Office.record, Office.change, "/payment?", WITHOUT_REFUND),
    Case(
        "delete with a returned credit",
        Office.record_and_refund,
        lambda office: office.staff.unsync_payment(office.payment),
        "/payment?",
        {**ALL_THERE, "payment": "not_synced", "refund": "not_synced"},
    ),
    Case(
        "void, then delete of a paid invoice",
        Office.record,
        lambda office: office.staff.unsync_invoice(office.invoice, credit=True),
        "/invoice?",
        {**WITHOUT_REFUND, "invoice": "not_synced"},
    ),
    Case(
        "client with all that is its own",
        Office.record,
        lambda office: office.staff.unsync_client(office.client, with_records=True),
        "/payment?",
        dict.fromkeys(WITHOUT_REFUND, "not_synced"),
    ),
)


SHOWS = [(case, scene) for case in CASES for scene in SCENES]


@pytest.mark.parametrize(
    ("case", "scene"), SHOWS, ids=[f"{case.name}, {scene.name}" for case, scene in SHOWS]
)
def test_a_push_that_is_killed_at_any_point_is_done_exactly_once(case: Case, scene: Scene) -> None:
    """Each show kills at points that no other one does: all together leave none out."""
    first = 1 + SHOWS.index((case, scene))
    with migrated_file() as blank:
        points, broken = _push(case, scene, blank, crash_at=None)
        assert not broken
        assert points > 50
        for point in range(first, points + 1, len(SHOWS)):
            _, broken = _push(case, scene, blank, crash_at=point)
            assert not broken, f"killed at point {point} of {points}"


def _push(case: Case, scene: Scene, blank: Blank, *, crash_at: int | None) -> tuple[int, list[str]]:
    """How many points the push has, and which promises were broken."""

    async def deed(world: World) -> tuple[int, list[str]]:
        office = Office(world)
        await asyncio.sleep(FOUNDED_BEFORE)
        await _prepare(world, case, office)
        victim = world.build()
        world.break_loose()
        world.network.script(scene.fate, line=case.first_write)
        if crash_at is not None:
            victim.process.crash_at(crash_at)
        with suppress(CrashedError):
            await victim.run(victim.start(alone=True))
        points = await _until_dead_or_quiet(world, victim)
        if not victim.process.alive:
            await asyncio.sleep(RESTARTED_AFTER)
            await _until_dead_or_quiet(world, await world.start(alone=True))
        ends = _ends(world)
        wrong = [] if ends == case.ends else [f"it ended {ends}"]
        return points, [*world.complaints(), *wrong]

    return in_a_world(deed, seed=1, setting=Setting(_storm(scene), blank))


async def _prepare(world: World, case: Case, office: Office) -> None:
    """Press while nobody is at work."""
    first = await world.start(alone=True)
    await open_firm(world, office.firm)
    await case.before(office)
    await _until_dead_or_quiet(world, first)
    first.process.crash()
    await asyncio.sleep(FOUNDED_BEFORE)
    desk = world.build()
    await case.press(office)
    await desk.run(desk.close())


def _ends(world: World) -> dict[str, str]:
    """What became of the client, the first invoice, the payment and its refund."""
    [firm] = world.firms
    records = world.ledger.records(firm.id)
    return {kind: row["status"] for kind, row in reversed([*records.all()])}


async def _until_dead_or_quiet(world: World, program: Program) -> int:
    """The number of its points by then."""
    for _ in range(int(QUIET_AFTER / STEP)):
        if not program.process.alive or world.ledger.is_quiet():
            break
        await asyncio.sleep(STEP)
    return program.process.points


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
        jumps=(),
    )
