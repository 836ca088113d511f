"""Hundreds that fail at once, and dozens of reasons."""

from services.alerts import Done
from services.domain.alerts import OTHERS
from services.domain.sync import RecordKind, Status
from tests.builders import ANNA, FIRM, some_money
from tests.services.books.desk import Desk
from tests.services.books.failing import count_open, fail_many, retry, standings, the_alert


async def test_six_hundred_that_failed_together_are_retried_and_dismissed_together(
    desk: Desk,
) -> None:
    await desk.syncs("Acme")
    await fail_many(desk, 600)
    alert = await the_alert(desk)
    (standing,) = await standings(desk)
    assert standing.total == 600
    assert standing.sums == {RecordKind.PAYMENT: (some_money("180300.00"),)}
    assert await retry(desk, alert) == Done(600, 600)
    assert await count_open(desk) == 600
    (standing,) = await standings(desk)
    assert standing.count(Status.SYNCING) == 600
    assert await desk.office.alerts.dismiss(FIRM, alert, why="late", by=ANNA) == Done(0, 600)


async def test_what_goes_beyond_twenty_causes_is_one_alert_and_retried_as_one(desk: Desk) -> None:
    """It stays one until it is solved, also where others are solved before."""
    await desk.syncs("Acme")
    await fail_many(desk, 69, causes=23)
    before = {each.alert.topic: each for each in await standings(desk)}
    others = before.pop(OTHERS)
    assert (others.total, [each.total for each in before.values()]) == (9, [3] * 20)
    first = next(iter(before.values())).alert
    await desk.office.alerts.dismiss(FIRM, first.id, why="x", by=ANNA)
    assert sorted(each.total for each in await standings(desk)) == [*[3] * 19, 9]
    assert await retry(desk, others.alert.id) == Done(9, 9)
    await desk.goes_on()
    assert [each.total for each in await standings(desk)] == [3] * 19
    assert len(desk.office.totals) == 9
