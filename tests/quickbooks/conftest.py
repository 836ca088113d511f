"""Where recorded bodies lie, and a simulated company behind real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from sandbox.loopback import listening
from sandbox.quickbooks import Company, Limits, QuickBooks
from tests.samples import samples_folder


@pytest.fixture
def samples() -> Path:
    """Recorded bodies; they are not part of this repository."""
    return samples_folder() / "quickbooks"


@pytest.fixture
def quickbooks() -> QuickBooks:
    quickbooks = QuickBooks(chance=Random(7))
    quickbooks.limits = Limits.none()
    return quickbooks


@pytest.fixture
def company(quickbooks: QuickBooks) -> Company:
    return quickbooks.add_company(name="Larkspur Accounting")


@pytest.fixture
async def served(quickbooks: QuickBooks, company: Company) -> AsyncIterator[str]:
    """Its base URL, over real sockets."""
    del company
    async with listening(quickbooks.app) as url:
        yield url
