"""Payments posted to a channel: where an admin allows it, and nobody from outside reads along."""

from sandbox.slack.message import Channel, Message
from sandbox.slack.modal import Modal
from tests.handlers.test_settings import open_settings
from tests.world import SYNC, World

BOX = "Post this payment to this channel too"


async def an_allowed_channel(world: World, *, private: bool = True) -> Channel:
    members = [world.olivia, world.anna]
    books = world.workspace.add_channel("books", private=private, members=members)
    modal = await open_settings(world)
    await modal.choose("Channels for payments", books.name)
    assert (await modal.submit()).accepted
    return books


async def form_in(world: World, channel: Channel) -> Modal:
    await world.anna.command("/payment new Acme 500", channel=channel)
    return await world.anna.modal()


async def record_in(world: World, channel: Channel) -> Message:
    """The message to Anna; the channel's comes beside it."""
    modal = await form_in(world, channel)
    await modal.uncheck(SYNC)
    result = await modal.submit()
    assert result.accepted, result.errors
    return await world.message_to(world.anna, "P-1001")


async def posted(world: World, channel: Channel) -> Message:
    await world.workspace.wait_until(lambda: channel.messages, 10)
    (message,) = channel.messages
    return message


async def test_a_payment_is_posted_where_it_was_typed_and_edited_in_place(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    direct = await record_in(world, books)
    message = await posted(world, books)
    assert "P-1001 · Not synced" in message.text
    await direct.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(lambda: "Synced" in books.messages[0].text, 10)
    assert len(books.messages) == 1


async def test_the_box_is_only_shown_in_a_channel_that_an_admin_allowed(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    other = world.workspace.add_channel("other", private=True, members=[world.anna])
    assert "Channel" in (await form_in(world, books)).labels
    assert "Channel" not in (await form_in(world, other)).labels


async def test_who_clears_the_box_keeps_it_to_themselves(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    modal = await form_in(world, books)
    await modal.uncheck("Channel")
    await modal.uncheck(SYNC)
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "P-1001")
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "P-1001 · Synced")
    assert not books.messages


async def test_a_channel_that_is_not_private_gets_nothing_and_the_recorder_reads_why(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    books.make_public()
    message = await record_in(world, books)
    await world.until(message, "any more: it is not private")
    assert not books.messages


async def test_once_it_is_shared_outside_nothing_more_is_shown_there(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    direct = await record_in(world, books)
    await posted(world, books)
    books.share()
    await direct.press("Sync payment to QuickBooks")
    await world.until(direct, "any more: it is shared outside this workspace")
    await world.until(direct, "P-1001 · Synced")
    assert "P-1001 · Not synced" in books.messages[0].text


async def test_once_an_admin_takes_the_channel_back_nothing_more_is_shown_there(
    world: World,
) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    direct = await record_in(world, books)
    await posted(world, books)
    modal = await open_settings(world)
    await modal.clear("Channels for payments")
    assert (await modal.submit()).accepted
    await direct.press("Sync payment to QuickBooks")
    await world.until(direct, "any more: payments are not posted there any more, as an admin chose")
    assert "P-1001 · Not synced" in books.messages[0].text


async def test_an_archived_channel_or_one_without_the_bot_is_left_alone(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    direct = await record_in(world, books)
    await posted(world, books)
    books.remove_app()
    await direct.press("Sync payment to QuickBooks")
    await world.until(direct, "any more: it is archived, or Counterfoil is not in it")


async def test_a_posting_whose_answer_was_lost_is_found_again_in_the_channel(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    world.workspace.failures.add(method="chat.postMessage", http=503, applied=True, count=2)
    direct = await record_in(world, books)
    await direct.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(
        lambda: books.messages and "Synced" in books.messages[0].text, 10
    )
    assert len(books.messages) == 1
