"""The client on the wire: what it sends, and what each way of failing tells it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
import pytest

from services.domain.sync import Accepted, NotSent, Operation, Outcome, ReplyLost
from services.errors import TryLater
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
        return await client.write(ACCESS, "Payment", Operation.CREATE, BODY, KEY)


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


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (Operation.CREATE, None),
        (Operation.UPDATE, None),
        (Operation.APPLY, None),  # To QuickBooks, an update of the payment.
        (Operation.UNAPPLY, None),
        (Operation.VOID, "void"),
        (Operation.DELETE, "delete"),
    ],
)
async def test_an_operation_is_named_where_quickbooks_has_a_word_for_it(
    operation: Operation, said: str | None
) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"RefundReceipt": {"Id": "15", "SyncToken": "1"}})

    async with a_client(answer) as client:
        outcome = await client.write(ACCESS, "RefundReceipt", operation, BODY, KEY)
    assert outcome == Accepted("15", "1")
    (request,) = sent
    asked = {"requestid": KEY, "minorversion": "75"}
    assert dict(request.url.params) == asked | ({"operation": said} if said else {})
    assert request.url.path == f"/v3/company/{REALM}/refundreceipt"
    assert (request.method, request.content) == ("POST", BODY.encode())


async def test_an_object_is_read_by_its_id() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"RefundReceipt": {"Id": "15", "TotalAmt": 80.10}})

    async with a_client(answer) as client:
        found = await client.find(ACCESS, "RefundReceipt", "15")
    assert found == {"Id": "15", "TotalAmt": Decimal("80.10")}
    (request,) = asked
    assert request.url.path == f"/v3/company/{REALM}/refundreceipt/15"
    assert dict(request.url.params) == {"minorversion": "75"}


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("Active = true", "SELECT * FROM Item WHERE Active = true STARTPOSITION 1 MAXRESULTS 1000"),
        ("", "SELECT * FROM Item STARTPOSITION 1 MAXRESULTS 1000"),
    ],
)
async def test_a_question_without_a_condition_asks_for_all(where: str, text: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["query"])
        return httpx.Response(200, json={"QueryResponse": {}})

    async with a_client(answer) as client:
        assert await client.query(ACCESS, "Item", where) == []
    assert asked == [text]


async def test_nobody_listening_means_not_sent(unused_tcp_port: int) -> None:
    async with open_http() as http:
        client = QuickBooksClient(http, api_url=f"http://127.0.0.1:{unused_tcp_port}")
        assert isinstance(
            await client.write(ACCESS, "Payment", Operation.CREATE, BODY, KEY), NotSent
        )
