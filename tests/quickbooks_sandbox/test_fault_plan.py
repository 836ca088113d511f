"""Scripted trouble in-process: whom it befalls, what arrives, and what the client sees."""

import asyncio
from contextvars import ContextVar
from datetime import datetime, timedelta
from random import Random

import httpx
import pytest

from sandbox.quickbooks import Company, Fault, Kind, LineCut, ManualClock, QuickBooks
from sandbox.quickbooks.wire import JsonObject

STEPS_TO_ARRIVE = 20  # Of the event loop; a request in-process needs fewer.


@pytest.fixture
def order(company: Company) -> JsonObject:
    """A payment of 20 by Amy."""
    return {"CustomerRef": {"value": company.add_customer("Amy")["Id"]}, "TotalAmt": 20}


@pytest.mark.parametrize(("kind", "booked"), [(Kind.CUT_BEFORE, 0), (Kind.CUT_AFTER, 1)])
async def test_a_cut_line_is_a_protocol_error_before_or_after_the_commit(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    company: Company,
    order: JsonObject,
    kind: Kind,
    booked: int,
) -> None:
    quickbooks.faults.add(Fault(kind=kind, entity="payment"))
    with pytest.raises(LineCut) as caught:
        await api.post("/payment?requestid=a", json=order)
    assert isinstance(caught.value, httpx.RemoteProtocolError)
    assert len(company.payments()) == booked
    assert (await api.post("/payment?requestid=a", json=order)).status_code == 200
    assert len(company.payments()) == 1


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.UNAUTHORIZED, 401),
        (Kind.FORBIDDEN, 403),
        (Kind.THROTTLED, 429),
        (Kind.FAILED, 500),
        (Kind.UNAVAILABLE, 503),
        (Kind.REFUSED, 400),
        (Kind.GARBAGE, 200),
    ],
)
@pytest.mark.parametrize("committed", [False, True])
async def test_a_wrong_answer_may_hide_a_commit(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    company: Company,
    order: JsonObject,
    kind: Kind,
    status: int,
    committed: bool,  # noqa: FBT001 - pytest names it.
) -> None:
    quickbooks.faults.add(Fault(kind=kind, committed=committed))
    answer = await api.post("/payment?requestid=a", json=order)
    assert answer.status_code == status
    assert len(company.payments()) == int(committed)
    [served] = quickbooks.requests
    assert (served.status, served.disturbed) == (status, kind)


async def test_a_fault_of_ones_own_choice(
    api: httpx.AsyncClient, quickbooks: QuickBooks, order: JsonObject
) -> None:
    quickbooks.faults.add(
        Fault(kind=Kind.REFUSED, code="6190", message="Invalid Company Status", detail="Ended")
    )
    [error] = (await api.post("/payment", json=order)).json()["Fault"]["Error"]
    assert (error["code"], error["Message"], error["Detail"]) == (
        "6190",
        "Invalid Company Status",
        "Ended",
    )


async def test_half_an_answer_follows_a_whole_commit(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, order: JsonObject
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.HALF))
    answer = await api.post("/payment", json=order)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        answer.json()
    assert len(company.payments()) == 1


async def test_a_throttled_answer_may_advise_a_wait(
    api: httpx.AsyncClient, quickbooks: QuickBooks
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.THROTTLED, wait=timedelta(seconds=30)))
    quickbooks.faults.add(Fault(kind=Kind.THROTTLED))
    assert (await api.get("/preferences")).headers["Retry-After"] == "30"
    assert "Retry-After" not in (await api.get("/preferences")).headers


async def test_a_fault_befalls_the_nth_match_as_often_as_it_says(
    api: httpx.AsyncClient, quickbooks: QuickBooks, order: JsonObject
) -> None:
    quickbooks.faults.add(
        Fault(kind=Kind.FAILED, method="POST", entity="payment", operation="create", nth=2, count=2)
    )
    assert (await api.get("/preferences")).status_code == 200
    assert (await api.post("/customer", json={"DisplayName": "Bill"})).status_code == 200
    statuses = [(await api.post("/payment", json=order)).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]
    assert list(quickbooks.faults) == []


async def test_a_fault_without_a_count_goes_on_until_it_is_cleared(
    api: httpx.AsyncClient, quickbooks: QuickBooks
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.UNAVAILABLE, count=None))
    statuses = {(await api.get("/preferences")).status_code for _ in range(5)}
    assert statuses == {503}
    quickbooks.faults.clear()
    assert (await api.get("/preferences")).status_code == 200


async def test_a_fault_may_be_a_matter_of_chance(
    api: httpx.AsyncClient, quickbooks: QuickBooks
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.FAILED, count=None, probability=0.3))
    statuses = [(await api.get("/preferences")).status_code for _ in range(200)]
    assert 30 < statuses.count(500) < 90


async def test_a_slow_request_is_processed_though_its_sender_left(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, order: JsonObject
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.SLOW, wait=timedelta(milliseconds=1)))
    sender = asyncio.create_task(api.post("/payment", json=order))
    for _ in range(STEPS_TO_ARRIVE):
        await asyncio.sleep(0)
    sender.cancel()
    [arrival] = quickbooks._gateway.under_way
    await arrival
    assert sender.cancelled()
    assert len(company.payments()) == 1


async def test_what_arrives_late_belongs_to_nobody_who_sent_it(
    api: httpx.AsyncClient, quickbooks: QuickBooks, clock: ManualClock, order: JsonObject
) -> None:
    sender: ContextVar[str] = ContextVar("sender", default="nobody")
    seen: list[tuple[str, int]] = []

    def watching() -> datetime:
        seen.append((sender.get(), len(quickbooks.requests)))
        return clock()

    quickbooks.clock = watching
    quickbooks.faults.add(Fault(kind=Kind.LATE))
    sender.set("a worker that may be frozen")
    with pytest.raises(LineCut):
        await api.post("/payment", json=order)
    for _ in range(STEPS_TO_ARRIVE):
        await asyncio.sleep(0)
    by_sender, by_arrival = quickbooks.requests
    assert (by_sender.status, by_arrival.status) == (None, 200)
    assert {who for who, served in seen if served == 1} == {"nobody"}


async def test_a_slow_answer_follows_a_prompt_commit(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, order: JsonObject
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.SLOW_ANSWER, wait=timedelta(hours=1)))
    sender = asyncio.create_task(api.post("/payment", json=order))
    for _ in range(STEPS_TO_ARRIVE):
        await asyncio.sleep(0)
    assert len(company.payments()) == 1
    assert not sender.done()
    sender.cancel()


async def test_unreadable_json_is_quickbooks_own_complaint(api: httpx.AsyncClient) -> None:
    answer = await api.post("/payment", content=b'{"Id": ')
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "2010")


async def test_the_log_tells_what_was_served(
    api: httpx.AsyncClient, quickbooks: QuickBooks, order: JsonObject
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.CUT_AFTER, operation="create"))
    with pytest.raises(LineCut):
        await api.post("/payment?requestid=a", json=order)
    answer = await api.get("/query", params={"query": "select * from Payment"})
    cut, query = quickbooks.requests
    assert (cut.method, cut.entity, cut.operation, cut.status) == (
        "POST",
        "payment",
        "create",
        None,
    )
    assert (cut.query, cut.disturbed) == ("requestid=a", Kind.CUT_AFTER)
    assert (query.operation, query.status) == ("query", 200)
    assert query.tid == answer.headers["intuit_tid"]


def test_the_same_chance_makes_the_same_answers() -> None:
    def secrets() -> tuple[str, ...]:
        quickbooks = QuickBooks(clock=ManualClock(), chance=Random(5))
        company = quickbooks.add_company(name="Larkspur")
        return (quickbooks.client_id, company.realm_id, *quickbooks.issue_tokens(company))

    assert secrets() == secrets()
