"""A firm that is connected, and whose books are looked through after every test."""

from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from tests.services.books.bookkeeping import check_balance, check_ours
from tests.services.books.desk import Desk
from tests.services.conftest import Office
from tests.simulation.kernel import VirtualLoop


@pytest.fixture
async def desk(office: Office) -> AsyncIterator[Desk]:
    """Acme is its client; nothing is in QuickBooks yet."""
    await office.connect()
    yield Desk(office)
    check_balance(office.company)
    await check_ours(office.database, office.company)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Time is virtual here: the worker's pace of ten requests a second takes none of ours."""
    del config, item
    return {"virtual": VirtualLoop}
