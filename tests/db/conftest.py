"""A ledger of the test's own, and a firm in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.db import ledger
from services.db.engine import Database
from services.payments import Payments
from tests.builders import ANNA, FIRM, NOW, PassedClock, a_client, a_ledger_url


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(a_ledger_url(tmp_path)) as database:
        async with database.write() as db:
            await ledger.ensure_firm(db, FIRM)
            await ledger.insert_client(db, a_client(), by=ANNA, at=NOW)
        yield database


@pytest.fixture
def clock() -> PassedClock:
    return PassedClock()


@pytest.fixture
def payments(database: Database, clock: PassedClock) -> Payments:
    return Payments(database, clock, ring=lambda: None)
