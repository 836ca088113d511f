"""Payments posted to a channel: where an admin allows it, and nobody from outside reads along."""

from collections.abc import Callable

import pytest

from handlers.channels import read_barrier
from sandbox.slack import Sharing
from sandbox.slack.message import Channel, Message
from sandbox.slack.modal import Modal
from tests.handlers.test_payment_notice import refuse_the_next
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


async def a_posted_payment(world: World) -> tuple[Channel, Message]:
    """The channel that it stands in, and the message to Anna."""
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    direct = await record_in(world, books)
    await posted(world, books)
    return books, direct


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


async def test_the_form_says_why_where_the_channel_is_not_private_at_that_moment(
    world: World,
) -> None:
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    books.make_public()
    modal = await form_in(world, books)
    assert "Channel" not in modal.labels
    assert "Not posted to #books: it is not private." in modal.text
    await modal.uncheck(SYNC)
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "P-1001")
    assert "#books" not in message.plain
    assert books.messages == []


async def test_the_form_says_where_slack_does_not_know_the_channel_just_now(world: World) -> None:
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    world.workspace.failures.add(method="conversations.info", error="internal_error")
    modal = await form_in(world, books)
    assert "Not posted to #books: Slack does not say whether it is private." in modal.text


async def test_what_is_no_longer_private_when_it_is_saved_is_not_posted(world: World) -> None:
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    modal = await form_in(world, books)
    books.make_public()
    await modal.uncheck(SYNC)
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "P-1001")
    await world.until(message, "Not posted to #books: it is not private.")
    assert books.messages == []


@pytest.mark.parametrize(
    "sharing", [Sharing.OUTSIDE, Sharing.ORGANISATION, Sharing.INVITED], ids=str
)
async def test_once_it_is_shared_outside_nothing_more_is_shown_there(
    world: World, sharing: Sharing
) -> None:
    books, direct = await a_posted_payment(world)
    books.share(sharing)
    await direct.press("Sync payment to QuickBooks")
    await world.until(direct, "Not posted to #books any more: it is shared outside this workspace.")
    await world.until(direct, "P-1001 · Synced")
    books.share(Sharing.NOBODY)
    await edit_reference(world, direct)
    assert [each.edits for each in books.messages] == [[]]
    assert "P-1001 · Not synced" in books.messages[0].text


async def edit_reference(world: World, direct: Message) -> None:
    """Another change, which the message to Anna shows."""
    await direct.press("Edit")
    modal = await world.anna.modal()
    await modal.fill("Reference", "ch-77")
    assert (await modal.submit()).accepted
    await world.until(direct, "ch-77")


async def test_the_same_form_with_another_choice_is_not_saved_again(world: World) -> None:
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    modal = await form_in(world, books)
    await modal.uncheck(SYNC)
    assert (await modal.submit()).accepted
    again = await modal.resubmit(Channel=False)
    assert not again.accepted
    assert "P-1001" in next(iter(again.errors.values()))


@pytest.mark.parametrize(
    "strange",
    [
        {"is_mpim": True},
        {"is_im": True},
        {"is_private": None},
        {"pending_connected_team_ids": ["T0AUDIT"]},
        {"is_member": None},
        {"is_archived": None},
    ],
    ids=str,
)
def test_what_slack_says_or_leaves_out_stands_against_it(strange: dict[str, object]) -> None:
    private = {"is_private": True, "is_member": True, "is_archived": False}
    assert read_barrier(private) is None
    known = {name: value for name, value in {**private, **strange}.items() if value is not None}
    assert read_barrier(known) is not None


async def test_once_an_admin_takes_the_channel_back_nothing_more_is_shown_there(
    world: World,
) -> None:
    books, direct = await a_posted_payment(world)
    modal = await open_settings(world)
    await modal.clear("Channels for payments")
    assert (await modal.submit()).accepted
    await direct.press("Sync payment to QuickBooks")
    await world.until(direct, "any more: the settings do not allow payments there.")
    assert "P-1001 · Not synced" in books.messages[0].text


@pytest.mark.parametrize("end", [Channel.archive, Channel.remove_app])
async def test_an_archived_channel_or_one_without_the_bot_is_left_alone(
    world: World, end: Callable[[Channel], None]
) -> None:
    books, direct = await a_posted_payment(world)
    end(books)
    await direct.press("Sync payment to QuickBooks")
    await world.until(direct, "any more: it is archived, or Counterfoil may not write there.")
    assert "P-1001 · Not synced" in books.messages[0].text


async def test_a_channel_in_which_the_bot_may_not_write_is_left_alone(world: World) -> None:
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    books.make_read_only()
    message = await record_in(world, books)
    await world.until(message, "Not posted to #books: it is archived, or Counterfoil may not")


async def test_a_failure_is_told_to_its_recorder_alone(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    direct = await record_in(world, books)
    refuse_the_next(world)
    await direct.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(lambda: "P-1001 · Failed" in books.messages[0].text, 10)
    await world.message_to(world.anna, "P-1001 is Failed.")
    assert len(books.messages) == 1


async def test_whoever_sees_it_in_the_channel_can_press_what_they_may(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    books = await an_allowed_channel(world)
    guest = world.workspace.add_person("Gil Guest", guest=True)
    world.workspace.conversations[books.id].members.add(guest.id)
    direct = await record_in(world, books)
    await posted(world, books)
    (theirs,) = guest.messages(books)
    await theirs.press("Sync payment to QuickBooks")
    (answer,) = await guest.replies()
    assert answer.plain == "Only full members of this workspace can use Counterfoil."
    (mine,) = world.olivia.messages(books)
    await mine.press("Sync payment to QuickBooks")
    await world.until(direct, "P-1001 · Synced")
    await world.until(mine, "P-1001 · Synced")


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
