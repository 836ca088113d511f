"""Change data capture in its three shapes, and its limits."""

from datetime import timedelta

import httpx
import pytest

from sandbox.quickbooks import Company, ManualClock, QuickBooks, Weather
from sandbox.quickbooks.wire import JsonObject

BEFORE = "2026-11-02T08:59:00-08:00"


async def changes(api: httpx.AsyncClient, entities: str, since: str = BEFORE) -> list[JsonObject]:
    answer = await api.get("/cdc", params={"entities": entities, "changedSince": since})
    assert answer.status_code == 200, answer.text
    [outer] = answer.json()["CDCResponse"]
    found: list[JsonObject] = outer["QueryResponse"]
    return found


@pytest.fixture
def amy(company: Company) -> str:
    found: str = company.add_customer("Amy")["Id"]
    return found


async def test_changed_objects_come_whole(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    company.add_payment(amy, "10")
    customers, payments = await changes(api, "Customer,Payment")
    assert (customers["startPosition"], customers["maxResults"]) == (1, 1)
    assert payments["Payment"][0]["TotalAmt"] == 10


async def test_nothing_changed_is_an_empty_object(
    api: httpx.AsyncClient, clock: ManualClock, amy: str
) -> None:
    assert amy == "1"
    clock.advance(timedelta(minutes=1))
    assert await changes(api, "Customer,Vendor", "2026-11-02T09:00:30-08:00") == [{}, {}]


async def test_deletions_alone_have_a_total_and_no_start(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    payment = company.add_payment(amy, "10")
    company.delete("Payment", payment["Id"])
    [block] = await changes(api, "Payment")
    assert block == {
        "Payment": [
            {
                "domain": "QBO",
                "status": "Deleted",
                "Id": payment["Id"],
                "MetaData": {"LastUpdatedTime": "2026-11-02T09:00:00-08:00"},
            }
        ],
        "maxResults": 1,
        "totalCount": 1,
    }


async def test_a_void_does_not_say_that_it_is_one(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    company.void("Payment", company.add_payment(amy, "10")["Id"])
    [block] = await changes(api, "Payment")
    [payment] = block["Payment"]
    assert "status" not in payment
    assert (payment["TotalAmt"], payment["PrivateNote"]) == (0, "Voided")


async def test_a_thousand_come_at_most_the_oldest_first(
    api: httpx.AsyncClient, company: Company, clock: ManualClock, amy: str
) -> None:
    for _ in range(1001):
        company.add_payment(amy, "1")
        clock.advance(timedelta(seconds=1))
    customers, payments = await changes(api, "Customer,Payment")
    assert (customers["maxResults"], payments["maxResults"]) == (1, 999)
    ids = [payment["Id"] for payment in payments["Payment"]]
    assert ids == [str(number) for number in range(1, 1000)]


async def test_it_looks_thirty_days_back(
    api: httpx.AsyncClient, clock: ManualClock, company: Company
) -> None:
    assert company.customers() == []
    clock.advance(timedelta(minutes=29))
    long_ago = {"entities": "Customer", "changedSince": "2026-10-03T09:28:00-08:00"}
    assert (await api.get("/cdc", params=long_ago)).status_code == 400
    just = {"entities": "Customer", "changedSince": "2026-10-03T09:29:00-08:00"}
    assert (await api.get("/cdc", params=just)).status_code == 200


async def test_it_lags_as_queries_do(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, clock: ManualClock, amy: str
) -> None:
    quickbooks.weather = Weather(query_lag=timedelta(seconds=60))
    company.add_payment(amy, "10")
    assert await changes(api, "Payment") == [{}]
    clock.advance(timedelta(seconds=60))
    [block] = await changes(api, "Payment")
    assert block["maxResults"] == 1


@pytest.mark.parametrize("entities", ["", "Payment,Song"])
async def test_unknown_entities_are_refused(api: httpx.AsyncClient, entities: str) -> None:
    answer = await api.get("/cdc", params={"entities": entities, "changedSince": BEFORE})
    assert answer.status_code == 400
