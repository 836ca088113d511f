"""Disconnected: nothing is sent, the access has ended, nothing is lost."""

import pytest

from services.domain.connection import ConnectionState
from services.domain.sync import Status
from services.errors import AccessExpired, ConnectionLost, Refused, TryLater
from services.ports import Access
from tests.builders import ANNA, FIRM, a_new_payment
from tests.services.conftest import Office


async def test_nothing_is_sent_until_the_same_company_is_connected_again(office: Office) -> None:
    await office.connect()
    await office.connections.disconnect(FIRM, by=ANNA)
    payment = await office.payments.record(
        FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA
    )
    await office.drain()
    assert office.totals == []
    with pytest.raises(ConnectionLost):
        await office.keys.access(office.realm)
    assert (await office.come_back()).state is ConnectionState.ACTIVE
    await office.drain()
    assert office.totals == ["500.00"]
    assert (await office.payment(payment)).sync.status is Status.SYNCED


async def test_the_access_ends_at_intuit_and_here(office: Office) -> None:
    before = await office.connect()
    await office.connections.disconnect(FIRM, by=ANNA)
    await office.connections.revoke(FIRM, by=ANNA)
    with pytest.raises(AccessExpired):
        await office.books.read_company(Access(office.realm, before.access_token))
    after = await office.connections.get(FIRM)
    assert (after.access_token, after.refresh_token) == ("", "")
    assert after.lost_because == "an admin disconnected it"
    assert "disconnected" in await office.audited()


async def test_an_intuit_that_cannot_be_told_is_told_later(office: Office) -> None:
    before = await office.connect()
    await office.connections.disconnect(FIRM, by=ANNA)
    office.intuit.fails_with = TryLater("Intuit cannot be reached")
    with pytest.raises(TryLater):
        await office.connections.revoke(FIRM, by=ANNA)
    office.intuit.fails_with = None
    await office.connections.disconnect(FIRM, by=ANNA)
    await office.connections.revoke(FIRM, by=ANNA)
    with pytest.raises(AccessExpired):
        await office.books.read_company(Access(office.realm, before.access_token))
    assert (await office.audited()).count("disconnected") == 1


async def test_a_connection_that_was_made_anew_is_not_revoked(office: Office) -> None:
    await office.connect()
    await office.connections.disconnect(FIRM, by=ANNA)
    await office.come_back()
    await office.connections.revoke(FIRM, by=ANNA)
    access = await office.keys.access(office.realm)
    assert (await office.books.read_company(access)).name == "Larkspur Accounting"


async def test_what_nobody_confirmed_is_not_disconnected(office: Office) -> None:
    with pytest.raises(Refused, match="not connected"):
        await office.connections.disconnect(FIRM, by=ANNA)
    await office.come_back()
    with pytest.raises(Refused, match="not confirmed"):
        await office.connections.disconnect(FIRM, by=ANNA)
    assert (await office.connections.get(FIRM)).state is ConnectionState.UNCONFIRMED
