"""The way to QuickBooks is broken for a while: nothing fails, and nothing is there twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from sandbox.quickbooks import Fault, Kind
from services.db.tables import outbox
from services.domain.connection import ConnectionState
from services.domain.ledger import Reason
from services.domain.sync import RecordKind
from services.domain.waiting import ForConnection, ForRetry, Hurdle
from tests.builders import FIRM
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import Desk
from tests.services.conftest import Office

PAID = Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")
AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")
A_WHILE = timedelta(minutes=10)


async def test_before_the_firm_is_connected_everything_waits(office: Office) -> None:
    desk = Desk(office)
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says("Acme", payment) == ["Syncing", "Syncing"]
    assert await desk.waits_for(payment) == ForConnection(Hurdle.NOT_CONNECTED)
    assert desk.books == Books()
    await office.connect()
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]
    assert desk.books == AS_CREDIT


async def test_a_lost_connection_pauses_everything_and_fails_nothing(desk: Desk) -> None:
    await desk.syncs("Acme")
    desk.office.quickbooks.faults.add(Fault(kind=Kind.FORBIDDEN, count=None))
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says(invoice, payment) == ["Syncing", "Syncing"]
    assert await desk.waits_for(invoice) == ForConnection(Hurdle.CONNECTION_LOST)
    health = await desk.office.connections.health(FIRM)
    assert health.connection is not None
    assert health.connection.state is ConnectionState.LOST
    assert desk.books == Books()


async def test_connected_again_all_of_it_drains(desk: Desk) -> None:
    await desk.syncs("Acme")
    desk.office.quickbooks.faults.add(Fault(kind=Kind.FORBIDDEN))
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert desk.books == Books()
    await desk.office.connect()
    await desk.goes_on(A_WHILE)
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == PAID


async def test_what_was_on_its_way_out_leaves_after_it_too(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    desk.office.quickbooks.faults.add(Fault(kind=Kind.FORBIDDEN, nth=2))
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == ["Syncing", "Syncing"]
    await desk.office.connect()
    await desk.goes_on(A_WHILE)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_an_access_that_is_no_longer_taken_is_renewed_on_the_way(desk: Desk) -> None:
    desk.office.quickbooks.faults.add(Fault(kind=Kind.UNAUTHORIZED))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.office.intuit.refreshes == 1
    assert desk.books == AS_CREDIT


async def test_too_many_requests_let_the_whole_company_rest(desk: Desk) -> None:
    await desk.syncs("Acme")
    wait = timedelta(seconds=30)
    throttled = Fault(kind=Kind.THROTTLED, method="POST", entity="payment", wait=wait)
    desk.office.quickbooks.faults.add(throttled)
    first = await desk.receives("Acme", "500.00")
    second = await desk.receives("Acme", "200.00")
    assert await desk.says(first, second) == ["Syncing", "Syncing"]
    for each in (first, second):
        waiting = await desk.waits_for(each)
        assert isinstance(waiting, ForRetry)
        assert waiting.at == desk.office.clock() + wait
    assert desk.books == Books()
    await desk.goes_on(wait)
    assert await desk.says(first, second) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "700.00", RECEIVABLE: "-700.00"}, {"Acme": "-700.00"}, "700.00"
    )


async def test_a_turned_away_look_lets_the_company_rest_too(desk: Desk) -> None:
    desk.office.quickbooks.faults.add(Fault(kind=Kind.THROTTLED, entity="query"))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says("Acme", payment) == ["Syncing", "Syncing"]
    assert desk.books == Books()
    await desk.goes_on(A_WHILE)
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]
    assert desk.books == AS_CREDIT


LOST = [Kind.CUT_BEFORE, Kind.CUT_AFTER, Kind.HALF, Kind.GARBAGE, Kind.FAILED, Kind.UNAVAILABLE]


@pytest.mark.parametrize("kind", LOST)
async def test_a_payment_whose_answer_is_lost_is_there_once(desk: Desk, kind: Kind) -> None:
    invoice = await desk.bills("Acme", "300.00")
    lost = Fault(kind=kind, method="POST", entity="payment", committed=True)
    desk.office.quickbooks.faults.add(lost)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says(payment) == ["Syncing"]
    await desk.goes_on(A_WHILE)
    assert await desk.says(payment) == ["Synced"]
    assert await desk.settled(payment) == {invoice: "300.00"}
    assert desk.books == PAID


@pytest.mark.parametrize("entity", ["customer", "invoice", "purchase", "payment"])
async def test_whatever_answer_is_lost_everything_is_there_once(desk: Desk, entity: str) -> None:
    lost = Fault(kind=Kind.CUT_AFTER, method="POST", entity=entity, count=2)
    desk.office.quickbooks.faults.add(lost)
    with desk.resting():
        invoice = await desk.bills("Acme", "300.00")
        payment = await desk.receives("Acme", "500.00", on={invoice: "300.00"})
        refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    for _ in range(4):
        await desk.goes_on(A_WHILE)
    assert await desk.says("Acme", invoice, payment, refund) == ["Synced"] * 4
    assert await desk.unapplied(payment) == "0.00"
    assert desk.books == Books(
        {FUNDS: "500.00", SERVICES: "-300.00", CHECKING: "-200.00"}, {}, "500.00"
    )


@pytest.mark.parametrize("entity", ["purchase", "payment"])
async def test_whatever_answer_is_lost_on_the_way_out_nothing_is_left(
    desk: Desk, entity: str
) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    lost = Fault(kind=Kind.CUT_AFTER, method="POST", entity=entity, count=2)
    desk.office.quickbooks.faults.add(lost)
    await desk.unsyncs(payment)
    for _ in range(4):
        await desk.goes_on(A_WHILE)
    assert await desk.says(payment, refund) == ["Not synced", "Not synced"]
    assert desk.books == Books()


async def test_an_edit_whose_answer_is_lost_is_made_once(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    lost = Fault(kind=Kind.CUT_AFTER, method="POST", entity="payment")
    desk.office.quickbooks.faults.add(lost)
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Syncing"]
    assert await desk.amount(payment) == "500.00"
    await desk.goes_on(A_WHILE)
    assert await desk.says(payment) == ["Synced"]
    assert await desk.amount(payment) == "450.00"
    assert desk.books == Books(
        {FUNDS: "450.00", RECEIVABLE: "-450.00"}, {"Acme": "-450.00"}, "450.00"
    )


async def test_a_paid_invoice_leaves_though_an_answer_is_lost(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    lost = Fault(kind=Kind.CUT_AFTER, method="POST", entity="invoice", count=2)
    desk.office.quickbooks.faults.add(lost)
    await desk.unsyncs(invoice, credit=True)
    for _ in range(4):
        await desk.goes_on(A_WHILE)
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert await desk.settled(payment) == {invoice: "(300.00)"}
    assert desk.books == Books(
        {FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00"
    )


async def keys_of(desk: Desk) -> list[str]:
    """The wire keys that the firm's payments have now."""
    async with desk.office.database.read() as db:
        query = select(outbox.c.request_id).where(outbox.c.record_kind == RecordKind.PAYMENT)
        return list((await db.execute(query)).scalars())


async def test_an_answer_that_comes_three_times_under_one_key_is_looked_into_and_gets_another(
    desk: Desk,
) -> None:
    """QuickBooks may keep an answer with the key, and give it for ever."""
    await desk.syncs("Acme")
    desk.office.quickbooks.faults.add(
        Fault(kind=Kind.FAILED, entity="payment", operation="create", count=3)
    )
    payment = await desk.receives("Acme", "500.00")
    first = await keys_of(desk)
    for _ in range(2):
        await desk.goes_on(timedelta(seconds=30))
    assert await keys_of(desk) == first  # Whatever it answers, it may have arrived.
    assert desk.books == Books()
    await desk.goes_on(A_WHILE)  # All that was sent must show by now, and nothing does.
    assert await keys_of(desk) != first
    await desk.goes_on(timedelta(seconds=30))
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT
