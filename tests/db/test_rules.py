"""What the database itself refuses, whoever asks."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from services.db import ledger
from services.db.engine import Database
from services.db.tables import outbox
from services.payments import Payments
from tests.builders import ANNA, FIRM, NOW, OTHER_FIRM, a_client, a_new_payment


@pytest.fixture(autouse=True)
async def _two_payments(payments: Payments) -> None:
    """P-1001, which nobody asked to sync, and P-1002, which waits."""
    for number, sync in enumerate((False, True)):
        await payments.record(FIRM, a_new_payment(), sync=sync, submission_id=f"V{number}", by=ANNA)


async def change(database: Database, statement: str) -> None:
    async with database.write() as db:
        await db.execute(text(statement))


REFUSED = [
    ("payments SET status = 'synced'", "synced_has_a_quickbooks_id"),
    ("payments SET qbo_id = '58'", "synced_has_a_quickbooks_id"),
    ("payments SET status = 'failed'", "failed_and_skipped_say_why"),
    ("payments SET status = 'skipped'", "failed_and_skipped_say_why"),
    ("payments SET cause = 'gone'", "failed_and_skipped_say_why"),
    ("payments SET status = 'failed', cause = 'gone', qbo_id = '58'", "synced_has_a_quickbooks_id"),
    ("payments SET linked = 1", "linked_is_synced"),
    ("payments SET status = 'unsynced'", "status_is_known"),
    ("payments SET amount_minor = 0", "amount_is_positive"),
    ("payments SET amount_minor = -1", "amount_is_positive"),
    ("payments SET number = 1001", "number"),
    ("payments SET submission_id = 'V0'", "submission_id"),
    ("payments SET client_id = zeroblob(16)", "FOREIGN KEY"),
    ("payments SET firm_id = 'T0NOBODY'", "FOREIGN KEY"),
    ("payments SET received_on = NULL", "NOT NULL"),
    ("clients SET status = 'synced'", "synced_has_a_quickbooks_id"),
    ("clients SET status = 'failed'", "failed_and_skipped_say_why"),
    ("clients SET linked = 1", "linked_is_synced"),
    ("outbox SET state = 'lost'", "state_is_known"),
    ("outbox SET unresolved = 1", "pending_was_never_sent"),
    ("outbox SET state = 'sending'", "sent_has_a_body"),
    ("outbox SET state = 'unconfirmed'", "sent_has_a_body"),
    ("outbox SET request_id = 'the same'", "request_id"),
]


@pytest.mark.parametrize(("broken", "rule"), REFUSED)
async def test_the_database_refuses_what_cannot_be(
    database: Database, broken: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule):
        await change(database, f"UPDATE {broken}")


@pytest.mark.parametrize(
    "whole",
    [
        "payments SET status = 'synced', qbo_id = '58'",
        "payments SET status = 'synced', qbo_id = '58', linked = 1",
        "payments SET status = 'failed', cause = 'gone'",
        "payments SET status = 'skipped', cause = 'foreign_currency'",
        "outbox SET state = 'sending', body = '{}', unresolved = 1",
        "outbox SET state = 'unconfirmed', body = '{}', unresolved = 1",
    ],
)
async def test_the_database_takes_what_can_be(database: Database, whole: str) -> None:
    await change(database, f"UPDATE {whole}")


async def test_a_record_has_one_open_push_at_most(database: Database) -> None:
    async with database.read() as db:
        row = (await db.execute(select(outbox).where(outbox.c.record_kind == "payment"))).one()
    again = insert(outbox).values(**{**row._asdict(), "id": 99, "request_id": "another"})
    async with database.write() as db:
        with pytest.raises(IntegrityError, match="record_id"):
            await db.execute(again)
    await change(database, "UPDATE outbox SET state = 'done'")
    async with database.write() as db:
        await db.execute(again)


async def test_a_client_with_payments_cannot_be_removed(database: Database) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await change(database, "DELETE FROM clients")


async def test_a_firm_has_one_client_of_a_name(database: Database) -> None:
    twin = a_client(id=uuid4(), name="ACME ")
    async with database.write() as db:
        with pytest.raises(IntegrityError, match="name_key"):
            await ledger.insert_client(db, twin, by=ANNA, at=NOW)


async def test_two_firms_may_have_clients_of_the_same_name(database: Database) -> None:
    async with database.write() as db:
        await ledger.ensure_firm(db, OTHER_FIRM)
        theirs = a_client(id=uuid4(), firm_id=OTHER_FIRM)
        await ledger.insert_client(db, theirs, by=ANNA, at=NOW)
    async with database.read() as db:
        ours = await ledger.find_client_by_name(db, FIRM, "Acme")
        assert await ledger.find_client_by_name(db, OTHER_FIRM, "acme") == theirs
    assert ours is not None
    assert ours.id == a_client().id
