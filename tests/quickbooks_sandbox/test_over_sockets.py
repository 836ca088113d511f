"""The app served for real: cut lines as sockets show them, and other people's clients."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks as TheirClient
from quickbooks import exceptions
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.objects import Customer, Invoice, Item, Payment
from quickbooks.objects.base import Ref
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.payment import PaymentLine
from starlette.types import Message

from sandbox.loopback import listen
from sandbox.quickbooks import Company, Fault, Kind, QuickBooks, Rules
from sandbox.quickbooks.serve import OverSockets, describe, serve, server_for

REDIRECT = "http://127.0.0.1:3000/intuit/callback"


@pytest.fixture
async def served(quickbooks: QuickBooks, company: Company) -> AsyncIterator[dict[str, str]]:
    """What the served app says of itself."""
    with listen(0) as listener:
        described = describe(quickbooks, company, port=listener.getsockname()[1])
        server = server_for(quickbooks)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield described
        server.should_exit = True
        await serving


@pytest.mark.parametrize(("kind", "booked"), [(Kind.CUT_BEFORE, 0), (Kind.CUT_AFTER, 1)])
async def test_a_cut_line_is_an_incomplete_reply(
    served: dict[str, str], quickbooks: QuickBooks, company: Company, kind: Kind, booked: int
) -> None:
    quickbooks.faults.add(Fault(kind=kind))
    body = {"CustomerRef": {"value": company.add_customer("Amy")["Id"]}, "TotalAmt": 20}
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
            await client.post(
                f"{served['api_url']}/v3/company/{served['realm_id']}/payment",
                json=body,
                headers={"Authorization": f"Bearer {served['access_token']}"},
            )
    assert len(company.payments()) == booked


async def test_a_cut_line_is_no_crash_of_the_server(quickbooks: QuickBooks) -> None:
    quickbooks.faults.add(Fault(kind=Kind.CUT_BEFORE))
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/v3/company/1/preferences"}
    await OverSockets(quickbooks.app)(scope | {"query_string": b"", "headers": []}, receive, send)
    start, body = sent
    announced = int(dict(start["headers"])[b"content-length"])
    assert len(body["body"]) < announced
    assert body["more_body"]


async def test_the_first_line_says_how_to_reach_it() -> None:
    out = io.StringIO()
    serving = asyncio.create_task(serve(0, out=out))
    await asyncio.sleep(0)  # It speaks before it waits for anything.
    told = json.loads(out.getvalue().splitlines()[0])
    async with httpx.AsyncClient(trust_env=False) as client:
        discovered = (await client.get(told["discovery_url"])).json()
        answer = await client.get(
            f"{told['api_url']}/v3/company/{told['realm_id']}/companyinfo/{told['realm_id']}",
            headers={
                "Authorization": f"Bearer {told['access_token']}",
                "Accept": "application/json",
            },
        )
    assert discovered["token_endpoint"].startswith(told["api_url"])
    assert answer.json()["CompanyInfo"]["CompanyName"] == "Larkspur Accounting"
    serving.cancel()
    await asyncio.wait([serving])


async def test_intuit_oauth_works_unchanged(served: dict[str, str], company: Company) -> None:
    def journey() -> None:
        client = AuthClient(
            served["client_id"], served["client_secret"], REDIRECT, served["discovery_url"]
        )
        url = client.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID], "s3")
        consent = requests.get(url, allow_redirects=False, timeout=5)
        answer = parse_qs(urlsplit(consent.headers["location"]).query)
        client.get_bearer_token(answer["code"][0], answer["realmId"][0])
        assert (client.realm_id, client.expires_in) == (company.realm_id, 3600)
        first = client.refresh_token
        client.include_refresh_token_hard_expires_in = True
        client.refresh()
        assert client.refresh_token != first
        assert client.x_refresh_token_hard_expires_in == 157_680_000
        assert client.get_user_info().json()["email"] == "robin@example.com"
        with pytest.raises(AuthClientError, match="invalid_grant"):
            client.refresh(first)
        assert client.revoke() is True
        with pytest.raises(AuthClientError):
            client.get_user_info()
        client.close()

    await asyncio.to_thread(journey)


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their session insists on https, on loopback too."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def their_client(served: dict[str, str]) -> Any:
    auth = AuthClient(
        served["client_id"],
        served["client_secret"],
        REDIRECT,
        served["discovery_url"],
        access_token=served["access_token"],
        refresh_token=served["refresh_token"],
    )
    client = TheirClient(auth_client=auth, company_id=served["realm_id"], minorversion=75)
    client.api_url_v3 = f"{served['api_url']}/v3"  # Where the production host stands otherwise.
    return client


async def test_python_quickbooks_sells_gets_paid_and_takes_back(
    served: dict[str, str], quickbooks: QuickBooks, company: Company
) -> None:
    quickbooks.rules = Rules(sparse_payments=True)  # It voids a payment sparsely.

    def journey() -> None:
        theirs = their_client(served)
        amy = Customer()
        amy.DisplayName = "Amy's Bird Sanctuary"
        amy = amy.save(qb=theirs)
        invoice = Invoice()
        invoice.CustomerRef = amy_ref = Ref()
        amy_ref.value = amy.Id
        line = SalesItemLine()
        line.Amount = 100
        line.SalesItemLineDetail = SalesItemLineDetail()
        line.SalesItemLineDetail.UnitPrice, line.SalesItemLineDetail.Qty = 50, 2
        line.SalesItemLineDetail.ItemRef = Item.all(qb=theirs)[0].to_ref()
        invoice.Line.append(line)
        invoice = invoice.save(qb=theirs)
        payment = Payment()
        payment.CustomerRef, payment.TotalAmt = amy_ref, 60
        applied = PaymentLine()
        applied.Amount = 60
        applied.LinkedTxn.append(invoice.to_linked_txn())
        payment.Line.append(applied)
        payment = payment.save(qb=theirs, request_id="p-1")
        again = Payment()
        again.CustomerRef, again.TotalAmt = amy_ref, 60
        assert again.save(qb=theirs, request_id="p-1").Id == payment.Id
        assert Invoice.get(invoice.Id, qb=theirs).Balance == 40
        assert Customer.filter(DisplayName="Amy's Bird Sanctuary", qb=theirs)[0].Id == amy.Id
        assert Customer.choose(["1", "2"], qb=theirs)[0].Balance == 40
        assert Payment.count(qb=theirs) == 1
        payment.PrivateNote = "counted twice"
        payment = payment.save(qb=theirs)
        changed = change_data_capture([Invoice, Payment], "2026-11-02T00:00:00", qb=theirs)
        assert len(changed.Payment) == 1
        payment.void(qb=theirs)
        payment = Payment.get(payment.Id, qb=theirs)
        payment.delete(qb=theirs)
        with pytest.raises(exceptions.ObjectNotFoundException):
            Payment.get(payment.Id, qb=theirs)
        with pytest.raises(exceptions.QuickbooksException, match="Stale"):
            invoice.save(qb=theirs)
        theirs.session.close()
        theirs.auth_client.close()

    await asyncio.to_thread(journey)
    assert company.payments() == []
    assert company.account_balance("Accounts Receivable (A/R)") == 100


async def test_python_quickbooks_sends_batches_and_reads_faults(
    served: dict[str, str], company: Company
) -> None:
    company.add_customer("Taken")

    def journey() -> None:
        theirs = their_client(served)
        customers = []
        for name in ("Amy", "Taken", "Bill"):
            customer = Customer()
            customer.DisplayName = name
            customers.append(customer)
        results = batch_create(customers, qb=theirs)
        assert (len(results.successes), len(results.faults)) == (2, 1)
        assert results.faults[0].Error[0].code == "6240"
        with pytest.raises(exceptions.ValidationException, match="Invalid query"):
            Customer.query("select * from Custmoer", qb=theirs)
        theirs.session.close()
        theirs.auth_client.close()

    await asyncio.to_thread(journey)
    assert {each["DisplayName"] for each in company.customers()} == {"Taken", "Amy", "Bill"}
