"""A ledger that is full of an earlier release's records is upgraded where it stands."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from services.audits import Audits
from services.db import ledger, outbox
from services.db.opening import open_database, upgrade
from services.db.schema import Fit, fit_of
from services.domain.audit import Misfit
from services.domain.causes import Cause
from services.domain.ids import ClientId
from services.domain.ledger import SyncFacts
from services.domain.sync import EntryState, Operation, RecordKind, Rejected, Status
from services.domain.wishes import Wish
from tests.builders import ANNA, FIRM, OTHER_FIRM, some_money
from tests.db.auditing import write_a_row
from tests.db.revisions import opened
from tests.db.the_first_ledger import ROWS, build, client_id, payment_id

GONE = {
    ("connections", "undeposited_funds_id"),  # It is one of the accounts that are read anew.
    ("audit", "id"),  # Each firm's are numbered for themselves.
}
READ_ANEW = {("connections", "company_read_at"): 0}


@pytest.fixture
def first(tmp_path: Path) -> str:
    """A full ledger of the first release."""
    return _file(tmp_path, _first())


@pytest.fixture
def upgraded(tmp_path: Path) -> str:
    return _file(tmp_path, _upgraded())


def _file(folder: Path, content: bytes) -> str:
    file = folder / "counterfoil.db"
    file.write_bytes(content)
    return f"sqlite:///{file}"


@cache
def _first() -> bytes:
    with TemporaryDirectory() as folder:
        build(f"sqlite:///{folder}/counterfoil.db")
        return (Path(folder) / "counterfoil.db").read_bytes()


@cache
def _upgraded() -> bytes:
    with TemporaryDirectory() as folder:
        upgrade(_file(Path(folder), _first()))
        return (Path(folder) / "counterfoil.db").read_bytes()


def _rows(url: str) -> dict[str, list[dict[str, Any]]]:
    """All that the tables of the first release hold."""
    with opened(url) as connection:
        return {table: _rows_of(connection, table) for table in ROWS}


def _rows_of(connection: Connection, table: str) -> list[dict[str, Any]]:
    rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY rowid"))  # noqa: S608
    return [dict(row) for row in rows.mappings()]


@pytest.mark.parametrize("table", ROWS)
def test_every_row_is_kept_to_the_letter(first: str, table: str) -> None:
    before = _rows(first)[table]
    upgrade(first)
    after = _rows(first)[table]
    assert len(before) == len(after) == len(ROWS[table])
    for was, is_now in zip(before, after, strict=True):
        kept = {name: value for name, value in was.items() if (table, name) not in GONE}
        expected = {name: READ_ANEW.get((table, name), value) for name, value in kept.items()}
        assert {name: is_now[name] for name in kept} == expected


def test_every_table_of_the_first_release_was_filled(first: str) -> None:
    with opened(first) as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    assert tables == set(ROWS)
    states = {row["state"] for row in ROWS["outbox"]}
    assert states == {each.value for each in EntryState} - {"refused"}  # There was none before.
    assert {row["status"] for row in ROWS["payments"]} == {each.value for each in Status}


def test_every_reference_still_leads_somewhere(upgraded: str) -> None:
    with opened(upgraded) as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]


async def test_what_people_were_told_is_still_so(upgraded: str) -> None:
    expected = {
        1001: SyncFacts(Status.NOT_SYNCED),
        1002: SyncFacts(Status.SYNCING),
        1003: SyncFacts(Status.SYNCED, qbo_id="150"),
        1004: SyncFacts(
            Status.FAILED,
            cause=Cause.CLOSED_PERIOD,
            detail="Books closed until 2026-10-31",
            blame=f"closed_period:payment {payment_id(1004).hex}",
        ),
        1005: SyncFacts(
            Status.SKIPPED,
            cause=Cause.FOREIGN_CURRENCY,
            detail="It is in EUR",
            blame=f"foreign_currency:payment {payment_id(1005).hex}",
        ),
    }
    async with open_database(upgraded) as database, database.read() as db:
        assert await fit_of(database) is Fit.FITS
        for number, facts in expected.items():
            payment = await ledger.find_payment(db, FIRM, payment_id(number))
            assert payment is not None
            assert (payment.number, payment.sync) == (number, facts)
            assert payment.unapplied == payment.amount
            assert (payment.voided, payment.refunded, payment.allocations) == (False, 0, ())


async def test_clients_keep_their_ties_firm_by_firm(upgraded: str) -> None:
    async with open_database(upgraded) as database, database.read() as db:
        acme = await ledger.find_client(db, FIRM, ClientId(client_id(1)))
        birch = await ledger.find_client(db, FIRM, ClientId(client_id(2)))
        theirs = await ledger.find_client_by_name(db, OTHER_FIRM, "ACME")
    assert acme is not None
    assert (acme.sync, acme.email) == (SyncFacts(Status.SYNCED, qbo_id="58"), "books@acme.example")
    assert not acme.excluded
    assert birch is not None
    assert birch.sync == SyncFacts(Status.SYNCED, qbo_id="59", linked=True)
    assert theirs is not None
    assert theirs.sync.qbo_id == "58"


async def test_what_was_under_way_goes_on_under_its_own_key(upgraded: str) -> None:
    async with open_database(upgraded) as database, database.read() as db:
        pending = await outbox.find_open(db, payment_id(1002))
        sending = await outbox.find_open(db, payment_id(1006))
        in_doubt = await outbox.find_open(db, payment_id(1007))
        ended = [await outbox.find_open(db, payment_id(number)) for number in (1003, 1004, 1008)]
    assert ended == [None, None, None]
    assert pending is not None
    assert pending.may_be_cancelled
    assert (pending.operation, pending.attempt) == (Operation.CREATE, 0)
    assert sending is not None
    assert (sending.state, sending.attempt, sending.unresolved) == (EntryState.SENDING, 2, True)
    assert sending.key.request_id == f"{6:032}"
    assert sending.body == '{"TotalAmt": 10.06}'
    assert in_doubt is not None
    assert in_doubt.refused == Rejected(Cause.GONE, "no such customer")
    assert (in_doubt.same_answers, in_doubt.requested_by) == (0, ANNA)
    assert in_doubt.wish == Wish()


async def test_a_firm_has_chosen_what_it_had_and_nothing_more(upgraded: str) -> None:
    async with open_database(upgraded) as database, database.write(FIRM) as db:
        chosen = await ledger.get_settings(db, FIRM)
        numbers = [
            await ledger.take_number(db, FIRM, kind) for kind in ("payment", "invoice", "refund")
        ]
    assert (chosen.sync_by_default, chosen.currency, chosen.version) == (True, "USD", 4)
    assert (chosen.deposit_account_id, chosen.method_accounts) == (None, {})
    assert (chosen.service_item_id, chosen.start_on, chosen.twin_window_days) == (None, None, 5)
    assert numbers == [1009, 1001, 1001]


async def test_an_upgraded_ledger_takes_what_the_program_writes_now(upgraded: str) -> None:
    async with open_database(upgraded) as database, database.write(FIRM) as db:
        payment = await ledger.find_payment(db, FIRM, payment_id(1003))
        assert payment is not None
        await ledger.mark(
            db, RecordKind.PAYMENT, payment.id, SyncFacts(Status.SYNCING, qbo_id="150", linked=True)
        )
        again = await ledger.find_payment(db, FIRM, payment.id)
    assert again is not None
    assert again.sync.is_in_quickbooks
    assert again.amount == some_money("1003.01")


async def test_who_did_what_is_chained_and_goes_on(upgraded: str) -> None:
    async with open_database(upgraded) as database:
        audits, rows = Audits(database), len(ROWS["audit"])
        assert await audits.firms() == {FIRM: rows - 1, OTHER_FIRM: 1}
        async with database.write(FIRM) as db:
            await write_a_row(db)
        ends = [await audits.verify(firm, advance=lambda _: None) for firm in (FIRM, OTHER_FIRM)]
    assert [end.sequence for end in ends] == [rows, 1]
    assert not any(isinstance(end, Misfit) for end in ends)


def test_upgrading_again_changes_nothing(upgraded: str) -> None:
    before = _rows(upgraded)
    upgrade(upgraded)
    assert _rows(upgraded) == before


def test_a_ledger_that_would_lose_a_reference_is_left_as_it_was(first: str) -> None:
    with opened(first) as connection:
        connection.execute(text("DELETE FROM clients WHERE name = 'Birch'"))
    before = _rows(first)
    with pytest.raises(LookupError, match="payments pointing at nothing"):
        upgrade(first)
    assert _rows(first) == before
    with opened(first) as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert version == "0001"


def test_a_ledger_that_breaks_a_new_rule_is_left_as_it_was(first: str) -> None:
    """Two payments cannot be the same object: somebody must look at that first."""
    with opened(first) as connection:
        connection.execute(
            text("UPDATE payments SET status = 'synced', qbo_id = '150' WHERE number = 1001")
        )
    before = _rows(first)
    with pytest.raises(IntegrityError, match=r"payments\.qbo_id"):
        upgrade(first)
    assert _rows(first) == before
