"""A ledger of the test's own, and a firm in it."""

from collections.abc import AsyncIterator

import pytest

from services.db import ledger
from services.db.engine import Database
from services.db.entries import Entry
from services.db.opening import open_database
from services.domain.ledger import Payment
from services.domain.sync import Operation
from tests.builders import ANNA, FIRM, NOW, PassedClock, a_client
from tests.db.line import Line
from tests.db.shelf import SYNCING, Shelf


@pytest.fixture
async def database(ledger_url: str) -> AsyncIterator[Database]:
    async with open_database(ledger_url) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
            await ledger.insert_client(db, a_client(), by=ANNA, at=NOW)
        yield database


@pytest.fixture
def clock() -> PassedClock:
    return PassedClock()


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database)


@pytest.fixture
def line(database: Database, clock: PassedClock) -> Line:
    return Line(database, clock)


@pytest.fixture
async def payment(shelf: Shelf) -> Payment:
    client = await shelf.client(sync=shelf.synced())
    return await shelf.payment(client, sync=SYNCING)


@pytest.fixture
async def entry(shelf: Shelf, payment: Payment) -> Entry:
    return await shelf.ask(payment, Operation.CREATE)
