"""What is told besides failures: a connection that is lost or ends, doubt, and mistakes of ours."""

import re
from datetime import timedelta

from sandbox.quickbooks import Fault, Kind
from tests.alerts.stories import aloud
from tests.alerts.town import DAY, HOUR, MINUTE, SECOND, Town, in_weeks
from tests.simulation.kernel import Fate

LOST = "QuickBooks is disconnected"
ENDS_SOON = "The access to QuickBooks ends soon"
IN_DOUBT = "QuickBooks does not say whether it arrived"
OURS = "Something went wrong on our side"


@in_weeks()
async def test_a_connection_that_is_lost_is_one_alert_and_nothing_fails(town: Town) -> None:
    firm = town.firm
    firm.revokes_access()
    await firm.receives(40)
    await town.passes(HOUR)
    (alert,) = firm.alerts
    assert LOST in alert.plain
    assert "41 records wait" in alert.plain  # Their client too.
    await firm.connects()
    await town.passes(HOUR)
    assert len(firm.alerts) == 1
    assert "Resolved" in alert.plain
    assert len(firm.company.payments()) == 40


@in_weeks(look_every=10 * SECOND)
async def test_once_it_is_back_the_alert_counts_down_what_drains(town: Town) -> None:
    firm = town.firm
    firm.revokes_access()
    await firm.receives(150)
    await town.passes(MINUTE)
    await firm.connects()
    await town.passes(3 * MINUTE)
    (alert,) = firm.alerts
    drains = [each for each in alert.edits if each.startswith("QuickBooks is connected again: ")]
    left = [int(re.findall(r"\d+", each)[0]) for each in drains]
    assert len(left) >= 2
    assert left == sorted(left, reverse=True)
    assert "Resolved" in alert.plain


@in_weeks()
async def test_what_an_admin_disconnects_alerts_nobody(town: Town) -> None:
    await town.firm.disconnects()
    await town.firm.receives(3)
    await town.passes(HOUR)
    assert town.firm.alerts == []


@in_weeks()
async def test_a_lost_connection_is_told_once_a_day_until_it_is_back(town: Town) -> None:
    firm = town.firm
    firm.revokes_access()
    await firm.receives()
    await town.passes(HOUR)
    town.look_every = HOUR
    await town.passes(3 * DAY)
    (alert,) = firm.alerts
    assert len(aloud(alert)) == 2
    await firm.connects()
    await town.passes(2 * DAY)
    assert len(aloud(alert)) == 2


@in_weeks()
async def test_that_the_access_ends_is_told_two_weeks_before(town: Town) -> None:
    firm = town.firm
    town.look_every = HOUR
    firm.ends_access_in(timedelta(days=20))
    for _ in range(5):  # Each asks for another access token.
        await firm.receives()
        await town.passes(DAY)
    assert firm.alerts == []
    await town.passes(2 * DAY)
    (alert,) = firm.alerts
    assert ENDS_SOON in alert.plain
    assert "2026-03-22" in alert.plain
    await firm.connects()
    await town.passes(DAY)
    assert "Resolved" in alert.plain


@in_weeks()
async def test_what_is_in_doubt_for_a_day_is_told_and_never_sent_twice(town: Town) -> None:
    firm = town.firm
    await firm.receives()
    await town.passes(HOUR)
    town.look_every = HOUR
    town.network.script(Fate.CUT_AFTER, line="POST /v3/company/")
    town.quickbooks.faults.add(Fault(kind=Kind.UNAVAILABLE, entity="query", nth=2, count=None))
    await firm.receives()
    await town.passes(23 * HOUR)
    assert firm.alerts == []
    await town.passes(3 * HOUR)
    (alert,) = firm.alerts
    assert IN_DOUBT in alert.plain
    assert "1 payment" in alert.plain
    town.quickbooks.faults.clear()
    await town.passes(DAY)
    assert "Resolved" in alert.plain
    assert len(firm.company.payments()) == 2


@in_weeks()
async def test_what_nobody_foresaw_is_told_as_ours_and_is_over_once_it_goes(town: Town) -> None:
    firm = town.firm
    await firm.receives()
    await town.passes(HOUR)
    (customer,) = firm.company.customers()
    by_hand = firm.company.add_payment(customer["Id"], "100.00")
    there = firm.company._books.find("Payment", by_hand["Id"])
    assert there is not None
    there["TotalAmt"] = "much"
    await firm.receives()
    await town.passes(HOUR)
    (alert,) = firm.alerts
    assert OURS in alert.plain
    there["TotalAmt"] = "100.00"
    town.look_every = HOUR
    await town.passes(DAY)
    assert "Resolved" in alert.plain
    town.journal.bugs.clear()  # It was one.
