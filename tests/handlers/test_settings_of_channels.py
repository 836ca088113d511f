"""Where and when the team is told: chosen in the same form, saved with all else."""

from tests.handlers.test_settings import open_settings
from tests.world import DEFAULT, World


async def test_quiet_hours_start_off_and_alerts_go_nowhere(world: World) -> None:
    modal = await open_settings(world)
    assert modal.value("Alert channel") is None
    assert modal.value("Alert rhythm") == "At once"
    assert modal.value("Quiet from") is None
    assert modal.value("Quiet until") is None
    assert modal.value("Time zone") == "UTC"


async def test_what_was_chosen_is_there_the_next_time(world: World) -> None:
    books = world.workspace.add_channel("books", private=True, members=[world.olivia, world.anna])
    modal = await open_settings(world)
    await modal.choose("Alert channel", books.name)
    await modal.choose("Alert rhythm", "Once a day")
    await modal.fill("Quiet from", "18:30")
    await modal.fill("Quiet until", "07:00")
    assert await modal.search("Time zone", "stockh") == ["Europe/Stockholm"]
    await modal.choose("Time zone", "Europe/Stockholm")
    await modal.choose("Channels for payments", books.name)
    assert (await modal.submit()).accepted
    again = await open_settings(world)
    assert again.value("Alert channel") == "books"
    assert again.value("Alert rhythm") == "Once a day"
    assert again.value("Quiet from") == "18:30"
    assert again.value("Quiet until") == "07:00"
    assert again.value("Time zone") == "Europe/Stockholm"
    await again.clear("Quiet from")
    await again.clear("Quiet until")
    await again.clear("Alert channel")
    assert (await again.submit()).accepted
    assert (await open_settings(world)).value("Quiet from") is None


async def test_the_weekly_digest_is_on_until_an_admin_turns_it_off(world: World) -> None:
    for is_on in (True, False, True):
        modal = await open_settings(world)
        assert bool(modal.value("Digest")) == is_on
        await (modal.uncheck if is_on else modal.check)("Weekly digest")
        assert (await modal.submit()).accepted


async def test_an_alert_channel_that_counterfoil_cannot_write_in_is_said_at_the_field(
    world: World,
) -> None:
    staff, add = [world.olivia], world.workspace.add_channel
    public = add("books", members=staff, with_app=False)
    private = add("partners", private=True, members=staff, with_app=False)
    old = add("y2024", members=staff)
    world.workspace.conversations[old.id].archived = True
    invite = "Invite Counterfoil to {} first: /invite @Counterfoil"
    modal = await open_settings(world)
    for channel, why in (
        (public, invite.format("#books")),
        (private, invite.format("this channel")),
        (old, "#y2024 is archived. Choose another channel."),
    ):
        await modal.choose("Alert channel", channel.name)
        assert (await modal.submit()).errors == {"Alert channel": why}
    await modal.choose("Alert channel", public.name)
    world.workspace.conversations[public.id].members.add(world.workspace.bot_user_id)
    assert (await modal.submit()).accepted


async def test_where_slack_does_not_say_nothing_is_saved(world: World) -> None:
    books = world.workspace.add_channel("books", members=[world.olivia])
    modal = await open_settings(world)
    await modal.choose("Alert channel", books.name)
    world.workspace.failures.add(method="conversations.info", error="internal_error")
    result = await modal.submit()
    assert result.errors["Alert channel"].startswith("Slack did not say whether Counterfoil is in")
    assert (await modal.submit()).accepted


async def test_quiet_hours_need_both_ends_and_nothing_else_is_saved(world: World) -> None:
    modal = await open_settings(world)
    await modal.check(DEFAULT)
    await modal.fill("Quiet from", "18:30")
    result = await modal.submit()
    assert result.errors == {"Quiet until": "Quiet hours need a beginning and an end."}
    await modal.cancel()
    assert not (await open_settings(world)).is_checked(DEFAULT)
