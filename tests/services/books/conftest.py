"""A firm that is connected, and whose books are looked through after every test."""

from collections.abc import AsyncIterator

import pytest

from tests.services.books.bookkeeping import check_balance, check_ours
from tests.services.books.desk import Desk
from tests.services.conftest import Office


@pytest.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    """Acme is its client; nothing is in QuickBooks yet."""
    await office.connect()
    yield Desk(office)
    check_balance(office.company)
    await check_ours(office.database, office.company)
