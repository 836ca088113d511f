"""Who may do what: checked at every entry, from what Slack says of a person now."""

import pytest

from tests.world import SYNC, World, payments_of


async def test_a_guest_may_do_nothing(world: World) -> None:
    guest = world.workspace.add_person("Gus", guest=True)
    for line in ("/payment new", "/payment show P-1001", "/client new", "/quickbooks", "/payment"):
        await guest.command(line)
        (reply,) = await guest.replies()
        assert "Only full members of this workspace" in reply.plain
    refused = await guest.command("/payment sync P-1001")
    assert "Only full members of this workspace" in refused.plain
    assert guest.modal_in_front is None


async def test_people_of_another_workspace_may_do_nothing(world: World) -> None:
    stranger = world.workspace.add_person("Sten", team_id="T0ELSEWHERE")
    for line in ("/payment new", "/payment sync P-1001", "/counterfoil client new", "/quickbooks"):
        await stranger.command(line)
        (reply,) = await stranger.replies()
        assert "Only full members of the workspace" in reply.plain
    assert stranger.modal_in_front is None


@pytest.mark.parametrize("order", ["connect", "settings"])
async def test_staff_may_not_connect_or_choose(world: World, order: str) -> None:
    await world.anna.command(f"/quickbooks {order}")
    (reply,) = await world.anna.replies()
    assert "Only admins may" in reply.plain
    assert not reply.buttons
    assert world.anna.modal_in_front is None


async def test_whoever_leaves_loses_access_at_once(world: World) -> None:
    await world.add_client("Acme")
    modal = await world.begin_payment()
    message_before = await world.record(sync=False, person=world.olivia)
    await world.workspace.change(world.anna, guest=True)
    result = await modal.submit()
    assert not result.accepted
    assert "Only full members" in next(iter(result.errors.values()))
    assert payments_of(world.anna) == []
    assert "Not synced" in message_before.plain


async def test_an_admin_who_is_none_any_more_cannot_save_settings(world: World) -> None:
    await world.olivia.command("/quickbooks settings")
    modal = await world.olivia.modal()
    await world.workspace.change(world.olivia, owner=False)
    result = await modal.submit()
    assert "Only admins may" in next(iter(result.errors.values()))


async def test_a_reference_of_nobody_is_not_found(world: World) -> None:
    await world.anna.command("/payment show P-9999")
    (reply,) = await world.anna.replies()
    assert reply.plain == "There is no payment P-9999."


async def test_when_slack_does_not_say_who_somebody_is_nothing_is_done(world: World) -> None:
    world.workspace.failures.add(method="users.info", error="internal_error")
    await world.anna.command("/payment new")
    (reply,) = await world.anna.replies()
    assert reply.plain == "Slack did not tell me who you are. Please try again."
    await world.anna.command("/payment new")
    assert (await world.anna.modal()).labels[-1] == "QuickBooks"
    assert SYNC in (await world.anna.modal()).options("QuickBooks")
