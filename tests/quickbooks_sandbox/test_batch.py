"""Batches: independent items, each with its own fate, remembered one by one."""

import httpx
import pytest

from sandbox.quickbooks import Company, Fault, Kind, QuickBooks
from sandbox.quickbooks.wire import JsonObject


@pytest.fixture
def amy(company: Company) -> str:
    found: str = company.add_customer("Amy")["Id"]
    return found


def create(b_id: str, customer_id: str, amount: int = 20) -> JsonObject:
    payment = {"CustomerRef": {"value": customer_id}, "TotalAmt": amount}
    return {"bId": b_id, "operation": "create", "Payment": payment}


async def send(
    api: httpx.AsyncClient, *items: JsonObject, request_id: str = ""
) -> list[JsonObject]:
    params = {"requestid": request_id} if request_id else {}
    answer = await api.post("/batch", json={"BatchItemRequest": items}, params=params)
    assert answer.status_code == 200, answer.text
    found: list[JsonObject] = answer.json()["BatchItemResponse"]
    return found


async def test_one_refused_item_leaves_the_others_alone(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    query = {"bId": "q", "Query": "select count(*) from Customer"}
    good, bad, asked = await send(api, create("1", amy), create("2", "999"), query)
    assert good["bId"] == "1"
    assert "Payment" in good
    assert bad["Fault"]["Error"][0]["code"] == "2500"
    assert asked == {"QueryResponse": {"totalCount": 1}, "bId": "q"}
    assert len(company.payments()) == 1


async def test_update_delete_and_void_work_in_a_batch(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    one, two, three = (company.add_payment(amy, "10") for _ in range(3))
    full = {"CustomerRef": {"value": amy}, "SyncToken": "0"}
    answers = await send(
        api,
        {
            "bId": "1",
            "operation": "update",
            "Payment": full | {"Id": one["Id"], "TotalAmt": 15},
        },
        {"bId": "2", "operation": "delete", "Payment": {"Id": two["Id"], "SyncToken": "0"}},
        {
            "bId": "3",
            "operation": "update",
            "optionsData": "void",
            "Payment": full | {"Id": three["Id"], "TotalAmt": 10},
        },
    )
    assert ["Fault" in answer for answer in answers] == [False] * 3
    assert [payment["TotalAmt"] for payment in company.payments()] == [15, 0]


async def test_request_id_and_b_id_together_are_the_key(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    first = await send(api, create("1", amy), create("2", amy), request_id="r")
    again = await send(api, create("2", amy), create("3", amy), request_id="r")
    assert again[0] == first[1]
    assert len(company.payments()) == 3


async def test_only_the_lost_items_need_to_be_sent_again(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, amy: str
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.CUT_AFTER, entity="batch"))
    with pytest.raises(httpx.RemoteProtocolError):
        await send(api, create("1", amy), create("2", amy), request_id="r")
    [answer] = await send(api, create("2", amy), request_id="r")
    assert len(company.payments()) == 2
    assert answer["Payment"]["Id"] == "2"


async def test_an_item_can_be_throttled_within_a_good_reply(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, amy: str
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.THROTTLED, method="ITEM", entity="payment", nth=2))
    _, throttled = await send(api, create("1", amy), create("2", amy), request_id="r")
    assert throttled["Fault"]["Error"][0]["code"] == "3001"
    assert len(company.payments()) == 1
    _, passed = await send(api, create("1", amy), create("2", amy), request_id="r")
    assert "Payment" in passed
    assert len(company.payments()) == 2


async def test_more_than_thirty_items_are_refused_as_a_whole(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    items = [create(str(number), amy) for number in range(31)]
    answer = await api.post("/batch", json={"BatchItemRequest": items})
    assert answer.status_code == 400
    assert company.payments() == []


async def test_a_long_b_id_is_refused_where_a_request_id_is_present(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    item = create("b" * 11, amy)
    await send(api, item)
    answer = await api.post("/batch?requestid=r", json={"BatchItemRequest": [item]})
    assert answer.json()["Fault"]["Error"][0]["element"] == "bId"
    assert len(company.payments()) == 1
