"""What the team presses, over days: it reaches the real bot, and the alert keeps to it."""

from datetime import UTC, datetime

from sandbox.slack import Message
from tests.alerts.firm import SAVINGS, Firm, said_at
from tests.alerts.stories import aloud, fails
from tests.alerts.town import DAY, HOUR, MINUTE, Town, in_weeks

STOCKHOLM = {"time_zone": "Europe/Stockholm"}
WEDNESDAY = datetime(2026, 3, 4, 9, tzinfo=UTC)


async def seen_by_anna(town: Town) -> Message:
    """The alert, an hour after it failed, as somebody who may press."""
    town.program.answer_slack()
    await fails(town.firm, 3)
    await town.passes(HOUR)
    (alert,) = town.firm.anna.messages(town.firm.channel)
    return alert


async def is_snoozed(firm: Firm, alert: Message, until: str) -> None:
    await alert.press("Snooze")
    modal = await firm.anna.modal()
    await modal.choose("Snooze for", until)
    assert (await modal.submit()).accepted


@in_weeks(start=WEDNESDAY)
async def test_what_is_snoozed_until_monday_is_said_again_at_nine_where_the_firm_is(
    town: Town,
) -> None:
    await town.firm.alerts_go_to(town.firm.channel, **STOCKHOLM)
    alert = await seen_by_anna(town)
    await is_snoozed(town.firm, alert, "Until Monday morning")
    town.look_every = HOUR
    monday = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    await town.reaches(monday + 4 * HOUR)
    (again,) = aloud(alert)
    assert monday <= said_at(again) <= monday + HOUR


@in_weeks()
async def test_what_is_snoozed_for_four_hours_is_said_again_after_them(town: Town) -> None:
    alert = await seen_by_anna(town)
    await is_snoozed(town.firm, alert, "4 hours")
    snoozed_at = town.clock.now()
    await town.passes(6 * HOUR)
    (again,) = aloud(alert)
    assert snoozed_at + 4 * HOUR <= said_at(again) < snoozed_at + 5 * HOUR


@in_weeks()
async def test_what_is_solved_while_it_is_snoozed_is_resolved_at_once(town: Town) -> None:
    alert = await seen_by_anna(town)
    await is_snoozed(town.firm, alert, "24 hours")
    town.firm.brings_back(SAVINGS)
    await alert.press("Retry all")
    await town.passes(MINUTE)
    assert len(town.firm.company.payments()) == 3
    await town.passes(20 * MINUTE)
    assert "Resolved" in alert.plain
    await town.passes(2 * DAY)
    assert aloud(alert) == []


@in_weeks()
async def test_a_retry_of_what_is_not_mended_fails_again_in_the_same_message(town: Town) -> None:
    alert = await seen_by_anna(town)
    for _ in range(3):
        await alert.press("Retry all")
        await town.passes(HOUR)
    assert len(town.firm.alerts) == 1
    assert "3 payments" in alert.plain
    assert len(alert.replies) == 3  # Who asked for it again, each time.


@in_weeks()
async def test_what_is_claimed_says_by_whom_and_is_said_again_all_the_same(town: Town) -> None:
    alert = await seen_by_anna(town)
    await alert.press("Claim")
    await town.passes(MINUTE)
    assert "Claimed by @Anna Berg" in alert.plain
    town.look_every = HOUR
    await town.passes(2 * DAY)
    assert len(aloud(alert)) == 1


@in_weeks()
async def test_what_is_dismissed_is_resolved_and_stays_out(town: Town) -> None:
    alert = await seen_by_anna(town)
    await alert.press("Dismiss")
    modal = await town.firm.anna.modal()
    await modal.fill("Why?", "entered by the auditor")
    assert (await modal.submit()).accepted
    await town.passes(HOUR)
    assert "Resolved" in alert.plain
    assert any("entered by the auditor" in each.plain for each in alert.replies)
    assert town.firm.company.payments() == []
