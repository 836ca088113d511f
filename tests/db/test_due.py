"""What can be pushed now: parents first on the way in, last on the way out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from services.db import ledger, outbox
from services.db.due import DUE_STATES
from services.db.entries import Entry
from services.db.tables import outbox as table
from services.domain.causes import Cause
from services.domain.ledger import Allotted, Client, Invoice, Payment, Record, SyncFacts
from services.domain.sync import EntryState, Operation, Status
from tests.builders import FIRM, NOT_SYNCED, NOW, OTHER_FIRM, an_allotment
from tests.db.shelf import SYNCING, Shelf

MINUTE = timedelta(minutes=1)
FAILED = SyncFacts(Status.FAILED, cause=Cause.GONE, blame="its own")
SKIPPED = SyncFacts(Status.SKIPPED, cause=Cause.DISMISSED, blame="its own")
ABSENT = [NOT_SYNCED, SYNCING, FAILED, SKIPPED]
OUT = [Operation.DELETE, Operation.RELEASE]


async def due(shelf: Shelf, *, most: int = 10) -> list[Entry]:
    async with shelf.database.read() as db:
        return await outbox.due(db, FIRM, now=NOW, most=most)


async def is_due(shelf: Shelf, record: Record) -> bool:
    return record.id in {entry.record_id for entry in await due(shelf)}


@pytest.fixture
async def acme(shelf: Shelf) -> Client:
    return await shelf.client(sync=shelf.synced())


def settling(*invoices: Invoice, left_out: bool = False) -> tuple[Allotted, ...]:
    return tuple(an_allotment("10.00", invoice_id=each.id, left_out=left_out) for each in invoices)


# The way in.


@pytest.mark.parametrize("facts", ABSENT)
async def test_an_invoice_waits_for_its_client(shelf: Shelf, facts: SyncFacts) -> None:
    client = await shelf.client(sync=facts)
    invoice = await shelf.invoice(client, sync=SYNCING)
    await shelf.ask(invoice, Operation.CREATE)
    assert not await is_due(shelf, invoice)
    await shelf.mark(client, shelf.synced())
    assert await is_due(shelf, invoice)


@pytest.mark.parametrize("facts", ABSENT)
async def test_a_payment_waits_for_its_client(shelf: Shelf, facts: SyncFacts) -> None:
    client = await shelf.client(sync=facts)
    payment = await shelf.payment(client, sync=SYNCING)
    await shelf.ask(payment, Operation.CREATE)
    assert not await is_due(shelf, payment)
    await shelf.mark(client, shelf.synced())
    assert await is_due(shelf, payment)


@pytest.mark.parametrize("facts", ABSENT)
async def test_a_payment_waits_for_each_invoice_that_it_settles(
    shelf: Shelf, acme: Client, facts: SyncFacts
) -> None:
    there = await shelf.invoice(acme, sync=shelf.synced())
    absent = await shelf.invoice(acme, sync=facts)
    payment = await shelf.payment(acme, sync=SYNCING, allocations=settling(there, absent))
    await shelf.ask(payment, Operation.CREATE)
    assert not await is_due(shelf, payment)
    await shelf.mark(absent, shelf.synced())
    assert await is_due(shelf, payment)


@pytest.mark.parametrize("facts", ABSENT)
async def test_a_payment_waits_for_no_invoice_that_is_left_out(
    shelf: Shelf, acme: Client, facts: SyncFacts
) -> None:
    absent = await shelf.invoice(acme, sync=facts)
    allocations = settling(absent, left_out=True)
    payment = await shelf.payment(acme, sync=SYNCING, allocations=allocations)
    await shelf.ask(payment, Operation.CREATE)
    assert await is_due(shelf, payment)


async def test_a_payment_waits_for_no_invoice_that_it_does_not_settle(
    shelf: Shelf, acme: Client
) -> None:
    await shelf.invoice(acme, sync=FAILED)
    payment = await shelf.payment(acme, sync=SYNCING)
    await shelf.ask(payment, Operation.CREATE)
    assert await is_due(shelf, payment)


@pytest.mark.parametrize("facts", ABSENT)
async def test_a_refund_waits_for_its_payment(shelf: Shelf, acme: Client, facts: SyncFacts) -> None:
    payment = await shelf.payment(acme, sync=facts)
    refund = await shelf.refund(payment, sync=SYNCING)
    await shelf.ask(refund, Operation.CREATE)
    assert not await is_due(shelf, refund)
    await shelf.mark(payment, shelf.synced())
    assert await is_due(shelf, refund)


async def test_a_client_waits_for_nobody(shelf: Shelf) -> None:
    client = await shelf.client(sync=SYNCING)
    await shelf.ask(client, Operation.CREATE)
    assert await is_due(shelf, client)


async def test_parents_come_first_whoever_asked_first(shelf: Shelf) -> None:
    """Each was there before and can go, so that nothing but the order decides."""
    there = shelf.synced()
    acme = await shelf.client(sync=there)
    invoice = await shelf.invoice(acme, sync=there)
    payment = await shelf.payment(acme, sync=there, allocations=settling(invoice))
    refund = await shelf.refund(payment, sync=there)
    records: Sequence[Record] = (refund, payment, invoice, acme)
    for record in records:
        await shelf.ask(record, Operation.UPDATE)
    assert [entry.record_id for entry in await due(shelf)] == [each.id for each in records[::-1]]


async def test_of_one_kind_the_longest_waiting_comes_first(shelf: Shelf, acme: Client) -> None:
    first, second, third = [await shelf.payment(acme, sync=SYNCING) for _ in range(3)]
    for payment in (first, second, third):
        await shelf.ask(payment, Operation.CREATE)
    await _due_at(shelf, third, NOW - MINUTE)
    order = [entry.record_id for entry in await due(shelf)]
    assert order == [third.id, first.id, second.id]
    assert [entry.record_id for entry in await due(shelf, most=2)] == order[:2]


# The way out.


@pytest.mark.parametrize("operation", OUT)
async def test_a_payment_leaves_after_its_refunds(
    shelf: Shelf, acme: Client, operation: Operation
) -> None:
    payment = await shelf.payment(acme, sync=shelf.leaving())
    refund = await shelf.refund(payment, sync=shelf.leaving())
    await shelf.ask(payment, operation)
    await shelf.ask(refund, Operation.DELETE)
    assert await is_due(shelf, refund)
    assert not await is_due(shelf, payment)
    await shelf.mark(refund, NOT_SYNCED)
    assert await is_due(shelf, payment)


@pytest.mark.parametrize("facts", ABSENT)
async def test_a_payment_waits_for_no_refund_that_is_not_in_quickbooks(
    shelf: Shelf, acme: Client, facts: SyncFacts
) -> None:
    payment = await shelf.payment(acme, sync=shelf.leaving())
    await shelf.refund(payment, sync=facts)
    await shelf.ask(payment, Operation.DELETE)
    assert await is_due(shelf, payment)


async def test_a_change_of_a_payment_waits_for_no_refund(shelf: Shelf, acme: Client) -> None:
    payment = await shelf.payment(acme, sync=shelf.leaving())
    await shelf.refund(payment, sync=shelf.synced())
    await shelf.ask(payment, Operation.UPDATE)
    assert await is_due(shelf, payment)


async def test_an_invoice_leaves_after_the_payments_that_settle_it(
    shelf: Shelf, acme: Client
) -> None:
    invoice = await shelf.invoice(acme, sync=shelf.leaving())
    payment = await shelf.payment(acme, sync=shelf.leaving(), allocations=settling(invoice))
    await shelf.ask(invoice, Operation.DELETE)
    await shelf.ask(payment, Operation.DELETE)
    assert not await is_due(shelf, invoice)
    assert await is_due(shelf, payment)
    await shelf.mark(payment, NOT_SYNCED)
    assert await is_due(shelf, invoice)


async def test_an_invoice_waits_for_no_payment_that_left_it_out(shelf: Shelf, acme: Client) -> None:
    invoice = await shelf.invoice(acme, sync=shelf.leaving())
    allocations = settling(invoice, left_out=True)
    await shelf.payment(acme, sync=shelf.synced(), allocations=allocations)
    await shelf.ask(invoice, Operation.DELETE)
    assert await is_due(shelf, invoice)


async def test_a_void_waits_for_no_payment(shelf: Shelf, acme: Client) -> None:
    """What stands on it becomes credit; that was asked before."""
    invoice = await shelf.invoice(acme, sync=shelf.leaving())
    await shelf.payment(acme, sync=shelf.synced(), allocations=settling(invoice))
    await shelf.ask(invoice, Operation.VOID)
    assert await is_due(shelf, invoice)


async def test_a_client_is_let_go_after_all_its_records(shelf: Shelf) -> None:
    client = await shelf.client(sync=shelf.leaving())
    records: list[Invoice | Payment] = [
        await shelf.invoice(client, sync=shelf.leaving()),
        await shelf.payment(client, sync=shelf.leaving()),
    ]
    await shelf.ask(client, Operation.RELEASE)
    for record in records:
        assert not await is_due(shelf, client)
        await shelf.mark(record, NOT_SYNCED)
    assert await is_due(shelf, client)


# Time, state and firm.


@pytest.mark.parametrize("absent", ["client", "invoice"])
async def test_what_may_have_been_sent_waits_for_nothing_but_its_answer(
    shelf: Shelf, absent: str
) -> None:
    client = await shelf.client(sync=FAILED if absent == "client" else shelf.synced())
    invoice = await shelf.invoice(client, sync=FAILED)
    payment = await shelf.payment(client, sync=SYNCING, allocations=settling(invoice))
    await shelf.ask(payment, Operation.CREATE)
    assert not await is_due(shelf, payment)
    await _state(shelf, payment, EntryState.UNCONFIRMED)
    assert await is_due(shelf, payment)


@pytest.mark.parametrize("state", [each for each in EntryState if each not in DUE_STATES])
async def test_what_is_being_sent_or_has_ended_is_not_due(
    shelf: Shelf, acme: Client, state: EntryState
) -> None:
    payment = await shelf.payment(acme, sync=SYNCING)
    await shelf.ask(payment, Operation.CREATE)
    await _state(shelf, payment, state)
    assert await due(shelf) == []


async def test_nothing_is_due_before_its_time(shelf: Shelf, acme: Client) -> None:
    payment = await shelf.payment(acme, sync=SYNCING)
    await shelf.ask(payment, Operation.CREATE)
    await _due_at(shelf, payment, NOW + timedelta(microseconds=1))
    assert await due(shelf) == []
    await _due_at(shelf, payment, NOW)
    assert await is_due(shelf, payment)


async def test_no_other_firms_entries_are_due(shelf: Shelf) -> None:
    async with shelf.database.write(FIRM) as db:
        await ledger.ensure_firm(db, OTHER_FIRM)
    client = await shelf.client(firm_id=OTHER_FIRM, sync=SYNCING)
    await shelf.ask(client, Operation.CREATE)
    assert await due(shelf) == []


async def _due_at(shelf: Shelf, record: Record, at: datetime) -> None:
    await _set(shelf, record, due_at=at)


async def _state(shelf: Shelf, record: Record, state: EntryState) -> None:
    await _set(shelf, record, state=state, body="{}")


async def _set(shelf: Shelf, record: Record, **values: object) -> None:
    async with shelf.database.write(FIRM) as db:
        await db.execute(update(table).where(table.c.record_id == record.id).values(**values))
