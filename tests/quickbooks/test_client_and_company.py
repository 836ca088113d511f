"""The client against the simulated company: what it reads, and what each failure tells it."""

import json
from datetime import date
from pathlib import Path

import pytest

from sandbox.quickbooks import Company, Fault, Kind, QuickBooks
from services.domain.causes import Cause
from services.domain.sync import (
    Accepted,
    Operation,
    Outcome,
    Rejected,
    ReplyLost,
)
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.ports import Access
from services.quickbooks.client import QuickBooksClient, open_http

KEY = "0123456789abcdef0123456789abcdef"


def a_body(company: Company) -> str:
    customer = company.add_customer("Amy")["Id"]
    return json.dumps({"CustomerRef": {"value": customer}, "TotalAmt": 500})


async def test_the_same_key_twice_is_one_payment(
    client: QuickBooksClient, access: Access, company: Company
) -> None:
    body = a_body(company)
    first = await client.write(access, "Payment", Operation.CREATE, body, KEY)
    second = await client.write(access, "Payment", Operation.CREATE, body, KEY)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.qbo_id == second.qbo_id
    assert len(company.payments()) == 1


async def test_an_answer_names_its_trace(
    client: QuickBooksClient, access: Access, company: Company, quickbooks: QuickBooks
) -> None:
    outcome = await client.write(access, "Payment", Operation.CREATE, a_body(company), KEY)
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
    assert isinstance(await client.write(access, "Payment", Operation.CREATE, body, KEY), outcome)
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
        await client.write(access, "Payment", Operation.CREATE, body, KEY)
    with pytest.raises(raised):
        await client.query(access, "Payment", "Id = '1'")
    assert company.payments() == []


async def test_a_refusal_carries_quickbooks_own_words(
    client: QuickBooksClient, access: Access, company: Company
) -> None:
    company.add_vendor("Amy")
    outcome = await client.write(
        access, "Customer", Operation.CREATE, '{"DisplayName": "Amy"}', KEY
    )
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


async def test_a_page_begins_where_it_is_told_with_the_oldest(
    client: QuickBooksClient, access: Access, company: Company
) -> None:
    made = [company.add_customer(f"Client {number}")["Id"] for number in range(5)]
    for start in (1, 4):
        page = await client.page(access, "Customer", "Active = true", start=start)
        assert [customer["Id"] for customer in page] == made[start - 1 :]
    assert await client.page(access, "Customer", "", start=6) == []


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


@pytest.mark.parametrize("kind", [Kind.CUT_BEFORE, Kind.FAILED, Kind.GARBAGE, Kind.HALF])
async def test_a_read_that_got_no_answer_says_nothing_about_the_object(
    client: QuickBooksClient, access: Access, company: Company, quickbooks: QuickBooks, kind: Kind
) -> None:
    customer = company.add_customer("Acme")["Id"]
    quickbooks.faults.add(Fault(kind=kind))
    with pytest.raises(TryLater):
        await client.find(access, "Customer", customer)
    assert await client.find(access, "Customer", customer)


async def test_closed_books_are_told_by_their_last_day(
    client: QuickBooksClient, access: Access, company: Company
) -> None:
    assert await client.read_closing_date(access) is None
    company.preferences.book_close_date = date(2026, 10, 31)
    assert await client.read_closing_date(access) == date(2026, 10, 31)
    assert (await client.read_company(access)).books_closed_until == date(2026, 10, 31)
