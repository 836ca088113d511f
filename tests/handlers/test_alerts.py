"""What the team reads of failures, and what its buttons do."""

from sandbox.slack import Person
from sandbox.slack.message import Message
from tests.handlers.alerting import Team, answer, follow, form, told_in_thread
from tests.world import payments_of


async def test_payments_that_fail_for_one_cause_are_one_message(team: Team) -> None:
    """And whoever recorded one hears of it directly as well, once."""
    await team.opens_channel()
    await team.fails("500.00", "501.00")
    alert = await team.alert(says="2 payments need a person.")
    assert "P-1001 · Acme · $500.00 · Failed" in alert.plain
    assert "The bookkeeper can open the period in QuickBooks" in alert.plain
    assert "$1,001.00 in all." in alert.plain
    assert len(team.channel.messages) == 1
    assert [each.text.count("Failed") for each in payments_of(team.anna)] == [1, 1]
    assert len(replies_to(team.anna)) <= 2
    await alert.press("Claim")
    await team.until(alert, "Claimed by @Anna Berg.")
    await alert.press("Retry all")
    await team.until(alert, "Resolved: The books are closed · 2 records · in 1 min · by @Anna Berg")
    assert sorted(team.world.totals) == ["500.00", "501.00"]
    await team.until_told(alert, "Resolved")
    assert told_in_thread(alert) == [
        "@Anna Berg is at it.",
        "@Anna Berg retried 2.",
        "Resolved by @Anna Berg.",
    ]


def replies_to(person: Person) -> list[Message]:
    """What was said to them in threads."""
    return [each for each in person.direct_messages if each.thread_ts]


async def test_a_row_has_its_own_way_out(team: Team) -> None:
    """Retry is for that one alone; Details stand beside the alert, with all that can be done."""
    await team.opens_channel()
    await team.fails("500.00", "501.00")
    alert = await team.alert(says="2 payments")
    await alert.press("Details", nth=1)
    (details,) = await team.anna.replies()
    assert details.plain.startswith("P-1002 · Failed")
    await alert.press("Retry", nth=0)
    await team.until(alert, "1 payment needs a person.")
    assert team.world.totals == ["500.00"]
    await details.press("Sync payment to QuickBooks")
    await team.until(alert, "Resolved")
    assert team.world.totals == ["500.00", "501.00"]
    await team.until_told(alert, "Resolved by @Anna Berg.")
    assert told_in_thread(alert)[0] == "@Anna Berg retried 1."


async def test_a_snooze_is_seen_and_told_and_a_dismissal_says_why(team: Team) -> None:
    await team.opens_channel()
    payments = await team.fails("500.00")
    alert = await team.alert()
    modal = await form(team.anna, alert, "Snooze")
    await modal.choose("Snooze for", "4 hours")
    assert (await modal.submit()).accepted
    await team.until(alert, "Snoozed until ")
    modal = await form(team.olivia, await team.alert(team.olivia), "Dismiss")
    assert "The books are closed · 1 payment" in modal.text
    await modal.fill("Why?", "The auditor *booked* it <!here>")
    assert (await modal.submit()).accepted
    await team.until(alert, "Resolved: The books are closed · 1 record · in 1 min · by @Olivia")
    await team.until(payments[0], "Skipped")
    await team.until_told(alert, "Resolved")
    snoozed, dismissed, _ = told_in_thread(alert)
    assert snoozed.startswith("@Anna Berg snoozed this until ")
    assert dismissed.startswith("@Olivia Owner dismissed 1. “The auditor ")
    assert "*booked*" not in dismissed
    assert dismissed.endswith(" it <!here>”")
    assert team.world.workspace.mass_mentions == []
    assert team.world.totals == []


async def test_a_lost_connection_is_said_once_and_resolves_when_all_is_through(team: Team) -> None:
    """Only an admin connects; what waited goes on by itself."""
    await team.opens_channel()
    (granted,) = team.world.quickbooks.tokens._connections.values()
    granted.revoked = True
    waiting = await team.world.record(sync=True)
    alert = await team.alert(says="QuickBooks is disconnected")
    await team.until(alert, "2 records wait for it, and nothing is lost.")
    await alert.press("Connect")
    assert "Only admins may" in await answer(team.anna)
    seen = await team.alert(team.olivia)
    await seen.press("Connect")
    (link,) = await team.olivia.replies()
    assert link.is_ephemeral
    await follow(link.link("Connect to QuickBooks"))
    await team.until(alert, "Resolved: QuickBooks is connected again")
    await team.until(waiting, "Synced")
    assert team.world.totals == ["500.00"]
    assert alert.plain.endswith("by @Olivia Owner")
