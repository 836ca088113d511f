"""Request ids: what was answered once is answered again, whatever happened since."""

from datetime import timedelta

import httpx
import pytest

from sandbox.quickbooks import Company, ManualClock, QuickBooks, Rules, Weather
from sandbox.quickbooks.wire import JsonObject


@pytest.fixture
def order(company: Company) -> JsonObject:
    """A payment of 20 by Amy."""
    return {"CustomerRef": {"value": company.add_customer("Amy")["Id"]}, "TotalAmt": 20}


async def test_a_repeat_is_answered_with_the_first_reply_and_books_nothing(
    api: httpx.AsyncClient, company: Company, clock: ManualClock, order: JsonObject
) -> None:
    first = await api.post("/payment?requestid=a1", json=order)
    clock.advance(timedelta(days=400))
    clock.advance(timedelta(days=-400))
    second = await api.post("/payment?requestid=a1", json=order)
    assert second.content == first.content
    assert len(company.payments()) == 1


async def test_a_deleted_payment_still_replays_its_create(
    api: httpx.AsyncClient, company: Company, order: JsonObject
) -> None:
    first = await api.post("/payment?requestid=a1", json=order)
    company.delete("Payment", first.json()["Payment"]["Id"])
    assert (await api.post("/payment?requestid=a1", json=order)).content == first.content
    assert company.payments() == []


async def test_another_body_under_the_same_id_gets_the_first_reply(
    api: httpx.AsyncClient, company: Company, order: JsonObject
) -> None:
    await api.post("/payment?requestid=a1", json=order)
    other = await api.post("/payment?requestid=a1", json=order | {"TotalAmt": 99})
    assert other.json()["Payment"]["TotalAmt"] == 20
    assert len(company.payments()) == 1


async def test_another_body_can_be_made_a_refusal(
    api: httpx.AsyncClient, quickbooks: QuickBooks, order: JsonObject
) -> None:
    quickbooks.rules = Rules(compares_bodies=True)
    await api.post("/payment?requestid=a1", json=order)
    other = await api.post("/payment?requestid=a1", json=order | {"TotalAmt": 99})
    assert other.status_code == 400


async def test_a_refusal_is_not_remembered(
    api: httpx.AsyncClient, company: Company, order: JsonObject
) -> None:
    wrong = await api.post("/payment?requestid=a1", json=order | {"TotalAmt": -1})
    right = await api.post("/payment?requestid=a1", json=order)
    assert (wrong.status_code, right.status_code) == (400, 200)
    assert len(company.payments()) == 1


async def test_a_refusal_can_be_remembered(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, order: JsonObject
) -> None:
    quickbooks.rules = Rules(stores_validation_faults=True)
    wrong = await api.post("/payment?requestid=a1", json=order | {"TotalAmt": -1})
    again = await api.post("/payment?requestid=a1", json=order)
    assert again.content == wrong.content
    assert company.payments() == []


async def test_ids_are_each_companys_own(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, order: JsonObject
) -> None:
    other = quickbooks.add_company(name="Second")
    other.add_customer("Amy")
    access_token, _ = quickbooks.issue_tokens(other)
    await api.post("/payment?requestid=a1", json=order)
    await api.post(
        f"http://quickbooks.test/v3/company/{other.realm_id}/payment?requestid=a1",
        json=order,
        headers={"Authorization": f"Bearer {access_token}"},
    )
    assert (len(company.payments()), len(other.payments())) == (1, 1)


async def test_a_forgetful_quickbooks_books_twice(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    company: Company,
    clock: ManualClock,
    order: JsonObject,
) -> None:
    quickbooks.weather = Weather(forgets_after=timedelta(hours=24))
    await api.post("/payment?requestid=a1", json=order)
    clock.advance(timedelta(minutes=59))
    await api.post("/payment?requestid=a1", json=order)
    assert len(company.payments()) == 1
    quickbooks.weather = Weather(forgets_after=timedelta(minutes=59))
    await api.post("/payment?requestid=a1", json=order)
    assert len(company.payments()) == 2


@pytest.mark.parametrize(("path", "longest"), [("payment", 50), ("batch", 36)])
async def test_a_request_id_has_its_longest_length(
    api: httpx.AsyncClient, order: JsonObject, path: str, longest: int
) -> None:
    item = {"bId": "1", "operation": "create", "Payment": order}
    body = order if path == "payment" else {"BatchItemRequest": [item]}
    fits = await api.post(f"/{path}?requestid={'r' * longest}", json=body)
    too_long = await api.post(f"/{path}?requestid={'s' * (longest + 1)}", json=body)
    assert (fits.status_code, too_long.status_code) == (200, 400)
    assert too_long.json()["Fault"]["Error"][0]["code"] == "2050"
