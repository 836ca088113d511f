"""Two processes on one ledger: whatever people do at once, it is as if they had come in turn."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.db import alerts, ledger
from services.db.opening import open_database
from services.domain.causes import Cause
from services.domain.ids import PaymentId, RealmId
from services.domain.ledger import Allocation, Method, Reason, SyncFacts
from services.domain.sync import RecordKind, Status
from services.errors import Refused
from services.watches import Watches
from tests.builders import (
    ANNA,
    CHECKING,
    FIRM,
    a_new_invoice,
    a_new_payment,
    a_new_refund,
    some_money,
)
from tests.postgres import Server
from tests.services.conftest import Office, an_office

TIMES = 6  # In each of the two.


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.an_empty_ledger()


@pytest.fixture
async def here(url: str) -> AsyncIterator[Office]:
    async with an_office(url) as office:
        yield office


@pytest.fixture
async def there(here: Office, url: str) -> AsyncIterator[Office]:
    """The same firm, as another process has it."""
    async with open_database(url) as database:
        yield replace(here, database=database)


async def all_at_once(deeds: Iterable[Awaitable[Any]]) -> tuple[list[Any], list[BaseException]]:
    """What came of those that went, and how the others were refused."""
    ended = await asyncio.gather(*deeds, return_exceptions=True)
    went = [each for each in ended if not isinstance(each, BaseException)]
    refused = [each for each in ended if isinstance(each, BaseException)]
    assert all(isinstance(each, Refused) for each in refused), refused
    return went, refused


async def record(office: Office, modal: str, **facts: Any) -> PaymentId:
    new = a_new_payment(**facts)
    return await office.payments.record(FIRM, new, sync=True, submission_id=modal, by=ANNA)


async def test_a_modal_that_both_get_is_one_payment(here: Office, there: Office) -> None:
    both = [record(each, "V1") for each in (here, there) for _ in range(TIMES)]
    went, refused = await all_at_once(both)
    assert len(set(went)) == 1
    assert refused == []


async def test_payments_are_numbered_without_gaps(here: Office, there: Office) -> None:
    offices = [each for each in (here, there) for _ in range(TIMES)]
    went, _ = await all_at_once(record(each, f"V{n}") for n, each in enumerate(offices))
    numbered = [await here.payments.id_of(FIRM, 1001 + n) for n in range(2 * TIMES)]
    assert set(numbered) == set(went)


async def test_no_more_is_refunded_than_there_is(here: Office, there: Office) -> None:
    payment = await record(here, "V1", amount="500.00")
    whole = a_new_refund(amount="500.00", reason=Reason.CREDIT_RETURNED, account_id=CHECKING)
    offices = [each for each in (here, there) for _ in range(TIMES)]
    went, _ = await all_at_once(
        each.refunds.record(FIRM, payment, whole, submission_id=f"R{n}", by=ANNA)
        for n, each in enumerate(offices)
    )
    assert len(went) == 1
    assert (await here.payment(payment)).refunded == some_money("500.00").minor


async def test_no_invoice_is_settled_twice(here: Office, there: Office) -> None:
    invoice = await here.invoices.record(FIRM, a_new_invoice(), submission_id="I1", by=ANNA)
    whole = (Allocation(invoice, some_money("500.00"), left_out=False),)
    offices = [each for each in (here, there) for _ in range(TIMES)]
    went, _ = await all_at_once(
        record(each, f"V{n}", allocations=whole) for n, each in enumerate(offices)
    )
    assert len(went) == 1


async def test_of_two_admins_who_save_the_settings_one_is_told(here: Office, there: Office) -> None:
    async with here.database.read() as db:
        shown = await ledger.get_settings(db, FIRM)
    went, refused = await all_at_once(
        each.settings.save(FIRM, replace(shown, start_on=date(2026, 11, day)), by=ANNA)
        for day, each in enumerate((here, there), start=1)
    )
    assert (len(went), len(refused)) == (1, 1)


async def test_a_name_is_given_to_one_client(here: Office, there: Office) -> None:
    offices = [each for each in (here, there) for _ in range(TIMES)]
    went, _ = await all_at_once(
        each.clients.record(FIRM, name="Birch", email=None, by=ANNA) for each in offices
    )
    assert len(went) == 1


async def test_what_is_cancelled_while_it_is_pushed_is_one_or_the_other(
    here: Office, there: Office
) -> None:
    await here.connect()
    payments = [await record(here, f"V{n}", amount=f"{n}.00") for n in range(1, TIMES)]
    pushing = asyncio.create_task(here.drain())
    went, _ = await all_at_once(
        there.payments.cancel(FIRM, payment, by=ANNA) for payment in payments
    )
    await pushing
    statuses = [(await here.payment(payment)).sync.status for payment in payments]
    assert statuses.count(Status.NOT_SYNCED) == len(went)
    assert statuses.count(Status.SYNCED) == len(here.totals) == len(payments) - len(went)


async def test_two_workers_push_everything_once(here: Office, there: Office) -> None:
    await here.connect()
    for number in range(1, 2 * TIMES):
        await record(here, f"V{number}", amount=f"{number}.00", method=Method.CHECK)
    await asyncio.gather(here.drain(rounds=8), there.drain(rounds=8))
    assert sorted(here.totals) == sorted(f"{number}.00" for number in range(1, 2 * TIMES))


async def test_the_access_is_renewed_once_for_both(here: Office, there: Office) -> None:
    await here.connect()
    here.clock.advance(timedelta(hours=2))
    realm = RealmId(here.company.realm_id)
    keys = [each.keys.access(realm) for each in (here, there) for _ in range(TIMES)]
    assert len(set(await asyncio.gather(*keys))) == 1
    assert here.intuit.refreshes == 1


async def test_what_is_wrong_is_one_alert_whoever_sees_it_first(
    here: Office, there: Office
) -> None:
    payment = await record(here, "V1")
    failed = SyncFacts(Status.FAILED, cause=Cause.ACCOUNT_GONE, blame="account_gone:35")
    async with here.database.write(FIRM) as db:
        await ledger.mark(db, RecordKind.PAYMENT, payment, failed)
        await ledger.write_audit(
            db,
            firm=FIRM,
            at=here.clock(),
            actor=ANNA,
            action="failed",
            record_kind="payment",
            record_id=str(payment),
            change={},
        )
    watches = [Watches(each.database, each.clock, timedelta(0)) for each in (here, there)]
    await asyncio.gather(*(each.keep_in_step(FIRM) for each in watches for _ in range(TIMES)))
    async with here.database.read() as db:
        assert len(await alerts.find_open(db, FIRM)) == 1
