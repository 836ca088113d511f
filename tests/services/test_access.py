"""However many need access, it is renewed once; and it is lost once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.access import REFRESH_BEFORE, REFRESH_TAKES
from services.domain.connection import ConnectionState
from services.domain.ids import RealmId
from services.errors import ConnectionLost, TryLater
from services.ports import Access
from tests.builders import FIRM
from tests.services.conftest import Office

HOUR = timedelta(hours=1)


async def opens(office: Office, access: Access) -> bool:
    """Whether QuickBooks takes it."""
    company = await office.books.read_company(access)
    return company.name == office.company.name


async def die_while_refreshing(office: Office) -> None:
    """Claim a refresh as a process does that then dies."""
    connection = await office.connections.get(FIRM)
    async with office.database.write(FIRM) as db:
        await office.store.claim_refresh(
            db, connection, now=office.clock(), until=office.clock() + REFRESH_TAKES
        )


async def test_access_that_lasts_is_used_as_it_is(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR - REFRESH_BEFORE - timedelta(seconds=1))
    assert await opens(office, await office.keys.access(office.realm))
    assert office.intuit.refreshes == 0


async def test_access_is_renewed_before_it_ends(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR - REFRESH_BEFORE)
    access = await office.keys.access(office.realm)
    office.clock.advance(REFRESH_BEFORE)
    assert await opens(office, access)


async def test_ten_at_once_renew_it_once(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR)
    ten = await asyncio.gather(*(office.keys.access(office.realm) for _ in range(10)))
    assert office.intuit.refreshes == 1
    assert len({access.access_token for access in ten}) == 1
    assert await opens(office, ten[0])


async def test_however_often_it_is_renewed_access_ends_five_years_after_the_consent(
    office: Office,
) -> None:
    consent_at = office.clock()
    await office.connect()
    ends_at = consent_at + timedelta(days=1825)
    for _ in range(2):
        assert (await office.connections.get(FIRM)).access_ends_at == ends_at
        office.clock.advance(HOUR)
        await office.keys.access(office.realm)
    consent_at = office.clock()
    await office.come_back()
    renewed = await office.connections.get(FIRM)
    assert renewed.access_ends_at == consent_at + timedelta(days=1825)


async def test_what_quickbooks_no_longer_takes_is_renewed_whatever_the_clock_says(
    office: Office,
) -> None:
    await office.connect()
    expired = await office.keys.access(office.realm)
    renewed = await office.keys.access(office.realm, expired=expired)
    assert renewed.access_token != expired.access_token
    assert await office.keys.access(office.realm, expired=expired) == renewed
    assert office.intuit.refreshes == 1


async def test_a_refusal_loses_the_connection_once_and_is_audited(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR)
    office.quickbooks.tokens.revoke((await office.connections.get(FIRM)).refresh_token)
    answers = await asyncio.gather(
        *(office.keys.access(office.realm) for _ in range(10)), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {ConnectionLost}
    assert (await office.connections.get(FIRM)).state is ConnectionState.LOST
    assert office.intuit.refreshes == 1
    assert (await office.audited()).count("connection lost") == 1


async def test_a_lost_connection_is_not_lost_again(office: Office) -> None:
    await office.connect()
    for _ in range(3):
        await office.keys.lose(office.realm, "refused")
    connection = await office.connections.get(FIRM)
    assert (connection.state, connection.lost_because) == (ConnectionState.LOST, "refused")
    assert (await office.audited()).count("connection lost") == 1


async def test_a_refusal_means_nothing_once_an_admin_has_connected_again(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR)
    office.intuit.answers.clear()
    office.intuit.fails_with = ConnectionLost("invalid_grant")
    refreshing = asyncio.create_task(office.keys.access(office.realm))
    await office.intuit.asked.wait()
    await office.come_back()
    office.intuit.answers.set()
    assert await opens(office, await refreshing)
    assert (await office.connections.get(FIRM)).state is ConnectionState.ACTIVE


async def test_an_unreachable_intuit_leaves_the_next_one_free_to_try(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR)
    office.intuit.fails_with = TryLater("away")
    with pytest.raises(TryLater):
        await office.keys.access(office.realm)
    office.intuit.fails_with = None
    assert await opens(office, await office.keys.access(office.realm))
    assert (await office.connections.get(FIRM)).state is ConnectionState.ACTIVE


async def test_a_refresher_that_died_is_waited_for_within_reason(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR)
    await die_while_refreshing(office)
    with pytest.raises(TryLater):
        await in_haste(office, office.realm)
    assert office.intuit.refreshes == 0


async def test_a_refresher_that_died_is_taken_over(office: Office) -> None:
    await office.connect()
    office.clock.advance(HOUR)
    await die_while_refreshing(office)
    office.clock.advance(REFRESH_TAKES)
    assert await opens(office, await office.keys.access(office.realm))
    assert office.intuit.refreshes == 1


async def test_nobody_has_access_to_a_company_that_nobody_connected(office: Office) -> None:
    with pytest.raises(ConnectionLost):
        await office.keys.access(RealmId("1"))


async def test_access_does_not_show_itself(office: Office) -> None:
    await office.connect()
    access = await office.keys.access(office.realm)
    assert access.access_token not in repr(access)


async def in_haste(office: Office, realm: RealmId) -> Access:
    """Ask with a clock that goes on four seconds whenever somebody looks at it."""

    def clock() -> datetime:
        office.clock.advance(timedelta(seconds=4))
        return office.clock()

    return await replace(office.keys, clock=clock).access(realm)
