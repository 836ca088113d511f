"""/quickbooks and /quickbooks failures: the same alerts with the same buttons, for one person."""

from tests.handlers.alerting import Team, answer, form
from tests.handlers.invoicing import shown


async def test_what_is_pressed_in_an_answer_is_answered_in_its_place(team: Team) -> None:
    """And the team reads of it in the channel."""
    await team.opens_channel()
    await team.fails("500.00", "501.00")
    alert = await team.alert(says="2 payments")
    read = await shown(team.anna, "/quickbooks failures")
    assert read.plain == alert.plain
    assert read.buttons == alert.buttons
    await read.press("Claim")
    await team.until(read, "Claimed by @Anna Berg.")
    await team.until(alert, "Claimed by @Anna Berg.")
    await read.press("Details", nth=0)
    assert "P-1001 · Failed" in await answer(team.anna)
    assert "2 payments need a person" in read.plain
    await read.press("Retry", nth=0)
    await team.until(read, "1 payment needs a person")
    stale = await shown(team.olivia, "/quickbooks failures")
    await team.until(alert, "1 payment needs a person.")
    await read.press("Retry all")
    await team.until(alert, "Resolved")
    assert sorted(team.world.totals) == ["500.00", "501.00"]
    await stale.press("Retry all")
    assert await answer(team.olivia) == "This is resolved already."
    assert "1 payment needs a person" in stale.plain
    assert (await shown(team.olivia, "/quickbooks failures")).plain == "Nothing needs a person."


async def test_the_health_of_the_connection_comes_with_what_needs_a_person(team: Team) -> None:
    """Also where no channel was chosen, and to those who are told nowhere else."""
    await team.fails("500.00")
    read = await shown(team.anna, "/quickbooks")
    health, _, alert = read.plain.partition("The books are closed · ")
    assert "Payments – Failed: 1" in health
    assert alert.startswith("1 payment needs a person.")
    modal = await form(team.anna, read, "Snooze")
    assert (await modal.submit()).accepted
    assert "Snoozed until" in (await shown(team.anna, "/quickbooks")).plain
    modal = await form(team.anna, read, "Dismiss")
    await modal.fill("Why?", "Booked by hand")
    assert (await modal.submit()).accepted
    assert "The books are closed" not in (await shown(team.anna, "/quickbooks")).plain


async def test_a_change_that_was_not_accepted_is_seen_and_let_go_of(team: Team) -> None:
    """Nobody can retry it for the lot; who dismisses it keeps what QuickBooks has."""
    world = team.world
    await team.opens_channel()
    message = await world.record(sync=True, person=team.olivia)
    await team.until(message, "Synced")
    team.refuses()
    await message.press("Unsync payment from QuickBooks")
    assert (await (await team.olivia.modal()).submit()).accepted
    alert = await team.alert(team.olivia)
    assert "P-1001 · Acme · $500.00 · Synced: a change was not accepted" in alert.plain
    assert "Retry all" not in alert.buttons
    await alert.press("Details")
    (details,) = await team.olivia.replies()
    assert "Change not accepted" in details.plain
    assert "Unsync payment from QuickBooks" in details.buttons
    modal = await form(team.olivia, alert, "Dismiss")
    assert "QuickBooks keeps what it has" in modal.text
    await modal.fill("Why?", "It stays")
    assert (await modal.submit()).accepted
    await team.until(alert, "Resolved")
    assert "Change not accepted" not in (await shown(team.olivia, "/payment show P-1001")).plain
    assert world.totals == ["500.00"]


async def test_what_others_may_read_names_nobody_and_is_told_to_who_asks(team: Team) -> None:
    """A public channel; what QuickBooks says is in Details, and only for whoever pressed it."""
    await team.opens_channel(private=False)
    words = "Acme owes $500.00 to Möbius."
    team.refuses("9999", words)
    await team.world.record(sync=True)
    alert = await team.alert()
    sent = f"{alert.text} {alert.blocks}"
    for secret in ("Acme", "500", "Möbius", "For Intuit’s support"):
        assert secret not in sent
    assert "P-1001 · Failed" in alert.plain
    await alert.press("Details")
    (details,) = await team.anna.replies()
    assert details.is_ephemeral
    assert words.removesuffix(".") in details.plain
    assert "For Intuit’s support: " in details.plain
    team.channel.make_private()
    await team.until(alert, "P-1001 · Acme · $500.00 · Failed")
    assert words.removesuffix(".") in alert.plain
    team.channel.share()
    await team.until(alert, "P-1001 · Failed")
    assert "Acme" not in f"{alert.text} {alert.blocks}"
    modal = await form(team.anna, alert, "Dismiss")
    await modal.fill("Why?", "Acme pays cash")
    assert (await modal.submit()).accepted
    await team.until_told(alert, "@Anna Berg dismissed 1.")
    assert all("Acme" not in each.plain for each in alert.replies)
