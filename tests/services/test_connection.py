"""Consent comes back once, to the browser it left from, for a company that is ours to use."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest

from services.connection import LINK_LASTS, STATE_LASTS
from services.db import leases, outbox
from services.db.leases import Lease
from services.db.tokens import digest
from services.domain.connection import Connection, ConnectionState
from services.domain.ids import PaymentId, RealmId
from services.domain.sync import Status
from services.errors import ConnectionLost, NotFound, Refused
from tests.builders import ACME, ANNA, FIRM, OTHER_FIRM, a_new_payment
from tests.services.conftest import Office


class Trip(NamedTuple):
    """What a browser carries to Intuit."""

    state: str
    browser: str


async def set_out(office: Office) -> Trip:
    url, browser = await office.connections.go_to_intuit(await office.connections.begin(FIRM, ANNA))
    return Trip(url.partition("state=")[2], browser)


async def finish(office: Office, trip: Trip) -> Connection:
    return await office.connections.finish(
        state=trip.state,
        browser=trip.browser,
        code=office.intuit.grant(office.company),
        realm=office.realm,
    )


async def a_synced_payment(office: Office) -> PaymentId:
    payment = await office.payments.record(
        FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA
    )
    await office.drain()
    assert office.totals == ["500.00"]
    return payment


async def is_connected(office: Office) -> bool:
    return (await office.connections.health(FIRM)).connection is not None


async def test_a_company_that_comes_back_waits_for_an_admins_word(office: Office) -> None:
    connection = await finish(office, await set_out(office))
    assert connection.state is ConnectionState.UNCONFIRMED
    assert connection.company.name == "Larkspur Accounting"
    await office.payments.record(FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA)
    await office.drain()
    assert office.totals == []
    await office.connections.confirm(FIRM, office.realm, by=ANNA)
    await office.drain()
    assert office.totals == ["500.00"]


async def test_a_forged_state_connects_nothing(office: Office) -> None:
    trip = await set_out(office)
    with pytest.raises(NotFound):
        await finish(office, trip._replace(state="forged"))
    assert not await is_connected(office)


async def test_a_state_is_worth_one_connection(office: Office) -> None:
    trip = await set_out(office)
    await finish(office, trip)
    with pytest.raises(NotFound):
        await finish(office, trip)


async def test_a_state_expires(office: Office) -> None:
    trip = await set_out(office)
    office.clock.advance(STATE_LASTS)
    with pytest.raises(NotFound):
        await finish(office, trip)
    assert not await is_connected(office)


async def test_another_browser_cannot_finish_what_this_one_began(office: Office) -> None:
    trip = await set_out(office)
    other = await set_out(office)
    for browser in (other.browser, "", digest(trip.browser)):
        with pytest.raises(NotFound):
            await finish(office, Trip(trip.state, browser))
        trip = await set_out(office)
    assert not await is_connected(office)


async def test_whoever_tries_another_browser_spends_the_state(office: Office) -> None:
    trip = await set_out(office)
    with pytest.raises(NotFound):
        await finish(office, trip._replace(browser="eve"))
    with pytest.raises(NotFound):
        await finish(office, trip)


async def test_a_link_expires_and_is_no_state(office: Office) -> None:
    link = await office.connections.begin(FIRM, ANNA)
    with pytest.raises(NotFound):
        await finish(office, Trip(link, ""))
    office.clock.advance(LINK_LASTS)
    with pytest.raises(NotFound):
        await office.connections.go_to_intuit(link)


async def test_a_code_that_intuit_refuses_connects_nothing(office: Office) -> None:
    trip = await set_out(office)
    with pytest.raises(ConnectionLost):
        await office.connections.finish(
            state=trip.state, browser=trip.browser, code="forged", realm=office.realm
        )
    assert not await is_connected(office)


async def test_a_company_that_the_consent_is_not_for_connects_nothing(office: Office) -> None:
    other = office.quickbooks.add_company(name="Somebody Else")
    trip = await set_out(office)
    with pytest.raises(ConnectionLost):
        await office.connections.finish(
            state=trip.state,
            browser=trip.browser,
            code=office.intuit.grant(office.company),
            realm=RealmId(other.realm_id),
        )
    assert not await is_connected(office)


async def test_another_company_cannot_take_the_place_of_one_with_linked_records(
    office: Office,
) -> None:
    await office.connect()
    await a_synced_payment(office)
    before = await office.connections.get(FIRM)
    other = office.quickbooks.add_company(name="Other Books")
    with pytest.raises(Refused, match="Larkspur Accounting"):
        await office.come_back(other)
    assert await office.connections.get(FIRM) == before
    await office.payments.record(FIRM, a_new_payment(), sync=True, submission_id="V2", by=ANNA)
    await office.drain()
    assert len(office.company.payments()) == 2
    assert other.payments() == []


async def test_before_anything_is_linked_another_company_may_come(office: Office) -> None:
    await office.connect()
    other = office.quickbooks.add_company(name="Other Books")
    connection = await office.come_back(other)
    assert connection.company.name == "Other Books"
    assert connection.state is ConnectionState.UNCONFIRMED
    with pytest.raises(Refused):
        await office.connections.confirm(FIRM, office.realm, by=ANNA)


async def test_what_was_under_way_to_the_first_company_goes_to_the_next(office: Office) -> None:
    await office.connect()
    await office.payments.record(FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA)
    await _die_while_sending_the_client(office)
    other = office.quickbooks.add_company(name="Other Books")
    await office.come_back(other)
    await office.connections.confirm(FIRM, RealmId(other.realm_id), by=ANNA)
    await office.drain()
    assert [customer["DisplayName"] for customer in other.customers()] == ["Acme"]
    assert [str(payment["TotalAmt"]) for payment in other.payments()] == ["500.00"]


async def _die_while_sending_the_client(office: Office) -> None:
    """Claim it as a worker does that then dies, the third to hold the company."""
    for holder in ("first", "second"):
        await _take_over(office, holder)
    lease = await _take_over(office, "third")
    async with office.database.write(FIRM) as db:
        entry = await outbox.find_open(db, ACME)
        assert entry is not None
        body = '{"DisplayName": "Acme"}'
        claimed = replace(entry, attempt=1, body=body, first_sent_at=office.clock())
        assert await outbox.claim(db, claimed, lease, now=office.clock())


async def _take_over(office: Office, holder: str) -> Lease:
    """Hold the company, for as long as a moment."""
    moment = timedelta(seconds=1)
    async with office.database.write(FIRM) as db:
        lease = await leases.acquire(
            db, office.realm, holder=holder, now=office.clock(), lasts=moment
        )
    office.clock.advance(moment)
    assert lease is not None
    return lease


async def test_a_company_of_another_workspace_is_refused(office: Office) -> None:
    await office.connect()
    with pytest.raises(Refused, match="another Slack workspace"):
        await office.come_back(firm=OTHER_FIRM)
    assert (await office.connections.health(OTHER_FIRM)).connection is None
    assert (await office.connections.get(FIRM)).state is ConnectionState.ACTIVE


async def test_the_same_company_again_is_active_at_once_and_the_queue_drains(
    office: Office,
) -> None:
    await office.connect()
    await a_synced_payment(office)
    await office.keys.lose(office.realm, "revoked")
    waiting = await office.payments.record(
        FIRM, a_new_payment(amount="75.00"), sync=True, submission_id="V2", by=ANNA
    )
    await office.drain()
    assert (await office.payment(waiting)).sync.status is Status.SYNCING
    connection = await office.come_back()
    assert connection.state is ConnectionState.ACTIVE
    await office.drain()
    assert (await office.payment(waiting)).sync.status is Status.SYNCED
    assert office.totals == ["500.00", "75.00"]


async def test_what_the_books_forbid_while_disconnected_fails_nothing(office: Office) -> None:
    await office.connect()
    company = office.company
    payment = await office.payments.record(
        FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA
    )
    office.quickbooks.tokens.revoke((await office.connections.get(FIRM)).refresh_token)
    await office.drain()
    assert company.payments() == []
    assert (await office.payment(payment)).sync.status is Status.SYNCING
    assert (await office.connections.get(FIRM)).state is ConnectionState.LOST
    office.clock.advance(timedelta(days=1))
    await office.come_back()
    await office.drain()
    assert office.totals == ["500.00"]


async def test_a_firm_keeps_its_books_in_the_companys_currency(office: Office) -> None:
    swedish = office.quickbooks.add_company(name="Ängen", country="SE", currency="SEK")
    connection = await office.come_back(swedish)
    assert connection.company.currency == "SEK"


async def test_who_connected_and_confirmed_is_on_record(office: Office) -> None:
    await office.connect()
    assert await office.audited() == ["connected", "company confirmed"]


async def test_confirming_twice_is_on_record_once(office: Office) -> None:
    await office.connect()
    await office.connections.confirm(FIRM, office.realm, by=ANNA)
    assert (await office.audited()).count("company confirmed") == 1


async def test_a_firm_without_a_company_has_nothing_to_confirm(office: Office) -> None:
    with pytest.raises(Refused):
        await office.connections.confirm(FIRM, office.realm, by=ANNA)
    with pytest.raises(NotFound):
        await office.connections.get(FIRM)
