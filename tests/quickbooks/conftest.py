"""Where recorded bodies lie, and a simulated company behind real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import httpx
import pytest

from sandbox.loopback import listening
from sandbox.quickbooks import Company, Limits, QuickBooks
from services.domain.ids import RealmId
from services.ports import Access
from services.quickbooks.client import QuickBooksClient, open_http
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


@pytest.fixture
async def client(quickbooks: QuickBooks, company: Company) -> AsyncIterator[QuickBooksClient]:
    del company
    async with open_http(httpx.ASGITransport(quickbooks.app)) as http:
        yield QuickBooksClient(http, api_url="http://quickbooks.test")


@pytest.fixture
def access(quickbooks: QuickBooks, company: Company) -> Access:
    return Access(RealmId(company.realm_id), quickbooks.issue_tokens(company)[0])
