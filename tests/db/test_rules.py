"""What the database itself refuses, whoever asks."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import CheckConstraint, Table, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

from services.db import ledger
from services.db.engine import Database
from services.db.tables import metadata
from services.domain.alerts import PARKED, UNCONFIRMED
from services.domain.ids import ClientId
from services.domain.ledger import SyncFacts
from services.domain.sync import Operation, Status
from tests.builders import (
    ANNA,
    FIRM,
    NOW,
    OTHER_FIRM,
    OTHER_REALM,
    REALM,
    a_client,
    an_allotment,
)
from tests.db.shelf import Shelf

RECORDS = ("clients", "invoices", "payments", "refunds")
FOREIGN = "foreign key constraint"
NOT_NULL = "not.null constraint"
NOBODY = "'00000000-0000-0000-0000-000000000000'"
OF_THE_FIRST_INVOICE = "invoice_id = (SELECT id FROM invoices WHERE number = 'INV-1')"
OF_THE_FIRST_ALERT = "alert_id = (SELECT id FROM alerts WHERE kind = 'unconfirmed')"
# The first row of each table.
FIRST = {
    "firms": f"id = '{FIRM}'",
    "clients": "name = 'Acme'",
    "invoices": "number = 'INV-1'",
    "invoice_lines": OF_THE_FIRST_INVOICE,
    "payments": "number = (SELECT min(number) FROM payments)",
    "allocations": OF_THE_FIRST_INVOICE,
    "refunds": "number = (SELECT min(number) FROM refunds)",
    "outbox": "id = (SELECT min(id) FROM outbox)",
    "connections": f"firm_id = '{FIRM}'",
    "alerts": "kind = 'unconfirmed'",
    "alert_records": OF_THE_FIRST_ALERT,
    "alert_posts": OF_THE_FIRST_ALERT,
    "alert_events": OF_THE_FIRST_ALERT,
    "installations": f"firm_id = '{FIRM}'",
    "imports": f"firm_id = '{FIRM}'",
}


def _same(table: str, column: str) -> str:
    """The first row as the second one."""
    other = f"SELECT {column} FROM {table} WHERE NOT ({FIRST[table]})"  # noqa: S608
    return f"{table} SET {column} = ({other})"


NOTED = "note_operation = 'update', note_cause = 'gone', note_blame = 'b'"
# What an update must not make of the first row of any of the four; the rule that it would break.
BROKEN_RECORDS = [
    ("status = 'unsynced'", "status_is_known"),
    ("status = 'synced'", "synced_has_a_quickbooks_id"),
    ("qbo_id = '58'", "synced_has_a_quickbooks_id"),
    ("status = 'failed', cause = 'gone', blame = 'b', qbo_id = '58'", "synced_has_a_quickbooks_id"),
    (
        "status = 'skipped', cause = 'gone', blame = 'b', qbo_id = '58'",
        "synced_has_a_quickbooks_id",
    ),
    ("status = 'failed'", "failed_and_skipped_say_why"),
    ("status = 'skipped'", "failed_and_skipped_say_why"),
    ("cause = 'gone', blame = 'b'", "failed_and_skipped_say_why"),
    ("status = 'syncing', cause = 'gone', blame = 'b'", "failed_and_skipped_say_why"),
    ("blame = 'b'", "a_cause_has_its_blame"),
    ("status = 'failed', cause = 'gone'", "a_cause_has_its_blame"),
    ("status = 'synced', qbo_id = '58', note_blame = 'b'", "a_cause_has_its_blame"),
    (
        "status = 'synced', qbo_id = '58', note_operation = 'update', note_cause = 'gone'",
        "a_cause_has_its_blame",
    ),
    ("linked = true", "linked_is_in_quickbooks"),
    ("status = 'syncing', linked = true", "linked_is_in_quickbooks"),
    ("twin_id = '9'", "a_possible_twin_is_named"),
    ("status = 'skipped', cause = 'possible_twin', blame = 'b'", "a_possible_twin_is_named"),
    (
        "status = 'skipped', cause = 'dismissed', blame = 'b', twin_id = '9'",
        "a_possible_twin_is_named",
    ),
    (NOTED, "a_note_is_about_what_is_synced"),
    (f"status = 'syncing', qbo_id = '58', {NOTED}", "a_note_is_about_what_is_synced"),
    (
        "status = 'synced', qbo_id = '58', note_operation = 'update'",
        "a_note_is_about_what_is_synced",
    ),
    (
        "status = 'synced', qbo_id = '58', note_cause = 'gone', note_blame = 'b'",
        "a_note_is_about_what_is_synced",
    ),
]
WHOLE_RECORDS = [
    "status = 'not_synced'",
    "status = 'syncing'",
    "status = 'syncing', qbo_id = '58'",
    "status = 'syncing', qbo_id = '58', linked = true",
    "status = 'synced', qbo_id = '58'",
    "status = 'synced', qbo_id = '58', linked = true",
    f"status = 'synced', qbo_id = '58', {NOTED}",
    "status = 'failed', cause = 'gone', blame = 'b'",
    "status = 'skipped', cause = 'dismissed', blame = 'b'",
    "status = 'skipped', cause = 'possible_twin', blame = 'b', twin_id = '9'",
]
BROKEN = [
    ("firms SET alert_rhythm = 'never'", "ck_firms_alert_rhythm_is_known"),
    ("firms SET quiet_from = '22:00:00'", "ck_firms_quiet_hours_have_both_ends"),
    ("firms SET quiet_until = '07:00:00'", "ck_firms_quiet_hours_have_both_ends"),
    ("invoices SET total_minor = -1", "ck_invoices_total_is_not_negative"),
    ("payments SET amount_minor = 0", "ck_payments_amount_is_positive"),
    ("payments SET amount_minor = -1", "ck_payments_amount_is_positive"),
    ("payments SET posting_barrier = 'weather'", "ck_payments_posting_barrier_is_known"),
    ("payments SET posting_due_at = 0", "ck_payments_posted_until_a_barrier"),
    ("payments SET posting_channel = 'C1'", "ck_payments_posted_until_a_barrier"),
    (
        "payments SET posting_channel = 'C1', posting_due_at = 0, posting_barrier = 'shared'",
        "ck_payments_posted_until_a_barrier",
    ),
    ("refunds SET amount_minor = 0", "ck_refunds_amount_is_positive"),
    ("refunds SET amount_minor = -1", "ck_refunds_amount_is_positive"),
    ("refunds SET reason = 'goodwill'", "ck_refunds_reason_is_known"),
    ("allocations SET amount_minor = -1", "ck_allocations_amount_is_not_negative"),
    (
        "allocations SET amount_minor = -1, wanted_minor = 5",
        "ck_allocations_amount_is_not_negative",
    ),
    ("allocations SET amount_minor = 0", "ck_allocations_nothing_is_allotted_for_nothing"),
    ("outbox SET state = 'lost'", "ck_outbox_state_is_known"),
    ("outbox SET operation = 'destroy'", "ck_outbox_operation_is_known"),
    ("outbox SET unresolved = true", "ck_outbox_pending_was_never_sent"),
    ("outbox SET state = 'sending'", "ck_outbox_sent_has_a_body"),
    ("outbox SET state = 'unconfirmed'", "ck_outbox_sent_has_a_body"),
    ("connections SET state = 'asleep'", "ck_connections_state_is_known"),
    ("alerts SET kind = 'weather'", "ck_alerts_kind_is_known"),
    ("alerts SET done = true", "ck_alerts_only_what_is_resolved_is_done"),
    ("alerts SET snoozed_until = 5", "ck_alerts_somebody_snoozed_what_is_snoozed"),
    ("alerts SET snoozed_by = 'U1'", "ck_alerts_somebody_snoozed_what_is_snoozed"),
    ("alert_records SET record_kind = 'bill'", "ck_alert_records_record_kind_is_known"),
    ("alert_posts SET ts = '1.1'", "ck_alert_posts_what_was_posted_is_somewhere"),
    ("alert_posts SET channel = 'C1', ts = '1.1'", "ck_alert_posts_what_was_posted_is_somewhere"),
    ("alert_posts SET posted_at = 5", "ck_alert_posts_what_was_posted_is_somewhere"),
    ("alert_events SET act = 'forgotten'", "ck_alert_events_act_is_known"),
    ("imports SET kind = 'account'", "ck_imports_kind_is_known"),
    ("imports SET finished_at = 5", "ck_imports_only_what_is_accepted_is_finished"),
    ("installations SET removed_at = 5", "ck_installations_removed_keeps_no_token"),
    ("installations SET bot_token = NULL", "ck_installations_removed_keeps_no_token"),
    ("installations SET expires_at = 5", "ck_installations_what_expires_can_be_refreshed"),
    # One thing is there once.
    ("alerts SET kind = 'parked', about = ''", "alerts.firm_id, alerts.kind, alerts.about"),
    ("clients SET name_key = 'birch'", "clients.firm_id, clients.name_key"),
    ("invoices SET number_key = 'inv-2'", "invoices.firm_id, invoices.number_key"),
    (_same("invoices", "submission_id"), "invoices.firm_id, invoices.submission_id"),
    (_same("payments", "number"), "payments.firm_id, payments.number"),
    (_same("payments", "submission_id"), "payments.firm_id, payments.submission_id"),
    (_same("refunds", "number"), "refunds.firm_id, refunds.number"),
    (_same("refunds", "submission_id"), "refunds.firm_id, refunds.submission_id"),
    (_same("outbox", "request_id"), "outbox.request_id"),
    (_same("outbox", "record_id"), "outbox.record_id"),
    (_same("connections", "realm_id"), "connections.realm_id"),
    *(
        (f"{table} SET status = 'synced', qbo_id = '900'", f"{table}.firm_id, {table}.qbo_id")
        for table in ("clients", "invoices", "payments")
    ),
    # Nothing refers to nothing, and nothing is left unsaid that must be there.
    (f"invoices SET client_id = {NOBODY}", FOREIGN),
    (f"payments SET client_id = {NOBODY}", FOREIGN),
    (f"refunds SET payment_id = {NOBODY}", FOREIGN),
    (f"allocations SET invoice_id = {NOBODY}", FOREIGN),
    (f"allocations SET payment_id = {NOBODY}", FOREIGN),
    (f"invoice_lines SET invoice_id = {NOBODY}", FOREIGN),
    *((f"{table} SET firm_id = 'T0NOBODY'", FOREIGN) for table in (*RECORDS, "outbox")),
    ("payments SET received_on = NULL", NOT_NULL),
]
WHOLE = [
    "invoices SET total_minor = 0",
    "payments SET amount_minor = 1",
    "payments SET posting_channel = 'C1', posting_due_at = 0",
    "payments SET posting_channel = 'C1', posting_barrier = 'shared'",
    "refunds SET amount_minor = 1",
    "refunds SET reason = 'credit_returned'",
    "allocations SET amount_minor = 0, wanted_minor = 5",
    "allocations SET amount_minor = 5, wanted_minor = 0",
    "outbox SET state = 'sending', body = '{}', unresolved = true",
    "outbox SET state = 'unconfirmed', body = '{}', unresolved = true",
    *(f"outbox SET state = '{ended}'" for ended in ("done", "failed", "refused", "skipped")),
    *(f"outbox SET operation = '{operation}'" for operation in Operation),
    "connections SET state = 'lost'",
    "alerts SET resolved_at = 5, done = true",
    "alerts SET snoozed_until = 5, snoozed_by = 'U1'",
    "alert_posts SET channel = 'C1', ts = '1.1', posted_at = 5",
    "installations SET removed_at = 5, bot_token = NULL",
    "firms SET quiet_from = '22:00:00', quiet_until = '07:00:00'",
    "imports SET accepted_at = 5, finished_at = 5",
]


@pytest.fixture(autouse=True)
async def _two_of_each(shelf: Shelf) -> None:
    """In each table a first row that nobody asked to sync, and a second one."""
    there = SyncFacts(Status.SYNCED, qbo_id="900")
    acme, birch = a_client(), await shelf.client(name="Birch", sync=there)
    invoice = await shelf.invoice(acme, number="INV-1")
    await shelf.invoice(birch, number="INV-2", sync=there)
    settled = (an_allotment(invoice_id=invoice.id),)
    payments = [
        await shelf.payment(acme, allocations=settled),
        await shelf.payment(birch, sync=there),
    ]
    for payment in payments:
        await shelf.refund(payment)
        await shelf.ask(payment, Operation.CREATE)
    for topic in (UNCONFIRMED, PARKED):
        await shelf.alert(payments[0], topic)
    await shelf.installation(FIRM)
    await shelf.import_of_clients(FIRM)
    for firm, realm in ((FIRM, REALM), (OTHER_FIRM, OTHER_REALM)):
        await shelf.firm(firm, realm)


async def change(database: Database, statement: str) -> int:
    """Change the first row of a table; tell how many that were."""
    table = statement.partition(" ")[0]
    async with database.write(FIRM) as db:
        changed = await db.execute(text(f"UPDATE {statement} WHERE {FIRST[table]}"))
    return changed.rowcount


def told(database: Database, rule: str) -> str:
    """How a broken rule is told of: SQLite names columns with their table, PostgreSQL apart."""
    if not database.is_shared or "." not in rule.replace(NOT_NULL, ""):
        return f"(?i){rule}"
    columns = ", ".join(column.partition(".")[2] for column in rule.split(", "))
    return re.escape(f"Key ({columns})=")


@pytest.mark.parametrize("table", RECORDS)
@pytest.mark.parametrize(("broken", "rule"), BROKEN_RECORDS)
async def test_no_record_can_contradict_itself(
    database: Database, table: str, broken: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_{table}_{rule}"):
        await change(database, f"{table} SET {broken}")


@pytest.mark.parametrize("table", RECORDS)
@pytest.mark.parametrize("whole", WHOLE_RECORDS)
async def test_a_record_can_be_whatever_makes_sense(
    database: Database, table: str, whole: str
) -> None:
    assert await change(database, f"{table} SET {whole}") == 1


@pytest.mark.parametrize(("broken", "rule"), BROKEN)
async def test_the_database_refuses_what_cannot_be(
    database: Database, broken: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=told(database, rule)):
        await change(database, broken)


@pytest.mark.parametrize("whole", WHOLE)
async def test_the_database_takes_what_can_be(database: Database, whole: str) -> None:
    assert await change(database, whole) == 1


def test_no_rule_is_left_untried() -> None:
    tried = {rule for _, rule in BROKEN}
    tried |= {f"ck_{table}_{rule}" for table in RECORDS for _, rule in BROKEN_RECORDS}
    drawn = {rule for table in metadata.tables.values() for rule in _rules(table)}
    assert drawn <= tried


def _rules(table: Table) -> Iterator[str]:
    """As SQLite calls them where they are broken."""
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            yield str(constraint.name)
        if isinstance(constraint, UniqueConstraint):
            yield ", ".join(f"{table}.{column.name}" for column in constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield ", ".join(f"{table}.{column.name}" for column in index.columns)


async def test_a_record_has_one_open_push_at_most(database: Database, shelf: Shelf) -> None:
    payment = await shelf.payment(a_client())
    await shelf.ask(payment, Operation.CREATE)
    with pytest.raises(IntegrityError, match="record_id"):
        await shelf.ask(payment, Operation.DELETE)
    async with database.write(FIRM) as db:
        await db.execute(text("UPDATE outbox SET state = 'done'"))
    assert (await shelf.ask(payment, Operation.DELETE)).operation is Operation.DELETE


async def test_what_was_unsynced_may_be_another_record_later(
    database: Database, shelf: Shelf
) -> None:
    with pytest.raises(IntegrityError, match="qbo_id"):
        await change(database, "payments SET status = 'synced', qbo_id = '900'")
    async with database.write(FIRM) as db:
        await db.execute(
            text("UPDATE payments SET status = 'not_synced', qbo_id = NULL WHERE qbo_id = '900'")
        )
    assert await change(database, "payments SET status = 'synced', qbo_id = '900'") == 1
    await shelf.payment(a_client())  # Any number may be nothing in QuickBooks.


async def test_another_firms_object_may_have_the_same_id(database: Database, shelf: Shelf) -> None:
    """Each company of QuickBooks' counts for itself."""
    there = SyncFacts(Status.SYNCED, qbo_id="900")
    await shelf.client(firm_id=OTHER_FIRM, name="Theirs", sync=there)
    async with database.read() as db:
        found = await ledger.find_client_by_name(db, OTHER_FIRM, "theirs")
    assert found is not None
    assert found.sync == there


async def test_an_invoice_is_settled_by_a_payment_once(database: Database) -> None:
    again = text("INSERT INTO allocations SELECT * FROM allocations")
    async with database.write(FIRM) as db:
        with pytest.raises(IntegrityError, match="allocations"):
            await db.execute(again)


@pytest.mark.parametrize("table", ["clients", "invoices", "payments", "firms"])
async def test_what_others_refer_to_cannot_be_removed(database: Database, table: str) -> None:
    async with database.write(FIRM) as db:
        with pytest.raises(IntegrityError, match=f"(?i){FOREIGN}"):
            await db.execute(text(f"DELETE FROM {table} WHERE {FIRST[table]}"))  # noqa: S608


async def test_a_firm_has_one_client_of_a_name(database: Database) -> None:
    twin = a_client(id=ClientId(uuid4()), name="ACME ")
    async with database.write(FIRM) as db:
        with pytest.raises(IntegrityError, match="name_key"):
            await ledger.insert_client(db, twin, by=ANNA, at=NOW)


async def test_two_firms_may_have_clients_of_the_same_name(database: Database) -> None:
    theirs = a_client(id=ClientId(uuid4()), firm_id=OTHER_FIRM)
    async with database.write(FIRM) as db:
        await ledger.insert_client(db, theirs, by=ANNA, at=NOW)
    async with database.read() as db:
        ours = await ledger.find_client_by_name(db, FIRM, "Acme")
        assert await ledger.find_client_by_name(db, OTHER_FIRM, "acme") == theirs
    assert ours is not None
    assert ours.id == a_client().id
