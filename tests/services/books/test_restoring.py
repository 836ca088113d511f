"""A day-old backup is restored: what was made since is found, and nothing is sent twice."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.quickbooks import Fault, Kind
from services.announcements import Announcements
from services.db.opening import is_postgres
from services.domain.ledger import Method, Reason
from services.domain.sync import RecordKind
from services.domain.waiting import ForConnection, Hurdle
from services.errors import ConnectionLost, Refused
from services.restoring.comparison import ENTITIES
from services.restoring.reader import Reader
from tests.builders import FIRM
from tests.services.books.desk import Desk
from tests.services.books.disaster import (
    Backups,
    Disaster,
    PostgresBackups,
    SqliteBackups,
    nobody,
    told,
)
from tests.services.conftest import Office


@pytest.fixture(scope="module")
def spares() -> list[str]:
    """Databases for backups of PostgreSQL's."""
    return []


@pytest.fixture
async def disaster(
    office: Office,
    ledger_url: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    spares: list[str],
) -> Disaster:
    await office.connect()
    backups: Backups = SqliteBackups(tmp_path)
    if is_postgres(ledger_url):
        backups = PostgresBackups(request.getfixturevalue("postgres"), spares)
    return Disaster(Desk(office), ledger_url, backups)


async def test_what_was_on_its_way_and_has_arrived_is_not_sent_again(disaster: Disaster) -> None:
    desk = disaster.desk
    with desk.resting():
        invoice = await desk.bills("Acme", "300.00")
        payment = await desk.receives("Acme", "500.00", on={invoice: "300.00"}, reference="1042")
        refund = await desk.refunds(payment, "50.00", Reason.CREDIT_RETURNED)
        disaster.backs_up()
    await desk.goes_on()
    ids = [await desk.qbo_id(name) for name in ("Acme", invoice, payment, refund)]
    async with disaster.restored() as restored:
        again = restored.desk
        assert await again.says("Acme", invoice, payment, refund) == ["Syncing"] * 4
        assert await again.waits_for(payment) == ForConnection(Hurdle.HELD)
        assert told(await restored.compares()) == {"behind": ["Acme", invoice, payment, refund]}
        adopted = await restored.goes_on()
        assert (adopted.names, adopted.left) == (["Acme", invoice, payment, refund], [])
        assert await again.says("Acme", invoice, payment, refund) == ["Synced"] * 4
        assert [await again.qbo_id(name) for name in ("Acme", invoice, payment, refund)] == ids
        assert await again.settled(payment) == {invoice: "300.00"}
        assert (await again.payment(payment)).unapplied.to_decimal() == 150


async def test_what_was_recorded_since_comes_back_by_its_number(disaster: Disaster) -> None:
    desk = disaster.desk
    disaster.backs_up()
    await desk.adds_client("Birch", email="ap@birch.example")
    invoice = await desk.bills("Birch", lines=[("Advice", "2.5", "100.00"), ("Care", "1", "9.50")])
    payment = await desk.receives(
        *("Birch", "300.00"),
        on={invoice: "259.50"},
        reference="1042",
        method=Method.CASH,
        description="Paid at the desk.\nThank you!",
    )
    reversed_ = await desk.refunds(payment, "20.00", Reason.SALE_REVERSED)
    returned = await desk.refunds(payment, "10.50", Reason.CREDIT_RETURNED)
    before = await desk.payment(payment)
    async with disaster.restored() as restored:
        again = restored.desk
        assert told(await restored.compares()) == {
            "lost": [
                f"client Birch (id {await desk.qbo_id('Birch')})",
                f"invoice {invoice} of 2026-11-02, 259.50 (id {await desk.qbo_id(invoice)})",
                f"{payment} of 2026-11-02, 300.00 (id {await desk.qbo_id(payment)})",
                f"{reversed_} of 2026-11-02, 20.00 (id {await desk.qbo_id(reversed_)})",
                f"{returned} of 2026-11-02, 10.50 (id {await desk.qbo_id(returned)})",
            ]
        }
        assert (await restored.goes_on()).left == []
        names = ["Birch", invoice, payment, reversed_, returned]
        assert await again.says(*names) == ["Synced"] * 5
        after = await again.payment(payment)
        for fact in ("amount", "received_on", "method", "reference", "description", "unapplied"):
            assert getattr(after, fact) == getattr(before, fact), fact
        assert (after.refunded, after.credit_returned) == (before.refunded, before.credit_returned)
        assert await again.settled(payment) == {invoice: "259.50"}
        assert (await again.invoice(invoice)).lines == (await desk.invoice(invoice)).lines
        assert (await again.client("Birch")).email == "ap@birch.example"


async def test_what_was_asked_for_since_is_found_under_its_later_key(disaster: Disaster) -> None:
    """Not synced, Failed, and unsynced and synced again: each has another key by then."""
    desk = disaster.desk
    await desk.syncs("Acme")
    never = await desk.receives("Acme", "10.00", sync=False)
    desk.closes_the_books(desk.office.clock().date())
    failed = await desk.receives("Acme", "20.00")
    desk.closes_the_books(None)
    twice = await desk.receives("Acme", "30.00")
    disaster.backs_up()
    await desk.syncs(never)
    for _ in range(3):
        await desk.unsyncs(never)
        await desk.syncs(never)
    await desk.syncs(failed)
    await desk.unsyncs(twice)
    await desk.syncs(twice)
    ids = [await desk.qbo_id(each) for each in (never, failed, twice)]
    async with disaster.restored() as restored:
        again = restored.desk
        assert sorted(told(await restored.compares())["behind"]) == sorted([never, failed, twice])
        await restored.goes_on()
        assert await again.says(never, failed, twice) == ["Synced"] * 3
        assert [await again.qbo_id(each) for each in (never, failed, twice)] == ids


async def test_what_was_taken_out_or_changed_since_is_told(disaster: Disaster) -> None:
    desk = disaster.desk
    gone = await desk.receives("Acme", "10.00")
    edited = await desk.receives("Acme", "20.00")
    disaster.backs_up()
    await desk.unsyncs(gone)
    await desk.edits_payment(edited, amount="25.00")
    async with disaster.restored() as restored:
        assert told(await restored.compares()) == {
            "gone": [gone],
            "changed": [f"{edited}: 20.00 of 2026-11-02 / 25.00 of 2026-11-02"],
        }
        await restored.goes_on()
        assert await restored.desk.says(gone, edited) == ["Synced", "Synced"]
        restored.only_looked = False
        await restored.desk.unsyncs(gone)
        assert await restored.desk.says(gone) == ["Not synced"]


async def test_what_had_not_arrived_is_sent_once(disaster: Disaster) -> None:
    desk = disaster.desk
    await desk.syncs("Acme")
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        disaster.backs_up()
        async with disaster.restored() as restored:
            restored.only_looked = False
            assert told(await restored.compares()) == {}
            await restored.desk.goes_on()
            assert restored.desk.office.totals == []
            await restored.goes_on()
            assert await restored.desk.says(payment) == ["Synced"]
            assert restored.desk.office.totals == ["500.00"]


async def test_a_key_that_was_used_and_whose_object_is_gone_is_not_used_again(
    disaster: Disaster,
) -> None:
    """QuickBooks would tell of the object that was deleted, for a day at least."""
    desk = disaster.desk
    await desk.syncs("Acme")
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        disaster.backs_up()
    await desk.goes_on()
    await desk.unsyncs(payment)
    async with disaster.restored(after=timedelta(minutes=1)) as restored:
        restored.only_looked = False
        await restored.goes_on()
        assert (await restored.desk.there(payment))["TotalAmt"] == 500
        assert restored.desk.office.totals == ["500.00"]


async def test_a_change_on_its_way_that_has_arrived_is_not_made_twice(disaster: Disaster) -> None:
    desk = disaster.desk
    payment = await desk.receives("Acme", "500.00")
    leaving = await desk.receives("Acme", "70.00")
    with desk.resting():
        await desk.edits_payment(payment, amount="600.00")
        await desk.unsyncs(leaving)
        disaster.backs_up()
    await desk.goes_on()
    async with disaster.restored() as restored:
        assert await restored.desk.says(payment, leaving) == ["Syncing", "Syncing"]
        await restored.goes_on()
        assert await restored.desk.says(payment, leaving) == ["Synced", "Not synced"]
        assert await restored.desk.amount(payment) == "600.00"


async def test_no_number_is_given_out_a_second_time(disaster: Disaster) -> None:
    desk = disaster.desk
    disaster.backs_up()
    lost = await desk.receives("Acme", "10.00", sync=False)
    async with disaster.restored() as restored:
        restored.only_looked = False
        assert await restored.desk.receives("Acme", "20.00", sync=False) != lost


async def test_it_goes_on_only_when_nothing_can_arrive_any_more(disaster: Disaster) -> None:
    disaster.backs_up()
    async with disaster.restored() as restored:
        restored.desk.office.clock.advance(-timedelta(seconds=1))
        with pytest.raises(Refused, match="may still arrive: go on after "):
            await restored.restoring.go_on(FIRM, nobody)
        restored.desk.office.clock.advance(timedelta(seconds=1))
        await restored.goes_on()
        with pytest.raises(Refused, match="Larkspur Accounting is not held"):
            await restored.restoring.go_on(FIRM, nobody)


async def test_whoever_dies_while_it_is_taken_over_begins_again(disaster: Disaster) -> None:
    desk = disaster.desk
    disaster.backs_up()
    await desk.adds_client("Birch")
    invoice = await desk.bills("Birch", "300.00")
    payment = await desk.receives("Birch", "300.00", on={invoice: "300.00"})
    async with disaster.restored() as restored:
        await restored.takes_over_only(RecordKind.CLIENT, RecordKind.PAYMENT)
        assert await restored.desk.says(payment) == ["Synced"]
        await restored.goes_on()
        assert await restored.desk.says("Birch", invoice, payment) == ["Synced"] * 3


async def test_a_payment_whose_client_was_linked_since_brings_that_along(
    disaster: Disaster,
) -> None:
    desk = disaster.desk
    customer = desk.company.add("Customer", DisplayName="Cedar & Søn")
    disaster.backs_up()
    await desk.adds_client("Cedar & Søn")
    payment = await desk.receives("Cedar & Søn", "70.00")
    async with disaster.restored() as restored:
        await restored.goes_on()
        assert await restored.desk.says("Cedar & Søn", payment) == ["Synced (linked)", "Synced"]
        assert await restored.desk.qbo_id("Cedar & Søn") == customer["Id"]


async def test_what_is_void_there_or_cannot_be_read_is_left_and_told(disaster: Disaster) -> None:
    desk = disaster.desk
    await desk.syncs("Acme")
    disaster.backs_up()
    invoice = await desk.bills("Acme", "300.00")
    await desk.voids(invoice)
    payment = await desk.receives("Acme", "70.00")
    refund = await desk.refunds(payment, "20.00", Reason.SALE_REVERSED)
    desk.company.change("Payment", await desk.qbo_id(payment), PrivateNote="")
    async with disaster.restored() as restored:
        restored.knows_all = False
        adopted = await restored.goes_on()
        assert adopted.names == []
        assert [each.partition(" of ")[0] for each in adopted.left] == [
            f"invoice {invoice}",
            refund,
        ]


async def test_what_another_ledger_made_long_before_is_left_alone(disaster: Disaster) -> None:
    desk = disaster.desk
    await desk.syncs("Acme")
    customer = await desk.qbo_id("Acme")
    marked = f"[counterfoil:{'0' * 32}]"
    desk.company.add(
        "Payment", CustomerRef={"value": customer}, TotalAmt=Decimal(8), PrivateNote=marked
    )
    desk.office.clock.advance(timedelta(days=1))
    await desk.adds_client("Birch", sync=False)
    disaster.backs_up()
    async with disaster.restored() as restored:
        assert told(await restored.compares()) == {"strangers": ["1"]}
        assert (await restored.goes_on()).names == []
        payment = next(iter(desk.company.payments()))
        desk.company.change("Payment", payment["Id"], PrivateNote="")


async def test_a_ledger_that_was_restored_before_is_restored_again(disaster: Disaster) -> None:
    desk = disaster.desk
    await desk.syncs("Acme")
    never = await desk.receives("Acme", "10.00", sync=False)
    disaster.backs_up()
    async with disaster.restored() as once:
        once.only_looked = False
        await once.goes_on()
        once.disaster.backs_up()
        await once.desk.syncs(never)
        recorded = await once.desk.receives("Acme", "30.00")
        async with once.disaster.restored() as twice:
            assert told(await twice.compares())["behind"] == [never]
            await twice.goes_on()
            assert await twice.desk.says(never, recorded) == ["Synced", "Synced"]


async def test_without_access_it_stays_held(disaster: Disaster) -> None:
    disaster.backs_up()
    async with disaster.restored() as restored:
        office = restored.desk.office
        for granted in office.quickbooks.tokens._connections.values():
            granted.revoked = True
        with pytest.raises(ConnectionLost):
            await restored.restoring.go_on(FIRM, nobody)
        assert len(await restored.restoring.holding.held()) == 1
        await office.come_back()
        assert len(await restored.restoring.holding.held()) == 1
        await restored.goes_on()
        assert await restored.restoring.holding.held() == []


async def test_it_waits_where_quickbooks_asks_to_slow_down_and_renews_its_access(
    disaster: Disaster,
) -> None:
    desk = disaster.desk
    disaster.backs_up()
    payment = await desk.receives("Acme", "70.00")
    async with disaster.restored() as restored:
        faults = desk.office.quickbooks.faults
        for kind in (Kind.THROTTLED, Kind.UNAUTHORIZED, Kind.THROTTLED):
            faults.add(Fault(kind=kind, entity="query"))
        await restored.goes_on()
        assert await restored.desk.says(payment) == ["Synced"]


async def test_messages_that_may_have_been_posted_since_are_looked_for_first(
    disaster: Disaster,
) -> None:
    desk = disaster.desk
    await desk.receives("Acme", "70.00", sync=False)
    disaster.backs_up()
    async with disaster.restored() as restored:
        announcements = Announcements(restored.desk.office.database, desk.office.clock)
        (notice,) = await announcements.behind()
        assert (notice.channel, notice.attempt) == (None, 1)


async def test_more_than_a_page_is_read_though_some_of_it_goes_meanwhile(
    disaster: Disaster,
) -> None:
    """What is deleted while a page is turned moves all that follows it up."""
    desk, company = disaster.desk, disaster.office.company
    await desk.syncs("Acme")
    customer = {"value": await desk.qbo_id("Acme")}
    others = [
        company.add("Payment", CustomerRef=customer, TotalAmt=Decimal(1))["Id"] for _ in range(999)
    ]
    disaster.backs_up()
    payment = await desk.receives("Acme", "70.00")
    later = await desk.receives("Acme", "80.00")
    async with disaster.restored() as restored:
        office = restored.desk.office
        reader = Reader(office.books, office.keys, office.realm)
        seen: list[str] = []
        async for page in reader.pages(ENTITIES[2]):
            seen += [row["Id"] for row in page]
            for each in others[:4]:
                company.delete("Payment", each)
            others = []
        assert {await desk.qbo_id(payment), await desk.qbo_id(later)} <= {*seen}
        restored.only_looked = False
        await restored.goes_on()
        assert await restored.desk.says(payment, later) == ["Synced", "Synced"]
