"""The client on the wire: what it sends, and what each way of failing tells it."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.quickbooks import Company, Fault, Kind, QuickBooks
from services.domain.causes import Cause
from services.domain.ids import RealmId
from services.domain.sync import Accepted, NotSent, Outcome, Rejected, ReplyLost
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.ports import Access
from services.quickbooks.client import READ_TIMEOUT, QuickBooksClient, open_http
from tests.builders import REALM

ACCESS = Access(REALM, "a-token")
BODY = '{"CustomerRef": {"value": "58"}, "TotalAmt": 500.00}'
KEY = "0123456789abcdef0123456789abcdef"
Answer = Callable[[httpx.Request], httpx.Response]
WRITTEN = httpx.Response(200, json={"Payment": {"Id": "15", "SyncToken": "0"}})


@asynccontextmanager
async def a_client(answer: Answer) -> AsyncIterator[QuickBooksClient]:
    """The real client, whose every request `answer` answers."""
    async with open_http(httpx.MockTransport(answer)) as http:
        yield QuickBooksClient(http, api_url="http://quickbooks.test/")


async def create_over(answer: Answer) -> Outcome:
    async with a_client(answer) as client:
        return await client.create(ACCESS, "Payment", BODY, KEY)


def failing(error: type[httpx.RequestError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("as told", request=request)

    return answer


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_never_got_a_line_was_not_sent(error: type[httpx.RequestError]) -> None:
    assert isinstance(await create_over(failing(error)), NotSent)


@pytest.mark.parametrize(
    "error",
    [
        *(httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError),
        *(httpx.CloseError, httpx.RemoteProtocolError, httpx.LocalProtocolError),
        *(httpx.ProxyError, httpx.DecodingError, httpx.TooManyRedirects),
    ],
)
async def test_what_broke_once_the_line_stood_may_have_arrived(
    error: type[httpx.RequestError],
) -> None:
    assert isinstance(await create_over(failing(error)), ReplyLost)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.DecodingError])
async def test_a_question_without_an_answer_is_asked_later(
    error: type[httpx.RequestError],
) -> None:
    async with a_client(failing(error)) as client:
        with pytest.raises(TryLater):
            await client.query(ACCESS, "Payment", "Id = '1'")


async def test_an_answer_that_cannot_be_unpacked_is_lost() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(b"not gzip")
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    assert isinstance(await create_over(answer), ReplyLost)


async def test_a_write_is_sent_as_it_was_stored_under_its_key() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return WRITTEN

    assert await create_over(answer) == Accepted("15", "0")
    (request,) = sent
    assert request.content == BODY.encode()
    assert request.url.path == f"/v3/company/{REALM}/payment"
    assert dict(request.url.params) == {"requestid": KEY, "minorversion": "75"}
    assert request.headers["Authorization"] == "Bearer a-token"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Content-Type"] == "application/json"


async def test_every_phase_of_a_call_has_its_limit() -> None:
    limits: list[dict[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        limits.append(request.extensions["timeout"])
        return WRITTEN

    await create_over(answer)
    (limit,) = limits
    assert limit == {"connect": 5, "read": READ_TIMEOUT.total_seconds(), "write": 10, "pool": 10}
    assert READ_TIMEOUT.total_seconds() > 120  # QuickBooks' own limit: its answer comes first.


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed_with_somebodys_money(status: int) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(status, headers={"Location": "http://elsewhere.test/"})

    assert isinstance(await create_over(answer), ReplyLost)
    assert asked == ["quickbooks.test"]


# Against the simulated company.


@pytest.fixture
async def client(quickbooks: QuickBooks, company: Company) -> AsyncIterator[QuickBooksClient]:
    del company
    async with open_http(httpx.ASGITransport(quickbooks.app)) as http:
        yield QuickBooksClient(http, api_url="http://quickbooks.test")


@pytest.fixture
def access(quickbooks: QuickBooks, company: Company) -> Access:
    return Access(RealmId(company.realm_id), quickbooks.issue_tokens(company)[0])


def a_body(company: Company) -> str:
    customer = company.add_customer("Amy")["Id"]
    return json.dumps({"CustomerRef": {"value": customer}, "TotalAmt": 500})


async def test_the_same_key_twice_is_one_payment(
    client: QuickBooksClient, access: Access, company: Company
) -> None:
    body = a_body(company)
    first = await client.create(access, "Payment", body, KEY)
    second = await client.create(access, "Payment", body, KEY)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.qbo_id == second.qbo_id
    assert len(company.payments()) == 1


async def test_an_answer_names_its_trace(
    client: QuickBooksClient, access: Access, company: Company, quickbooks: QuickBooks
) -> None:
    outcome = await client.create(access, "Payment", a_body(company), KEY)
    assert isinstance(outcome, Accepted)
    assert outcome.tid == quickbooks.requests[-1].tid


@pytest.mark.parametrize(
    ("kind", "outcome", "booked"),
    [
        (Kind.CUT_BEFORE, ReplyLost, 0),
        (Kind.CUT_AFTER, ReplyLost, 1),
        (Kind.FAILED, ReplyLost, 0),
        (Kind.UNAVAILABLE, ReplyLost, 0),
        (Kind.GARBAGE, ReplyLost, 0),
        (Kind.HALF, ReplyLost, 1),
    ],
)
async def test_trouble_after_sending_is_a_lost_reply(
    client: QuickBooksClient,
    access: Access,
    company: Company,
    quickbooks: QuickBooks,
    kind: Kind,
    outcome: type[Outcome],
    booked: int,
) -> None:
    body = a_body(company)
    quickbooks.faults.add(Fault(kind=kind, entity="payment"))
    assert isinstance(await client.create(access, "Payment", body, KEY), outcome)
    assert len(company.payments()) == booked


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        (Kind.UNAUTHORIZED, AccessExpired),
        (Kind.FORBIDDEN, ConnectionLost),
        (Kind.THROTTLED, Throttled),
    ],
)
async def test_what_the_gateway_turns_away_is_told_apart(
    client: QuickBooksClient,
    access: Access,
    company: Company,
    quickbooks: QuickBooks,
    kind: Kind,
    raised: type[Exception],
) -> None:
    body = a_body(company)
    quickbooks.faults.add(Fault(kind=kind, count=2))
    with pytest.raises(raised):
        await client.create(access, "Payment", body, KEY)
    with pytest.raises(raised):
        await client.query(access, "Payment", "Id = '1'")
    assert company.payments() == []


async def test_a_refusal_carries_quickbooks_own_words(
    client: QuickBooksClient, access: Access, company: Company
) -> None:
    company.add_vendor("Amy")
    outcome = await client.create(access, "Customer", '{"DisplayName": "Amy"}', KEY)
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.NAME_TAKEN
    assert "Another customer, vendor or employee" in outcome.detail


async def test_a_look_up_reads_all_pages(
    client: QuickBooksClient, access: Access, company: Company, quickbooks: QuickBooks
) -> None:
    names = {company.add_customer(f"Client {number}")["DisplayName"] for number in range(1001)}
    found = await client.query(access, "Customer", "Active = true")
    assert {customer["DisplayName"] for customer in found} == names
    assert [served.operation for served in quickbooks.requests] == ["query", "query"]


async def test_a_look_up_that_finds_nothing_is_empty(
    client: QuickBooksClient, access: Access
) -> None:
    assert await client.query(access, "Payment", "Id = '99'") == []


async def test_a_company_is_read_with_what_a_push_needs(
    client: QuickBooksClient, access: Access, company: Company
) -> None:
    read = await client.read_company(access)
    (undeposited,) = (
        account["Id"]
        for account in company.accounts()
        if account.get("AccountSubType") == "UndepositedFunds"
    )
    assert (read.name, read.country, read.currency) == ("Larkspur Accounting", "US", "USD")
    assert read.undeposited_funds_id == undeposited
    assert read.payment_methods["check"] != read.payment_methods["cash"]


async def test_neither_a_proxy_nor_a_netrc_of_the_machine_is_used(
    served: str, access: Access, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password intruder\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with open_http() as http:
        client = QuickBooksClient(http, api_url=served)
        assert await client.query(access, "Payment", "Id = '1'") == []


async def test_nobody_listening_means_not_sent(unused_tcp_port: int) -> None:
    async with open_http() as http:
        client = QuickBooksClient(http, api_url=f"http://127.0.0.1:{unused_tcp_port}")
        assert isinstance(await client.create(ACCESS, "Payment", BODY, KEY), NotSent)
