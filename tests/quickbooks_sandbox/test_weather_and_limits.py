"""Lagging queries, late arrivals, and how many requests pass."""

# ruff: noqa: S608 - This is QuickBooks' query language; no database is near.

import asyncio
from datetime import timedelta
from random import Random

import httpx
import pytest

from sandbox.quickbooks import (
    Company,
    Fault,
    Kind,
    Limits,
    LineCut,
    ManualClock,
    QuickBooks,
    Weather,
)
from sandbox.quickbooks.wire import JsonObject


@pytest.fixture
def order(company: Company) -> JsonObject:
    """A payment of 20 by Amy."""
    return {"CustomerRef": {"value": company.add_customer("Amy")["Id"]}, "TotalAmt": 20}


async def count(api: httpx.AsyncClient, where: str = "") -> int:
    query = f"select count(*) from Payment {where}"
    answer = await api.get("/query", params={"query": query})
    found: int = answer.json()["QueryResponse"]["totalCount"]
    return found


async def test_a_lagging_query_shows_what_was_and_a_read_shows_what_is(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    clock: ManualClock,
    order: JsonObject,
) -> None:
    payment = (await api.post("/payment", json=order)).json()["Payment"]
    clock.advance(timedelta(minutes=2))
    quickbooks.weather = Weather(query_lag=timedelta(seconds=60))
    await api.post("/payment", json=payment | {"TotalAmt": 35})
    assert await count(api, "where TotalAmt = '20'") == 1
    read = await api.get(f"/payment/{payment['Id']}")
    assert read.json()["Payment"]["TotalAmt"] == 35
    clock.advance(timedelta(seconds=60))
    assert await count(api, "where TotalAmt = '35'") == 1


async def test_a_lagging_query_does_not_know_the_new_and_still_knows_the_deleted(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    company: Company,
    clock: ManualClock,
    order: JsonObject,
) -> None:
    old = (await api.post("/payment", json=order)).json()["Payment"]
    clock.advance(timedelta(minutes=2))
    quickbooks.weather = Weather(query_lag=timedelta(seconds=60))
    company.delete("Payment", old["Id"])
    new = (await api.post("/payment", json=order)).json()["Payment"]
    found = await api.get("/query", params={"query": "select Id from Payment"})
    assert [row["Id"] for row in found.json()["QueryResponse"]["Payment"]] == [old["Id"]]
    assert (await api.get(f"/payment/{new['Id']}")).status_code == 200


async def test_names_are_unique_at_once_however_queries_lag(
    api: httpx.AsyncClient, quickbooks: QuickBooks
) -> None:
    quickbooks.weather = Weather(query_lag=timedelta(seconds=60))
    assert (await api.post("/customer", json={"DisplayName": "Amy"})).status_code == 200
    assert (await api.post("/customer", json={"DisplayName": "Amy"})).status_code == 400


async def test_the_history_of_an_object_ends_with_the_longest_lag(
    company: Company, clock: ManualClock, order: JsonObject
) -> None:
    for number in range(2000):
        clock.advance(timedelta(seconds=1))
        company.change("Customer", str(order["CustomerRef"]["value"]), Notes=f"{number}")
    record = company._books.records["Customer"]["1"]
    assert len(record.versions) <= 302


async def test_a_late_write_reaches_the_books_after_its_sender_gave_up(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, order: JsonObject
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.LATE, operation="create"))
    with pytest.raises(LineCut):
        await api.post("/payment?requestid=a", json=order)
    assert company.payments() == []
    await asyncio.sleep(0)  # The late one starts on its way,
    await asyncio.sleep(0)  # and is processed.
    assert len(company.payments()) == 1
    await api.post("/payment?requestid=a", json=order)
    assert len(company.payments()) == 1


class JumpingLoop(asyncio.SelectorEventLoop):
    """Nobody waits: when nothing is ready, the clock jumps to the next timer."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined] # No public way.
            self.ahead += max(0.0, self._scheduled[0].when() - self.time())  # type: ignore[attr-defined] # The same.
        super()._run_once()  # type: ignore[misc] # The same.


def test_late_writes_arrive_within_three_minutes_of_the_loops_time() -> None:
    async def run() -> tuple[list[float], int]:
        loop = asyncio.get_running_loop()
        quickbooks = QuickBooks(chance=Random(3))
        quickbooks.limits = Limits.none()
        quickbooks.weather = Weather(late=0.5)
        company = quickbooks.add_company(name="Larkspur")
        customer = {"value": company.add_customer("Amy")["Id"]}
        access_token, _ = quickbooks.issue_tokens(company)
        transport = httpx.ASGITransport(quickbooks.app)
        url = f"http://quickbooks.test/v3/company/{company.realm_id}/payment"
        headers = {"Authorization": f"Bearer {access_token}"}
        cut = 0
        async with httpx.AsyncClient(transport=transport, headers=headers) as client:
            for _ in range(40):
                try:
                    await client.post(url, json={"CustomerRef": customer, "TotalAmt": 1})
                except LineCut:
                    cut += 1
        start, arrivals = loop.time(), []
        known = len(company.payments())
        while known < 40:
            await asyncio.sleep(1)
            arrivals += [loop.time() - start] * (len(company.payments()) - known)
            known = len(company.payments())
        return arrivals, cut

    loop = JumpingLoop()
    try:
        arrivals, cut = loop.run_until_complete(run())
    finally:
        loop.close()
    assert 10 < cut < 30
    assert len(arrivals) == cut
    assert max(arrivals) <= 181


async def test_a_tenth_request_within_a_second_passes_and_an_eleventh_does_not(
    api: httpx.AsyncClient, quickbooks: QuickBooks, clock: ManualClock
) -> None:
    quickbooks.limits = Limits()
    statuses = [(await api.get("/companyinfo/1")).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    clock.advance(timedelta(seconds=1))
    assert (await api.get("/companyinfo/1")).status_code == 200


async def test_the_minute_has_its_own_limit(
    api: httpx.AsyncClient, quickbooks: QuickBooks, clock: ManualClock
) -> None:
    quickbooks.limits = Limits(requests_per_minute=15)
    for _ in range(15):
        clock.advance(timedelta(seconds=1))
        assert (await api.get("/companyinfo/1")).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert (await api.get("/companyinfo/1")).status_code == 429
    clock.advance(timedelta(seconds=45))
    assert (await api.get("/companyinfo/1")).status_code == 200


async def test_batches_have_their_own_limit(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company
) -> None:
    quickbooks.limits = Limits(batches_per_minute=1)
    item = {"bId": "1", "operation": "create", "Customer": {"DisplayName": "Amy"}}
    assert (await api.post("/batch", json={"BatchItemRequest": [item]})).status_code == 200
    refused = await api.post("/batch", json={"BatchItemRequest": [item]})
    assert refused.status_code == 429
    assert (await api.get("/companyinfo/1")).status_code == 200
    assert len(company.customers()) == 1


async def test_a_429_advises_no_wait_unless_it_is_told_to(
    api: httpx.AsyncClient, quickbooks: QuickBooks
) -> None:
    quickbooks.limits = Limits(requests_per_minute=0)
    assert "Retry-After" not in (await api.get("/companyinfo/1")).headers
    quickbooks.limits = Limits(requests_per_minute=0, retry_after=timedelta(seconds=60))
    assert (await api.get("/companyinfo/1")).headers["Retry-After"] == "60"
