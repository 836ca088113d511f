"""Who is an admin, an approver, a recorder: from Slack at first, from the firm once it says so."""

from sandbox.slack import Modal, Person
from tests.handlers.invoicing import shown
from tests.world import World


async def settings_of(person: Person) -> Modal:
    await person.command("/quickbooks settings")
    return await person.modal(title="Settings")


async def name_admin(world: World, person: Person) -> None:
    modal = await settings_of(world.olivia)
    await modal.choose("Admins", person.name)
    result = await modal.submit()
    assert result.accepted, result.errors


async def test_once_admins_are_named_rank_in_slack_grants_nothing(world: World) -> None:
    await name_admin(world, world.anna)
    assert (await settings_of(world.anna)).value("Admins") == [world.anna.id]
    reply = await shown(world.olivia, "/quickbooks settings")
    assert "Only admins may" in reply.plain
    assert "Ask one of Counterfoil's admins." in reply.plain
    assert world.olivia.modal_in_front is None


async def test_a_form_that_was_opened_with_more_rights_is_not_saved(world: World) -> None:
    old = await settings_of(world.olivia)
    await old.cancel()
    await world.olivia.command("/quickbooks settings")
    stale = await world.olivia.modal(title="Settings")
    bob = world.workspace.add_person("Bob", admin=True)
    modal = await settings_of(bob)
    await modal.choose("Admins", "Bob")
    assert (await modal.submit()).accepted
    result = await stale.submit()
    assert "Only admins may" in next(iter(result.errors.values()))


async def test_an_approver_unsyncs_and_chooses_nothing(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await world.until(await world.record(sync=True), "Synced")
    refused = await shown(world.anna, "/payment unsync P-1001")
    assert "Only approvers may" in refused.plain
    modal = await settings_of(world.olivia)
    await modal.choose("Approvers", "Anna Berg")
    assert (await modal.submit()).accepted
    await world.anna.command("/payment unsync P-1001")
    assert (await (await world.anna.modal()).submit()).accepted
    await world.message_to(world.anna, "Not synced")
    assert world.totals == []
    assert "Only admins may" in (await shown(world.anna, "/quickbooks settings")).plain
    assert (await settings_of(world.olivia)).value("Approvers") == [world.anna.id]


async def test_the_last_admin_does_not_leave_without_naming_another(world: World) -> None:
    await name_admin(world, world.anna)
    modal = await settings_of(world.anna)
    await modal.clear("Admins")
    result = await modal.submit()
    assert result.errors == {
        "Admins": "Somebody must be an admin: name another one before the last goes."
    }
    await modal.choose("Admins", "Olivia Owner")
    assert (await modal.submit()).accepted
    assert (await settings_of(world.olivia)).value("Admins") == [world.olivia.id]


async def test_only_full_members_are_named(world: World) -> None:
    world.workspace.add_person("Gus", guest=True)
    modal = await settings_of(world.olivia)
    await modal.choose("Approvers", "Gus")
    result = await modal.submit()
    assert result.errors == {"Approvers": "Only full members of this workspace can be named."}


async def test_a_named_admin_who_becomes_a_guest_may_do_nothing(world: World) -> None:
    await name_admin(world, world.anna)
    await world.workspace.change(world.anna, guest=True)
    reply = await shown(world.anna, "/quickbooks settings")
    assert "Only full members of this workspace" in reply.plain
