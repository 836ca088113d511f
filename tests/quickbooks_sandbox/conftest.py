"""A company with a manual clock and seeded chance, and a client that talks to it in-process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import httpx
import pytest

from sandbox.quickbooks import Company, Limits, ManualClock, QuickBooks
from tests.samples import samples_folder


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def quickbooks(clock: ManualClock) -> QuickBooks:
    """Without limits on the number of requests: tests of those put them back."""
    quickbooks = QuickBooks(clock=clock, chance=Random(7))
    quickbooks.limits = Limits.none()
    return quickbooks


@pytest.fixture
def company(quickbooks: QuickBooks) -> Company:
    return quickbooks.add_company(name="Larkspur Accounting")


@pytest.fixture
async def api(quickbooks: QuickBooks, company: Company) -> AsyncIterator[httpx.AsyncClient]:
    """Paths are relative to the company: `/payment`, `/query?query=…`."""
    async with client_for(quickbooks, company) as client:
        yield client


@asynccontextmanager
async def client_for(quickbooks: QuickBooks, company: Company) -> AsyncIterator[httpx.AsyncClient]:
    access_token, _ = quickbooks.issue_tokens(company)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(quickbooks.app),
        base_url=f"http://quickbooks.test/v3/company/{company.realm_id}",
        headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
    ) as client:
        yield client


@pytest.fixture
def samples() -> Path:
    """Recorded bodies to hold ours against; they are not part of this repository."""
    return samples_folder() / "quickbooks"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
