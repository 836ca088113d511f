"""A firm's messages are carried to Slack by one process at a time, and never by none for long."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.announcements import Announcements
from services.db.engine import Database
from services.db.opening import open_database
from services.messengers import Messenger
from tests.builders import FIRM, OTHER_FIRM, OTHER_REALM, REALM, PassedClock, a_ledger_url
from tests.db.shelf import Shelf
from tests.postgres import Server

LASTS = timedelta(seconds=60)


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.an_empty_ledger()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Two firms, of each a payment that nobody has been told of."""
    async with open_database(url) as database:
        shelf = Shelf(database)
        for firm, realm in ((FIRM, REALM), (OTHER_FIRM, OTHER_REALM)):
            await shelf.firm(firm, realm)
            client = await shelf.client(firm_id=firm)
            await shelf.payment(client, firm_id=firm)
        yield database


@pytest.fixture
def one(database: Database, clock: PassedClock) -> Messenger:
    return Messenger(database, clock, "one", LASTS)


@pytest.fixture
def two(database: Database, clock: PassedClock) -> Messenger:
    return Messenger(database, clock, "two", LASTS)


async def carried_by(messenger: Messenger) -> set[str]:
    announcements = Announcements(messenger.database, messenger.clock)
    return {each.firm_id for each in await announcements.behind(holder=messenger.holder)}


async def test_what_one_carries_no_other_does(one: Messenger, two: Messenger) -> None:
    await one.take()
    await two.take()
    assert await carried_by(one) == {FIRM, OTHER_FIRM}
    assert await carried_by(two) == set()


async def test_what_is_left_is_anybodys(one: Messenger, two: Messenger) -> None:
    await one.take()
    await one.leave(but={FIRM})
    await two.take()
    assert await carried_by(one) == {FIRM}
    assert await carried_by(two) == {OTHER_FIRM}


async def test_whoever_keeps_them_is_alive(
    one: Messenger, two: Messenger, clock: PassedClock
) -> None:
    await one.take()
    for _ in range(5):
        clock.advance(LASTS / 2)
        await one.keep()
        await two.take()
    assert await carried_by(one) == {FIRM, OTHER_FIRM}


async def test_the_dead_carry_nothing_and_what_they_had_put_off_is_due(
    one: Messenger, two: Messenger, clock: PassedClock
) -> None:
    await one.take()
    announcements = Announcements(one.database, clock)
    for each in await announcements.behind(holder=one.holder):
        assert await announcements.claim(each, 3 * LASTS)
    clock.advance(LASTS)
    await one.keep()  # Too late: it may have been taken over.
    await two.take()
    assert await carried_by(one) == set()
    assert await carried_by(two) == {FIRM, OTHER_FIRM}


async def test_a_post_is_claimed_once(database: Database, clock: PassedClock) -> None:
    announcements = Announcements(database, clock)
    first, *_ = await announcements.behind()
    assert await announcements.claim(first, LASTS)
    assert not await announcements.claim(first, LASTS)
    clock.advance(LASTS)
    again = next(each for each in await announcements.behind() if each.firm_id == first.firm_id)
    assert again.attempt == 1
    assert await announcements.claim(again, LASTS)


async def test_what_stands_in_slack_is_not_posted_again(
    database: Database, clock: PassedClock
) -> None:
    announcements = Announcements(database, clock)
    first, *_ = await announcements.behind()
    await announcements.shown(first, channel="D1", message_ts="1.1")
    assert not await announcements.claim(first, LASTS)


async def test_a_process_that_is_alone_carries_everything(
    tmp_path: Path, clock: PassedClock
) -> None:
    async with open_database(a_ledger_url(tmp_path)) as database:
        shelf = Shelf(database)
        await shelf.firm(FIRM, REALM)
        await shelf.payment(await shelf.client())
        assert await carried_by(Messenger(database, clock, "alone", LASTS)) == {FIRM}
