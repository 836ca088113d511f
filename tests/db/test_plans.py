"""No statement that people or the engine wait for walks through what grows with the firm."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from services.announcements import Announcements
from services.db import floods, leases, ledger, notices, outbox, weeks
from services.db.digests import Due
from services.db.engine import Database
from services.db.floods import Conversation
from services.db.sqlite import SqliteDatabase
from services.db.tables import metadata
from services.domain.digest import last_week
from services.domain.filters import PaymentFilter
from services.domain.ids import PaymentId
from services.domain.ledger import Method, Reason
from services.domain.pages import Place, Search
from services.domain.postings import Surface
from services.domain.sync import Status
from services.forecasts import Forecasts, Intent
from services.health import Health
from services.histories import Histories
from services.overviews import Overviews
from services.payment_lists import PaymentLists
from services.previews import Previews
from services.watches import Watches
from tests.builders import ANNA, FIRM, NOW, a_ledger_url
from tests.services.books.bookkeeping import CHECKING
from tests.services.books.desk import Desk
from tests.services.conftest import Office, an_office
from tests.simulation.kernel import VirtualLoop

GROW = {"payments", "invoices", "refunds", "clients", "allocations", "outbox", "audit"}
GROW |= {"invoice_lines"}
EXCEPTIONS = {
    "clients.name_key LIKE": "a part of a name: ten thousand clients are read in 3 ms",
    "INDEXED BY ix_payments_sought": "a rare filter: read in the index, a million in 0.15 s",
    "invoices.number_key LIKE": "a part of a number, where it is not among the nearest",
    "payments.reference LIKE": "a part of a reference, as a rare filter",
    "max(payments.number)": "one look at the end of the index",
    "GROUP BY": "/quickbooks counts by status: in the index alone, a million in 0.1 s",
    "FROM invoices \nWHERE invoices.firm_id = ? ORDER BY": "the nearest invoices, and no others",
    "FROM clients \nWHERE clients.firm_id = ? ORDER BY": "a page of clients, in its index's order",
    "clients.status IN": "clients of one status: ten thousand are read in 10 ms",
}
_STEP = re.compile(
    r"(?:SCAN|SEARCH) (?P<table>\w+)"
    r"(?: USING (?:COVERING )?(?:INDEX (?P<index>\w+)|INTEGER PRIMARY KEY))?(?: \((?P<by>.*)\))?"
)
_ONLY_THE_FIRM = {None, "firm_id=?"}


@dataclass
class Sent:
    """Every statement that went to the database, with what was asked for."""

    file: Path
    statements: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def listen(self, database: Database) -> None:
        assert isinstance(database, SqliteDatabase)
        for engine in (database._reading, database._writing):
            event.listen(engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _: object, __: object, statement: str, values: Any, *___: object) -> None:
        if not statement.startswith(("BEGIN", "INSERT")):
            once = values[0] if isinstance(values, list) else values  # Of many at once.
            self.statements.setdefault(statement, once)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("plans")
    found = Sent(folder / "counterfoil.db")
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(_live(folder, found))
    return found


def test_nothing_walks_through_what_grows_with_the_firm(sent: Sent) -> None:
    with closing(sqlite3.connect(sent.file)) as db:
        slow = {
            statement: steps
            for statement, values in sent.statements.items()
            if (steps := list(_walks(db, statement, values)))
            and not any(words in statement for words in EXCEPTIONS)
        }
    assert slow == {}


def test_every_exception_is_still_one(sent: Sent) -> None:
    with closing(sqlite3.connect(sent.file)) as db:
        walking = [
            statement
            for statement, values in sent.statements.items()
            if list(_walks(db, statement, values))
        ]
    unused = [words for words in EXCEPTIONS if not any(words in each for each in walking)]
    assert unused == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM outbox WHERE state = 'pending'",
        "SELECT * FROM outbox WHERE record_id = 'a'",
        "SELECT * FROM payments WHERE firm_id = ? AND note_detail IS NOT NULL",
        "SELECT * FROM payments JOIN connections USING (firm_id)",
        "UPDATE invoices SET voided = 1 WHERE due_on < ?",
    ],
)
def test_a_statement_that_walks_is_noticed(sent: Sent, statement: str) -> None:
    with closing(sqlite3.connect(sent.file)) as db:
        assert list(_walks(db, statement, ("1",) * statement.count("?")))


def _walks(db: sqlite3.Connection, statement: str, values: Any) -> Iterator[str]:
    """Steps that go through all rows of a table that grows, or through all of one firm's.

    Partial indexes are about the few that are open, behind or in trouble.
    """
    few = {
        str(index.name)
        for table in metadata.tables.values()
        for index in table.indexes
        if (where := index.dialect_options["sqlite"]["where"]) is not None
        and str(where) != "qbo_id IS NOT NULL"
    }
    for _, _, _, step in db.execute(f"EXPLAIN QUERY PLAN {statement}", values):
        if "AUTOMATIC" in step or ((found := _STEP.match(step)) and _goes_on(found, few)):
            yield step


def _goes_on(step: re.Match[str], few: set[str]) -> bool:
    grows = step["table"] in GROW and step["index"] not in few
    return grows and step["by"] in _ONLY_THE_FIRM


async def _live(folder: Path, sent: Sent) -> None:
    """A life that takes every way there is, looked at from all sides."""
    async with an_office(a_ledger_url(folder)) as office:
        sent.listen(office.database)
        await office.connect()
        desk = Desk(office)
        await _work(desk)
        await _fail(desk)
        await _look(desk)
        await _start_anew(desk)


async def _work(desk: Desk) -> None:
    await desk.syncs("Acme")
    await desk.adds_client("Birch", sync=False)
    first = await desk.bills("Acme", "300.00")
    second = await desk.bills("Acme", "200.00", sync=False)
    paid = await desk.receives("Acme", "400.00", on={first: "300.00"})
    await desk.receives_for_the_oldest("Acme", "100.00")
    await desk.edits_payment(paid, amount="450.00", on={first: "200.00"})
    await desk.edits_invoice(first, due=date(2027, 1, 31))
    await desk.edits_client("Birch", to="Birch & Sons")
    await desk.refunds(paid, "50.00", Reason.CREDIT_RETURNED)
    await desk.refunds(paid, "20.00", Reason.SALE_REVERSED, out_of=CHECKING)
    with desk.resting():
        waits = await desk.receives("Birch & Sons", "10.00")
        await desk.cancels(waits)
    await desk.unsyncs(paid)
    await desk.voids(paid)
    await desk.unsyncs(first, credit=True)
    await desk.voids(second, credit=True)
    await desk.excludes("Birch & Sons")
    await desk.excludes("Birch & Sons", excluded=False)
    await desk.office.clients.show(FIRM, (await desk.client("Birch & Sons")).id)
    await desk.syncs_what_was_skipped("Birch & Sons")
    await desk.unsyncs("Acme", with_records=True)


async def _fail(desk: Desk) -> None:
    await desk.syncs("Acme")
    desk.closes_the_books(date(2026, 12, 31))
    desk.sleeps_on_it()
    refused = await desk.receives("Acme", "70.00")
    await desk.syncs(refused)
    await desk.dismisses(refused, why="ours")
    desk.closes_the_books(None)


async def _look(desk: Desk) -> None:
    office, database = desk.office, desk.office.database
    payment = await desk.payment("P-1001")
    await Histories(database).of_payment(FIRM, payment.id)
    await office.payments.show(FIRM, payment.id)
    await office.clients.search(FIRM, "ac")
    await office.connections.health(FIRM)
    overviews = Overviews(database)
    for search in (Search(), Search(words=("acme",)), Search(frozenset({Status.FAILED}))):
        await overviews.clients(FIRM, search)
        await overviews.invoices(FIRM, search)
        await overviews.invoices(FIRM, search, Place(f"0-{payment.id.hex}", back=True))
    await overviews.settling(FIRM, (await desk.invoice("INV-1001")).id)
    await overviews.work(FIRM, now=office.clock())
    await Health(database, office.clock).vitals()
    watches = Watches(database, office.clock, settle=timedelta(0))
    await watches.firms()
    await watches.keep_in_step(FIRM)
    await watches.shown_of(FIRM)
    await _tell_of_the_week(office)
    previews = Previews(database, office.store, office.books, office.keys)
    await previews.parting(FIRM, [payment.id])
    await previews.untied(FIRM, payment.client)
    intent = Intent(payment.client.id, payment.amount, payment.received_on)
    async with database.read() as db:
        settings = await ledger.get_settings(db, FIRM)
    await Forecasts(database, previews).make(FIRM, intent, settings, look=True)
    await _list(PaymentLists(database))
    for notice in await Announcements(database, office.clock).behind():
        await Announcements(database, office.clock).claim_telling(notice)
    for surface in Surface:
        await _summarise(database, Conversation(FIRM, surface, "D0ANNA"), payment.id)


async def _summarise(database: Database, conversation: Conversation, payment: PaymentId) -> None:
    left = [payment] if conversation.surface is Surface.DIRECT else []
    async with database.write(FIRM) as db:
        await floods.crowded(db, conversation.surface, more_than=50, now=NOW)
        await floods.beyond(db, conversation, newest=50, most=500)
        await floods.rest(db, conversation, until=NOW)
        await floods.leave(db, conversation.surface, left, until=NOW)
        await floods.look(db, [payment])
        await floods.claim_tellings(db, [payment])
        await floods.release_tellings(db, [payment])
        await floods.told(db, conversation.surface, dict.fromkeys(left, 1), next_at=NOW)


async def _tell_of_the_week(office: Office) -> None:
    """The week after, when what came in lies in Undeposited Funds for too long."""
    office.clock.advance(timedelta(days=21))
    digests = office.digests
    week = last_week("UTC", NOW + timedelta(days=7))
    assert await digests.gather(Due(FIRM, week))
    async with office.database.read() as db:
        await weeks.has_changed(db, FIRM, since=week.begins_at, until=week.ends_at)
    due, _ = await digests.due()
    claimed = await digests.claim(due, "C0", timedelta(minutes=1))
    assert claimed
    await digests.posted(claimed, "C0", "1.0")
    await digests.put_off(claimed, timedelta(0))
    await digests.end(claimed)


async def _list(lists: PaymentLists) -> None:
    failed, synced = frozenset({Status.FAILED}), frozenset({Status.SYNCED})
    for sought in (
        PaymentFilter(),
        PaymentFilter(statuses=failed),
        PaymentFilter(statuses=synced, methods=frozenset({Method.CASH})),
        PaymentFilter(words=("acme", "1042")),
        PaymentFilter(words=("acme",), statuses=failed),
        PaymentFilter(numbers=frozenset({1001}), void=True),
        PaymentFilter(amounts=frozenset({500})),
        PaymentFilter(least=1, most=2),
        PaymentFilter(since=date(2026, 1, 1), until=date(2026, 12, 31)),
        PaymentFilter(void=True),
    ):
        for place in (None, Place("1002"), Place("1001", back=True)):
            await lists.page(FIRM, sought, place)


async def _start_anew(desk: Desk) -> None:
    """As the program does at its start, and when the firm comes to another company."""
    now = desk.office.clock()
    async with desk.office.database.write(FIRM) as db:
        await leases.void_all(db, now=now)
        await notices.hurry_all(db, now=now)
        await outbox.hand_over_all(db, FIRM, now=now)
        await outbox.hurry(db, FIRM, now=now)
    await desk.office.connections.disconnect(FIRM, by=ANNA)
