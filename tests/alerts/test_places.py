"""Where it is said: the channel that the firm chose, or its admins directly."""

from collections.abc import Callable

import pytest

from sandbox.slack import Channel, Message, Sharing
from services.domain.ids import UserId
from services.domain.ledger import Method
from services.domain.settings import Rights
from tests.alerts.firm import told_in
from tests.alerts.stories import fails, is_mended
from tests.alerts.town import DAY, HOUR, Town, in_weeks

SHUT: dict[str, tuple[Callable[[Channel], None], Callable[[Channel], None]]] = {
    "archived": (Channel.archive, Channel.unarchive),
    "left": (Channel.remove_app, Channel.add_app),
}
NO_CHANNEL = "no alert channel is chosen"
OUT_OF_REACH = "is gone or archived"


def says(message: Message, *words: str) -> bool:
    return all(each in message.plain for each in words)


@in_weeks()
async def test_where_no_channel_is_chosen_the_admin_is_told_and_why(town: Town) -> None:
    firm = town.firm
    await firm.alerts_go_to(None)
    await fails(firm, 3)
    await town.passes(HOUR)
    (alert,) = firm.told_to(firm.olivia)
    assert says(alert, "3 payments", NO_CHANNEL)
    assert firm.told_to(firm.anna) == []


@in_weeks()
async def test_the_admins_who_were_named_are_told_and_nobody_else(town: Town) -> None:
    firm = town.firm
    await firm.alerts_go_to(None)
    await firm.chooses(rights=Rights(admins=frozenset({UserId(firm.anna.id)})))
    await fails(firm)
    await town.passes(HOUR)
    assert len(firm.told_to(firm.anna)) == 1
    assert firm.told_to(firm.olivia) == []


@pytest.mark.parametrize("way", SHUT)
@in_weeks()
async def test_where_the_channel_is_shut_the_admin_is_told_once_and_why(
    town: Town, way: str
) -> None:
    town.look_every = HOUR
    firm = town.firm
    shut, _ = SHUT[way]
    shut(firm.channel)
    await fails(firm, 3)
    await town.passes(2 * DAY)
    (alert,) = firm.told_to(firm.olivia)
    assert says(alert, "3 payments", OUT_OF_REACH)
    assert firm.alerts == []
    assert len(alert.replies) == 1


@pytest.mark.parametrize("way", SHUT)
@in_weeks()
async def test_what_was_said_before_the_channel_was_shut_is_said_to_the_admin(
    town: Town, way: str
) -> None:
    firm = town.firm
    await fails(firm, 3)
    await town.passes(HOUR)
    shut, open_again = SHUT[way]
    shut(firm.channel)
    await firm.receives(2, method=Method.CASH)
    await town.passes(HOUR)
    (direct,) = firm.told_to(firm.olivia)
    assert says(direct, "5 payments", OUT_OF_REACH)
    open_again(firm.channel)
    await town.passes(HOUR)
    (alert,) = firm.alerts
    assert says(alert, "5 payments")
    assert not says(alert, OUT_OF_REACH)


@in_weeks()
async def test_two_admins_each_read_how_it_ends(town: Town) -> None:
    firm = town.firm
    await firm.alerts_go_to(None)
    both = frozenset({UserId(firm.anna.id), UserId(firm.olivia.id)})
    await firm.chooses(rights=Rights(admins=both))
    payments = await fails(firm)
    await town.passes(HOUR)
    await is_mended(firm, payments)
    await town.passes(HOUR)
    for person in (firm.anna, firm.olivia):
        (alert,) = firm.told_to(person)
        assert says(alert, "Resolved")


READ_ALONG: dict[str, Callable[[Channel], None]] = {
    "public": Channel.make_public,
    "shared": Channel.share,
    "invited": lambda channel: channel.share(Sharing.INVITED),
}


@pytest.mark.parametrize("how", READ_ALONG)
@in_weeks()
async def test_where_others_read_along_no_client_and_no_sum_is_named(town: Town, how: str) -> None:
    firm = town.firm
    READ_ALONG[how](firm.channel)
    await fails(firm, 3)
    town.look_every = HOUR
    await town.passes(2 * DAY)
    (alert,) = firm.alerts
    for said in (alert, *alert.replies):
        assert not says(said, "Acme")
        assert not says(said, "00.00")
    assert says(alert, "3 payments", "P-1001")


@in_weeks()
async def test_what_was_said_where_others_read_along_now_names_nobody_any_more(
    town: Town,
) -> None:
    firm = town.firm
    await fails(firm, 3)
    await town.passes(HOUR)
    (alert,) = firm.alerts
    assert says(alert, "Acme", "$100.00")
    firm.channel.make_public()
    await town.passes(HOUR)
    assert not says(alert, "Acme")
    assert not says(alert, "00.00")


@in_weeks()
async def test_where_another_channel_is_chosen_it_is_said_there_and_the_old_one_names_nobody(
    town: Town,
) -> None:
    """Nobody looks who reads along in the old one."""
    firm = town.firm
    other = firm.workspace.add_channel("books", private=True, members=[firm.olivia, firm.anna])
    await fails(firm, 3)
    await town.passes(HOUR)
    await firm.alerts_go_to(other)
    firm.channel.make_public()
    await firm.receives(2, method=Method.CASH)
    await town.passes(HOUR)
    (new,), (old,) = told_in(other.messages), firm.alerts
    assert says(new, "5 payments", "Acme")
    assert not says(old, "Acme")
    assert not says(old, "00.00")


@in_weeks()
async def test_once_another_channel_is_chosen_it_is_said_again_only_there(town: Town) -> None:
    town.look_every = HOUR
    firm = town.firm
    other = firm.workspace.add_channel("books", private=True, members=[firm.olivia, firm.anna])
    await fails(firm, 3)
    await town.passes(HOUR)
    await firm.alerts_go_to(other)
    await town.passes(3 * DAY)
    (new,), (old,) = told_in(other.messages), firm.alerts
    assert (len(new.replies), len(old.replies)) == (2, 0)


@in_weeks()
async def test_once_no_channel_is_chosen_any_more_the_old_message_blames_nothing(
    town: Town,
) -> None:
    firm = town.firm
    await fails(firm, 3)
    await town.passes(HOUR)
    await firm.alerts_go_to(None)
    await town.passes(HOUR)
    (old,), (direct,) = firm.alerts, firm.told_to(firm.olivia)
    assert not says(old, NO_CHANNEL)
    assert says(direct, NO_CHANNEL)
