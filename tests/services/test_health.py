"""The ledger's vitals, over all firms: what could be pushed and is not, and what waits rightly."""

from datetime import timedelta

from sandbox.quickbooks import Fault, Kind
from services.domain.sync import EntryState, RecordKind
from services.health import Health
from services.restoring.holding import Holding
from tests.builders import ANNA, FIRM, a_new_payment
from tests.services.conftest import Office

LATE = timedelta(minutes=20)


async def test_the_oldest_due_entry_is_one_that_could_be_pushed(office: Office) -> None:
    """A payment whose client is not there yet, is not: the client is."""
    health = Health(office.database, office.clock)
    await office.connect()
    assert (await health.vitals()).oldest_due_at is None
    asked_at = office.clock()
    await _record(office)
    office.clock.advance(LATE)
    vitals = await health.vitals()
    assert vitals.oldest_due_at == asked_at
    assert vitals.entries == {EntryState.PENDING: 2}
    await office.drain()
    vitals = await health.vitals()
    assert (vitals.oldest_due_at, vitals.entries) == (None, {})


async def test_what_a_hold_or_a_lost_connection_keeps_is_not_due(office: Office) -> None:
    health = Health(office.database, office.clock)
    await office.connect()
    await _record(office)
    holding = Holding(office.database, office.clock)
    await holding.hold_all(because="restored")
    office.clock.advance(LATE)
    vitals = await health.vitals()
    assert (vitals.oldest_due_at, vitals.held) == (None, 1)
    await holding.release(FIRM)
    assert (await health.vitals()).oldest_due_at is not None
    await office.keys.lose(office.realm, "Intuit ended it")
    vitals = await health.vitals()
    assert vitals.oldest_due_at is None
    assert vitals.connections == {"lost": 1}
    assert vitals.refresh_expires_at is None


async def test_what_waits_for_a_record_that_failed_is_not_due(office: Office) -> None:
    await office.connect()
    await _record(office)
    office.quickbooks.faults.add(
        Fault(kind=Kind.REFUSED, method="POST", entity="customer", code="6190")
    )
    await office.drain()
    office.clock.advance(LATE)
    vitals = await Health(office.database, office.clock).vitals()
    assert vitals.needing_a_person[RecordKind.CLIENT] == 1
    assert (vitals.entries, vitals.oldest_due_at) == ({EntryState.PENDING: 1}, None)


async def test_what_failed_is_counted_by_what_it_is(office: Office) -> None:
    await office.connect()
    await _record(office)
    office.company.preferences.book_close_date = office.clock().date()
    await office.drain()
    vitals = await Health(office.database, office.clock).vitals()
    assert vitals.needing_a_person == dict.fromkeys(RecordKind, 0) | {RecordKind.PAYMENT: 1}


async def _record(office: Office) -> None:
    await office.payments.record(FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA)
