"""A ledger to try the pictures in."""

from collections.abc import AsyncIterator

import pytest

from services.db import ledger
from services.db.opening import open_database
from tests.builders import FIRM
from tests.db.shelf import Shelf


@pytest.fixture
async def shelf(ledger_url: str) -> AsyncIterator[Shelf]:
    async with open_database(ledger_url) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
        yield Shelf(database)
