"""Who may press what in an alert; and what is pressed twice, too late, or was never there."""

import sqlite3
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from handlers import ids
from handlers.alerts.found import NOTHING_LEFT
from sandbox.slack import payloads
from sandbox.slack.delivery import interaction
from sandbox.slack.message import Message
from sandbox.slack.screen import find_pressable
from services.domain.hours import next_monday
from tests.handlers.alerting import Team, answer, form, told_in_thread, value_of
from tests.handlers.forging import ledger_of, press, send, submission
from tests.handlers.test_late_presses import sql

BUTTONS = ("Claim", "Retry all", "Retry", "Snooze", "Dismiss", "Details")
RESOLVED = "This is resolved already."
OUTDATED = "This is from another version. Type the command again."


async def test_who_does_not_belong_to_the_firm_changes_nothing(team: Team) -> None:
    guest = team.world.workspace.add_person("Gus", guest=True)
    stranger = team.world.workspace.add_person("Sten", team_id="T0ELSEWHERE")
    await team.opens_channel(guest, stranger)
    await team.fails("500.00")
    alert = await team.alert()
    before = ledger_of(team.world)
    for person in (guest, stranger):
        seen = await team.alert(person)
        for label in BUTTONS:
            await seen.press(label)
            assert "Only full members of " in await answer(person)
        assert person.modal_in_front is None
    await leave_while_pressing(team, alert)
    modal = await form(team.anna, alert, "Dismiss")
    await modal.fill("Why?", "I am leaving")
    await team.world.workspace.change(team.anna, guest=True)
    assert "Only full members of " in (await modal.submit()).errors["Why?"]
    assert ledger_of(team.world) == before
    assert team.world.totals == []


async def leave_while_pressing(team: Team, alert: Message) -> None:
    """Dora is deactivated while her press is on its way."""
    workspace, dora = team.world.workspace, team.world.workspace.add_person("Dora")
    post = workspace.conversations[alert.channel].posts[alert.ts]
    pressed = find_pressable(alert.blocks, "Retry all", nth=None)
    account = workspace.act(dora.id)
    late = interaction(payloads.message_action(workspace, account, post, pressed))
    await workspace.deactivate(dora)
    await workspace.courier.deliver(late)
    assert "Only full members of " in await answer(dora)


async def test_recorders_approvers_and_admins_may_do_everything(team: Team) -> None:
    """Whoever claims it later takes it over; each choice of a snooze is another."""
    bob = team.world.workspace.add_person("Bob", admin=True)
    await team.opens_channel(bob)
    await team.fails("500.00", "501.00")
    alert = await team.alert(says="2 payments")
    for person in (team.anna, team.olivia, bob):
        await (await team.alert(person)).press("Claim")
        await team.until(alert, f"Claimed by @{person.name}.")
    for choice, span in (("1 hour", 1), ("4 hours", 4), ("24 hours", 24)):
        await snooze(team, alert, choice)
        assert abs(snoozed_until(team) - now() - timedelta(hours=span)) < timedelta(minutes=1)
    await snooze(team, alert, "Until Monday morning")
    assert snoozed_until(team) == next_monday("UTC", now())
    await (await team.alert(team.olivia)).press("Retry", nth=0)
    await team.until(alert, "1 payment needs a person")
    modal = await form(bob, await team.alert(bob), "Dismiss")
    await modal.fill("Why?", "Not ours")
    assert (await modal.submit()).accepted
    await team.until(alert, "Resolved")
    assert "by @Bob, @Olivia Owner" in alert.plain or "by @Olivia Owner, @Bob" in alert.plain
    assert team.world.totals == ["500.00"]


async def snooze(team: Team, alert: Message, choice: str) -> None:
    modal = await form(team.anna, alert, "Snooze")
    await modal.choose("Snooze for", choice)
    assert (await modal.submit()).accepted


def now() -> datetime:
    return datetime.now(UTC)


def snoozed_until(team: Team) -> datetime:
    since = int(sql(team.world, "SELECT snoozed_until FROM alerts"))
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=since)


async def test_what_is_pressed_twice_is_done_once(team: Team) -> None:
    """At the same time and in turn; whoever comes second is told."""
    await team.opens_channel()
    await team.fails("500.00")
    alert = await team.alert()
    await alert.press("Claim", times=2)
    await team.until(alert, "Claimed by @Anna Berg")
    modal = await form(team.anna, alert, "Snooze")
    assert (await modal.submit()).accepted
    assert (await modal.submit(again=True)).accepted
    await team.until(alert, "Snoozed until")
    value = value_of(alert, "Retry all")
    await alert.press("Retry all", times=2)
    assert await answer(team.anna) in {NOTHING_LEFT, RESOLVED}
    await press(team.world, alert, team.anna, ids.RETRY_ALL, value)
    assert await answer(team.anna) in {NOTHING_LEFT, RESOLVED}
    await team.until(alert, "Resolved")
    await team.until_told(alert, "Resolved")
    acts = [each.partition(" Berg ")[2].split(" until")[0] for each in told_in_thread(alert)]
    assert acts == ["is at it.", "snoozed this", "retried 1.", ""]
    assert team.world.totals == ["500.00"]


async def test_a_dismissal_that_is_sent_twice_or_too_late_is_one(team: Team) -> None:
    await team.opens_channel()
    (payment,) = await team.fails("500.00")
    alert = await team.alert()
    late = await form(team.olivia, await team.alert(team.olivia), "Dismiss")
    await late.fill("Why?", "I was slower")
    modal = await form(team.anna, alert, "Dismiss")
    await modal.fill("Why?", "Not ours")
    assert (await modal.submit()).accepted
    before = ledger_of(team.world)[:-2]
    again = await modal.submit(again=True)
    assert again.errors.get("Why?", RESOLVED) in {NOTHING_LEFT, RESOLVED}
    result = await late.submit()
    assert result.errors["Why?"] in {NOTHING_LEFT, RESOLVED}
    await team.until(alert, "Resolved")
    await team.until(payment, "Skipped")
    assert ledger_of(team.world)[:-2] == before


async def test_a_dismissal_that_takes_long_goes_on_behind_its_answer(team: Team) -> None:
    """Slack would not wait for it: here somebody else writes into the ledger all the while."""
    await team.opens_channel()
    (payment,) = await team.fails("500.00")
    alert = await team.alert()
    modal = await form(team.anna, alert, "Dismiss")
    await modal.fill("Why?", "Not ours")
    with sqlite3.connect(team.world.config.database_url.removeprefix("sqlite:///")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await modal.submit()).accepted
        await team.world.message_to(team.anna, "So many are not dismissed at once")
        assert payment.text.startswith("P-1001 · Failed")
        other.rollback()
    await team.until(alert, "Resolved")
    await team.until(payment, "Skipped")


async def test_a_stale_copy_is_answered_and_changes_nothing(team: Team) -> None:
    await team.opens_channel()
    await team.fails("500.00")
    alert = await team.alert()
    value, row = value_of(alert, "Claim"), value_of(alert, "Retry")
    stale = await form(team.anna, alert, "Snooze")
    await alert.press("Retry all")
    await team.until(alert, "Resolved")
    await team.until_told(alert, "Resolved")
    before = ledger_of(team.world)
    assert (await stale.submit()).errors == {"Snooze for": RESOLVED}
    await stale.cancel()
    for name in (ids.CLAIM_ALERT, ids.RETRY_ALL, ids.SNOOZE_ALERT, ids.DISMISS_ALERT):
        await press(team.world, alert, team.anna, name, value)
        assert await answer(team.anna) == RESOLVED, name
    await press(team.world, alert, team.anna, ids.RETRY_ONE, row)
    assert await answer(team.anna) == RESOLVED
    assert team.anna.modal_in_front is None
    assert ledger_of(team.world) == before
    assert team.world.totals == ["500.00"]


async def test_what_nobody_could_press_changes_nothing(team: Team) -> None:
    """Garbage, another firm's alert, a record that is not in it, and forms with choices of ours."""
    await team.opens_channel()
    await team.fails("500.00")
    await team.world.record(sync=False, amount="9.00")
    alert = await team.alert()
    value = value_of(alert, "Claim")
    other = UUID(hex=sql(team.world, "SELECT id FROM payments WHERE amount_minor = 900"))
    modal = await form(team.anna, alert, "Snooze")
    before = ledger_of(team.world)
    for name in (ids.CLAIM_ALERT, ids.RETRY_ALL, ids.SNOOZE_ALERT, ids.DISMISS_ALERT):
        for forged, said in ((str(uuid4()), "There is no such alert."), ("'; --", OUTDATED)):
            await press(team.world, alert, team.anna, name, forged)
            assert await answer(team.anna) == said, name
    for forged, said in ((f"{value} {other}", NOTHING_LEFT), (value, OUTDATED), ("", OUTDATED)):
        await press(team.world, alert, team.anna, ids.RETRY_ONE, forged)
        assert await answer(team.anna) == said
    for hours in ("999999", "-4", "x", ""):
        chosen = {"snooze_for": {"snooze_for": {"selected_option": {"value": hours}}}}
        forged_form = submission(team.world, team.anna, modal, state={"values": chosen})
        assert OUTDATED in str(await send(team.world, forged_form))
    elsewhere = submission(team.world, team.anna, modal, private_metadata=str(uuid4()))
    assert "There is no such alert." in str(await send(team.world, elsewhere))
    assert ledger_of(team.world) == before
    assert team.world.totals == []
