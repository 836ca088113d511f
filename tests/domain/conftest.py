"""A ledger to try the pictures in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.db import ledger
from services.db.engine import Database
from tests.builders import FIRM, a_ledger_url
from tests.db.shelf import Shelf


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    async with Database(a_ledger_url(tmp_path)) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
        yield Shelf(database)
