"""What a team does about all that failed for one reason, and what each record makes of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from services.alerts import Done
from services.db.outbox import PARKED as SOMETHING_OF_OURS
from services.db.tables import outbox
from services.domain.alerts import CONNECTION, PARKED
from services.domain.ids import AlertId, UserId
from services.domain.ledger import Reason
from services.domain.sync import RecordKind
from services.errors import NotFound, Refused
from tests.builders import ANNA, FIRM, OTHER_FIRM
from tests.services.books.bookkeeping import Books
from tests.services.books.desk import TODAY, Desk
from tests.services.books.failing import (
    LATER,
    count_open,
    history,
    retry,
    standings,
    the_alert,
    the_subscription_ends,
)


async def one_of_each_fails(desk: Desk) -> list[str]:
    """For the one reason that stands against them all: newest first is what hangs on nothing."""
    paid = await desk.receives("Acme", "300.00")
    the_subscription_ends(desk, "refundreceipt", "payment", "invoice", "customer")
    refund = await desk.refunds(paid, "100.00", Reason.SALE_REVERSED)
    payment = await desk.receives("Acme", "70.00")
    invoice = await desk.bills("Acme", "20.00")
    return [await desk.adds_client("Birch"), invoice, payment, refund]


async def test_retry_asks_for_clients_then_invoices_then_payments_then_refunds(desk: Desk) -> None:
    names = await one_of_each_fails(desk)
    assert await desk.says(*names) == ["Failed: subscription_ended"] * 4
    alert = await the_alert(desk)
    assert await retry(desk, alert) == Done(4, 4)
    async with desk.office.database.read() as db:
        query = select(outbox.c.record_kind).where(outbox.c.state == "pending")
        asked = list((await db.execute(query.order_by(outbox.c.id))).scalars())
    assert asked == list(RecordKind)
    await desk.goes_on()
    assert await desk.says(*names) == ["Synced"] * 4
    assert await standings(desk) == []
    assert [(each.act, each.count) for each in await history(desk, alert)] == [
        ("retried", 4),
        ("resolved", 4),
    ]


async def test_a_payment_whose_client_failed_too_goes_after_it(desk: Desk) -> None:
    the_subscription_ends(desk, "payment", "customer")
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says("Acme", payment) == ["Failed: subscription_ended", "Syncing"]
    alert = await the_alert(desk)
    assert await retry(desk, alert) == Done(1, 1)
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Synced", "Failed: subscription_ended"]
    assert await the_alert(desk) == alert
    await retry(desk, alert)
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]


async def test_retry_of_one_leaves_the_others(desk: Desk) -> None:
    _, invoice, payment, refund = await one_of_each_fails(desk)
    alert, only = await the_alert(desk), (await desk.payment(payment)).id
    one = await desk.office.alerts.retry(FIRM, alert, by=ANNA, only=only)
    assert one == Done(1, 1)
    assert await desk.says("Birch", invoice, payment, refund) == [
        "Failed: subscription_ended",
        "Failed: subscription_ended",
        "Syncing",
        "Failed: subscription_ended",
    ]
    nothing = await desk.office.alerts.retry(FIRM, alert, by=ANNA, only=uuid4())
    assert nothing == Done(0, 0)


async def test_what_changed_since_the_last_look_is_not_sent(desk: Desk) -> None:
    """Dismissed, deleted, linked, retried and called back: nobody wants these sent any more."""
    customer = desk.company.add_customer("Acme")["Id"]
    theirs = desk.company.add_payment(customer, "300.00", TxnDate="2026-09-01")
    desk.closes_the_books(TODAY)
    names = [await desk.receives("Acme", f"{each}00.00") for each in range(1, 7)]
    alert = await the_alert(desk)
    dismissed, deleted, linked, cancelled, on_its_way, _ = names
    await desk.dismisses(dismissed, why="the auditor’s")
    await desk.voids(deleted)
    await desk.links(linked, theirs["Id"])
    with desk.resting():
        await desk.syncs(cancelled)
        await desk.cancels(cancelled)
        await desk.syncs(on_its_way)
        assert await retry(desk, alert) == Done(1, 6)
    desk.closes_the_books(None)
    await desk.goes_on()
    assert await desk.says(*names) == [
        "Skipped: dismissed",
        "Not synced, void",
        "Synced (linked)",
        "Not synced",
        "Synced",
        "Synced",
    ]
    assert sorted(desk.office.totals) == ["300.00", "500.00", "600.00"]


async def test_what_is_on_its_way_is_not_asked_for_again(desk: Desk) -> None:
    desk.closes_the_books(TODAY)
    await desk.receives("Acme", "300.00")
    alert = await the_alert(desk)
    assert await retry(desk, alert) == Done(1, 1)
    assert await retry(desk, alert) == Done(0, 1)
    assert await count_open(desk) == 1
    assert len(await history(desk, alert)) == 1


async def test_a_change_that_was_not_accepted_is_dismissed_and_never_retried(desk: Desk) -> None:
    """What was refused of it is not wanted any more; QuickBooks keeps it as it is."""
    payment = await desk.receives("Acme", "300.00")
    desk.closes_the_books(TODAY)
    await desk.unsyncs(payment)
    other = await desk.receives("Acme", "70.00")
    refused = "Synced; delete not accepted: closed_period"
    assert await desk.says(payment, other) == [refused, "Failed: closed_period"]
    alert = await the_alert(desk)
    assert await retry(desk, alert) == Done(1, 2)
    await desk.goes_on()
    assert await desk.says(payment, other) == [refused, "Failed: closed_period"]
    assert await desk.office.alerts.dismiss(FIRM, alert, why="so be it", by=ANNA) == Done(2, 2)
    assert await desk.says(payment, other) == ["Synced", "Skipped: dismissed"]
    assert desk.office.totals == ["300.00"]
    assert await standings(desk) == []
    resolved = (await history(desk, alert))[-1]
    assert (resolved.act, resolved.by, resolved.count) == ("resolved", (ANNA,), 2)


async def test_what_waits_for_what_failed_is_counted_behind_it(desk: Desk) -> None:
    """For a client, then for an invoice of theirs; a payment of somebody else waits for neither."""
    desk.company.add_customer("acme")
    desk.closes_the_books(TODAY)
    invoice = await desk.bills("Acme", "300.00")
    paid = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    with desk.resting():
        await desk.receives(await desk.adds_client("Birch"), "9.00")
    assert await desk.says("Acme", invoice, paid) == ["Failed: near_match", "Syncing", "Syncing"]
    (standing,) = await standings(desk)
    assert standing.behind == {RecordKind.INVOICE: 1, RecordKind.PAYMENT: 1}
    await desk.links("Acme", "1")
    assert await desk.says(invoice, paid) == ["Failed: closed_period", "Syncing"]
    behind = {each.kinds[RecordKind.INVOICE]: each.behind for each in await standings(desk)}
    assert behind[1] == {RecordKind.PAYMENT: 1}


async def test_who_solved_it_is_who_acted_last_and_not_who_recorded_it(desk: Desk) -> None:
    """A payment that Anna records while the alert stands comes to it as well."""
    desk.closes_the_books(TODAY)
    first = await desk.receives("Acme", "300.00")
    alert = await the_alert(desk)
    desk.office.clock.advance(timedelta(minutes=5))
    second = await desk.receives("Acme", "70.00")
    assert (await standings(desk))[0].total == 2
    desk.closes_the_books(None)
    olivia = UserId("U0OLIVIA")
    await desk.office.alerts.retry(FIRM, alert, by=olivia)
    await desk.goes_on()
    assert await desk.says(first, second) == ["Synced"] * 2
    assert await standings(desk) == []
    assert (await history(desk, alert))[-1].by == (olivia,)


async def test_what_is_parked_is_hurried_once_and_cannot_be_dismissed(desk: Desk) -> None:
    with desk.resting():
        await desk.receives("Acme", "300.00")
    async with desk.office.database.write(FIRM) as db:
        parked = {"waits_for": SOMETHING_OF_OURS, "due_at": LATER}
        await db.execute(update(outbox).values(**parked))
    (standing,) = await standings(desk)
    alert = standing.alert.id
    assert (standing.alert.topic, standing.total) == (PARKED, 2)
    with pytest.raises(Refused, match="Only what QuickBooks refused can be dismissed"):
        await desk.office.alerts.dismiss(FIRM, alert, why="x", by=ANNA)
    assert await retry(desk, alert) == Done(2, 2)
    assert await retry(desk, alert) == Done(0, 2)
    await desk.goes_on()
    assert desk.office.totals == ["300.00"]
    assert await standings(desk) == []


async def test_the_same_choice_twice_is_one_snooze_and_another_is_another(desk: Desk) -> None:
    desk.closes_the_books(TODAY)
    await desk.receives("Acme", "300.00")
    alert, service = await the_alert(desk), desk.office.alerts
    for until in (LATER, LATER + timedelta(seconds=3), LATER + timedelta(hours=20)):
        await service.snooze(FIRM, alert, until=until, by=ANNA)
    await service.claim(FIRM, alert, by=ANNA)
    await service.claim(FIRM, alert, by=ANNA)
    told = [(each.act, each.until) for each in await history(desk, alert)]
    assert told == [
        ("snoozed", LATER),
        ("snoozed", LATER + timedelta(hours=20)),
        ("claimed", None),
    ]


async def test_nobody_does_anything_about_what_is_resolved_or_another_firms(desk: Desk) -> None:
    desk.closes_the_books(TODAY)
    payment = await desk.receives("Acme", "300.00")
    alert, service = await the_alert(desk), desk.office.alerts
    for firm, which in ((OTHER_FIRM, alert), (FIRM, AlertId(uuid4()))):
        with pytest.raises(NotFound, match="There is no such alert"):
            await service.retry(firm, which, by=ANNA)
    await desk.dismisses(payment, why="the auditor’s")
    assert await standings(desk) == []
    for act in (
        service.retry(FIRM, alert, by=ANNA),
        service.claim(FIRM, alert, by=ANNA),
        service.snooze(FIRM, alert, until=LATER, by=ANNA),
        service.dismiss(FIRM, alert, why="x", by=ANNA),
    ):
        with pytest.raises(Refused, match="resolved already"):
            await act
    assert await desk.says(payment) == ["Skipped: dismissed"]
    assert desk.books == Books()


async def test_a_lost_connection_is_resolved_once_all_that_waited_is_through(desk: Desk) -> None:
    await desk.office.keys.lose(desk.office.realm, "Intuit no longer takes it")
    payment = await desk.receives("Acme", "300.00")
    (standing,) = await standings(desk)
    assert standing.alert.topic == CONNECTION
    assert (standing.is_connected, standing.waiting) == (False, 2)
    assert standing.because == "Intuit no longer takes it"
    with pytest.raises(Refused, match="Only what QuickBooks refused can be dismissed"):
        await desk.office.alerts.dismiss(FIRM, standing.alert.id, why="x", by=ANNA)
    desk.office.clock.advance(timedelta(minutes=5))
    await desk.office.come_back()
    (draining,) = await standings(desk)
    assert (draining.is_connected, draining.waiting) == (True, 2)
    await desk.goes_on()
    assert await standings(desk) == []
    assert await desk.says(payment) == ["Synced"]
    (resolved,) = await history(desk, standing.alert.id)
    assert (resolved.act, resolved.by) == ("resolved", (ANNA,))
