"""Intuit's OAuth over real sockets: what works, what is refused, and what is never told."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.loopback import listening
from sandbox.quickbooks import Company, Fault, Kind, QuickBooks
from services.domain.ids import RealmId
from services.errors import ConnectionLost, TryLater
from services.quickbooks.auth import IntuitAuthority

CALLBACK = "http://127.0.0.1:3000/quickbooks/callback"
SECRET = "hush-client-secret"
REFRESH_TOKEN = "RT1-hush-refresh-token"
CODE = "AB11-hush-code"
REALM = RealmId("9341450000000001")
FIVE_YEARS = timedelta(days=1825)


def an_authority(url: str, quickbooks: QuickBooks | None = None, **facts: Any) -> IntuitAuthority:
    return IntuitAuthority(
        client_id=quickbooks.client_id if quickbooks else "client",
        client_secret=quickbooks.client_secret if quickbooks else SECRET,
        redirect_uri=CALLBACK,
        environment=f"{url}/.well-known/openid_sandbox_configuration",
        **facts,
    )


@pytest.fixture
def authority(served: str, quickbooks: QuickBooks) -> IntuitAuthority:
    return an_authority(served, quickbooks)


async def test_the_way_to_consent_names_the_app_the_state_and_where_to_come_back(
    authority: IntuitAuthority, quickbooks: QuickBooks, served: str
) -> None:
    url = await authority.authorize_url("a state & more")
    asked = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{served}/connect/oauth2?")
    assert asked == {
        "client_id": [quickbooks.client_id],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": [CALLBACK],
        "state": ["a state & more"],
    }


async def test_a_code_is_traded_for_tokens_that_open_the_company(
    authority: IntuitAuthority, company: Company, served: str
) -> None:
    code, realm = await _consent(authority)
    tokens = await authority.exchange(code, realm)
    assert realm == company.realm_id
    assert (tokens.access_lasts, tokens.refresh_lasts.days) == (timedelta(hours=1), 101)
    assert tokens.access_ends_in is not None
    assert FIVE_YEARS - timedelta(minutes=1) < tokens.access_ends_in <= FIVE_YEARS
    assert await _opens(served, realm, tokens.access_token)


async def test_a_refresh_replaces_both_tokens(
    authority: IntuitAuthority, quickbooks: QuickBooks, company: Company, served: str
) -> None:
    access, refresh = quickbooks.issue_tokens(company)
    tokens = await authority.refresh(refresh)
    assert access != tokens.access_token
    assert refresh != tokens.refresh_token
    assert await _opens(served, RealmId(company.realm_id), tokens.access_token)


async def test_a_refresh_tells_when_no_refresh_will_help(
    authority: IntuitAuthority, quickbooks: QuickBooks, company: Company
) -> None:
    _, refresh = quickbooks.issue_tokens(company)
    quickbooks.tokens.hard_lifetime = timedelta(days=14)
    tokens = await authority.refresh(refresh)
    assert tokens.access_ends_in is not None
    assert timedelta(days=13) < tokens.access_ends_in <= timedelta(days=14)


@pytest.mark.parametrize("end", [None, "soon", -1, 10**40, [], {}, 1.5])
async def test_good_tokens_are_kept_whatever_is_told_of_their_end(end: Any) -> None:
    answer = {
        "access_token": "a",
        "refresh_token": "r",
        "expires_in": 3600,
        "x_refresh_token_expires_in": 8_726_400,
        "x_refresh_token_hard_expires_in": end,
    }
    async with an_intuit(JSONResponse(answer)) as url:
        tokens = await an_authority(url).refresh(REFRESH_TOKEN)
    assert (tokens.refresh_token, tokens.access_ends_in) == ("r", None)


async def test_a_refused_refresh_token_loses_the_connection(
    authority: IntuitAuthority, quickbooks: QuickBooks, company: Company
) -> None:
    _, refresh = quickbooks.issue_tokens(company)
    await authority.refresh(refresh)
    with pytest.raises(ConnectionLost):
        await authority.refresh(refresh)


async def test_a_used_code_is_refused(authority: IntuitAuthority) -> None:
    code, realm = await _consent(authority)
    await authority.exchange(code, realm)
    with pytest.raises(ConnectionLost):
        await authority.exchange(code, realm)


@pytest.mark.parametrize("kind", [Kind.CUT_BEFORE, Kind.CUT_AFTER, Kind.UNAVAILABLE])
async def test_a_failing_token_server_is_asked_later(
    authority: IntuitAuthority, quickbooks: QuickBooks, company: Company, kind: Kind
) -> None:
    quickbooks.faults.add(Fault(kind=kind, entity="token"))
    _, refresh = quickbooks.issue_tokens(company)
    with pytest.raises(TryLater):
        await authority.refresh(refresh)


async def test_an_unreachable_intuit_is_asked_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TryLater):
        await an_authority(f"http://127.0.0.1:{port}").refresh(REFRESH_TOKEN)


async def test_a_silent_intuit_is_given_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # Takes calls, and never answers.
        silent = an_authority(
            f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=timedelta(milliseconds=50)
        )
        async with asyncio.timeout(5):
            with pytest.raises(TryLater):
                await silent.authorize_url("state")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, {}),
        (200, []),
        (200, {"access_token": "a", "expires_in": 3600, "x_refresh_token_expires_in": 9}),
        (200, {"access_token": "a", "refresh_token": "r", "expires_in": "soon"}),
        (200, {"access_token": "a", "refresh_token": "r"}),
        (500, {"error": "server_error"}),
        (429, {}),
    ],
)
async def test_an_odd_answer_of_the_token_server_is_no_refusal(status: int, answer: Any) -> None:
    async with an_intuit(JSONResponse(answer, status)) as url:
        with pytest.raises(TryLater):
            await an_authority(url).refresh(REFRESH_TOKEN)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_secret_follows_a_redirect(status: int) -> None:
    told = []

    async def listen(request: Request) -> Response:
        told.append(await request.body())
        return JSONResponse({})

    thief = Starlette(routes=[Route("/{rest:path}", listen, methods=["GET", "POST"])])
    async with (
        listening(thief) as elsewhere,
        an_intuit(RedirectResponse(f"{elsewhere}/tokens", status)) as url,
    ):
        with pytest.raises(TryLater):
            await an_authority(url).refresh(REFRESH_TOKEN)
    assert told == []


async def test_an_odd_discovery_document_is_no_refusal() -> None:
    async with listening(Starlette()) as url:
        with pytest.raises(TryLater):
            await an_authority(url).authorize_url("state")


@pytest.mark.parametrize(
    "answer",
    [
        JSONResponse({"error": "invalid_grant", "was": REFRESH_TOKEN}, 400),
        JSONResponse({"error": "invalid_client"}, 401),
        JSONResponse({"error": REFRESH_TOKEN}, 500),
        Response("<html>", 503),
        Response("not JSON", 200),
    ],
)
async def test_no_secret_leaves_in_an_error_or_a_log(
    answer: Response, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with an_intuit(answer) as url:
        authority = an_authority(url)
        with pytest.raises((TryLater, ConnectionLost)) as refreshing:
            await authority.refresh(REFRESH_TOKEN)
        with pytest.raises((TryLater, ConnectionLost)) as exchanging:
            await authority.exchange(CODE, REALM)
    told = "".join(
        f"{raised.value!r}{''.join(traceback.format_exception(raised.value))}"
        for raised in (refreshing, exchanging)
    )
    for secret in (SECRET, REFRESH_TOKEN, CODE):
        assert secret not in told
        assert secret not in caplog.text


async def test_tokens_do_not_show_themselves(
    authority: IntuitAuthority, quickbooks: QuickBooks, company: Company
) -> None:
    tokens = await authority.refresh(quickbooks.issue_tokens(company)[1])
    assert tokens.access_token not in repr(tokens)
    assert tokens.refresh_token not in repr(tokens)
    assert quickbooks.client_secret not in repr(authority)


async def test_neither_a_proxy_nor_a_netrc_of_the_machine_is_used(
    authority: IntuitAuthority,
    quickbooks: QuickBooks,
    company: Company,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password intruder\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    tokens = await authority.refresh(quickbooks.issue_tokens(company)[1])
    assert tokens.access_token


@asynccontextmanager
async def an_intuit(answer: Response) -> AsyncIterator[str]:
    """An OAuth server that gives one answer to whoever asks for tokens."""

    async def discover(request: Request) -> Response:
        here = str(request.base_url).rstrip("/")
        names = ("authorization", "token", "revocation", "userinfo")
        endpoints = {f"{name}_endpoint": f"{here}/{name}" for name in names}
        return JSONResponse({**endpoints, "issuer": here, "jwks_uri": f"{here}/jwks"})

    async def tell(_: Request) -> Response:
        return answer

    routes = [
        Route("/.well-known/openid_sandbox_configuration", discover),
        Route("/token", tell, methods=["POST"]),
    ]
    async with listening(Starlette(routes=routes)) as url:
        yield url


async def _consent(authority: IntuitAuthority) -> tuple[str, RealmId]:
    """Go through Intuit's consent page, which grants by itself: the code, and the company."""
    url = await authority.authorize_url("state")
    async with httpx.AsyncClient(trust_env=False) as browser:
        granted = await browser.get(url)
    answer = parse_qs(urlsplit(granted.headers["location"]).query)
    return answer["code"][0], RealmId(answer["realmId"][0])


async def _opens(url: str, realm: RealmId, access_token: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(
            f"{url}/v3/company/{realm}/companyinfo/{realm}",
            headers={"Authorization": f"Bearer {access_token}"},
        )
    return answer.status_code == 200
