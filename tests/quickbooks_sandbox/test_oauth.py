"""OAuth: consent, codes, rotating refresh tokens, and the ways they end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.quickbooks import Company, Consent, Fault, Kind, ManualClock, QuickBooks, TokenRules
from sandbox.quickbooks.wire import JsonObject

REDIRECT = "http://127.0.0.1:3000/intuit/callback"
TOKENS = "/oauth2/v1/tokens/bearer"
HARD_EXPIRY = {"x-include-refresh-token-hard-expires-in": "true"}


@pytest.fixture
async def browser(quickbooks: QuickBooks, company: Company) -> AsyncIterator[httpx.AsyncClient]:
    assert company.realm_id in quickbooks.companies
    transport = httpx.ASGITransport(quickbooks.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intuit.test") as client:
        yield client


async def consent(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, **extra: str
) -> dict[str, list[str]]:
    params = {
        "client_id": quickbooks.client_id,
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": REDIRECT,
        "state": "s3",
    }
    answer = await browser.get("/connect/oauth2", params=params | extra)
    assert answer.status_code == 302, answer.text
    location = urlsplit(answer.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == REDIRECT
    return parse_qs(location.query)


async def ask(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, **form: str
) -> tuple[int, JsonObject]:
    answer = await browser.post(
        TOKENS, data=form, auth=(quickbooks.client_id, quickbooks.client_secret)
    )
    return answer.status_code, answer.json()


async def refresh(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, token: str
) -> tuple[int, JsonObject]:
    return await ask(browser, quickbooks, grant_type="refresh_token", refresh_token=token)


async def works(browser: httpx.AsyncClient, company: Company, access_token: str) -> bool:
    answer = await browser.get(
        f"/v3/company/{company.realm_id}/companyinfo/{company.realm_id}",
        headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
    )
    return answer.status_code == 200


async def test_consent_leads_to_tokens_for_the_first_company(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company
) -> None:
    answer = await consent(browser, quickbooks)
    assert (answer["state"], answer["realmId"]) == (["s3"], [company.realm_id])
    form = {"grant_type": "authorization_code", "code": answer["code"][0], "redirect_uri": REDIRECT}
    status, reply = await ask(browser, quickbooks, **form)
    assert status == 200
    assert (reply["token_type"], reply["expires_in"]) == ("bearer", 3600)
    assert reply["x_refresh_token_expires_in"] == 8_726_400
    assert await works(browser, company, reply["access_token"])


async def test_a_code_works_once(browser: httpx.AsyncClient, quickbooks: QuickBooks) -> None:
    answer = await consent(browser, quickbooks)
    form = {"grant_type": "authorization_code", "code": answer["code"][0], "redirect_uri": REDIRECT}
    assert (await ask(browser, quickbooks, **form))[0] == 200
    assert await ask(browser, quickbooks, **form) == (
        400,
        {"error": "invalid_grant", "error_description": "Invalid authorization code"},
    )


async def test_a_code_expires_and_knows_its_redirect(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, clock: ManualClock
) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT}
    code = (await consent(browser, quickbooks))["code"][0]
    elsewhere = form | {"code": code, "redirect_uri": "http://127.0.0.1/elsewhere"}
    assert (await ask(browser, quickbooks, **elsewhere))[0] == 400
    code = (await consent(browser, quickbooks))["code"][0]
    clock.advance(timedelta(minutes=10))
    assert (await ask(browser, quickbooks, **form, code=code))[0] == 400


async def test_consent_can_be_denied_or_given_for_another_company(
    browser: httpx.AsyncClient, quickbooks: QuickBooks
) -> None:
    other = quickbooks.add_company(name="Second")
    assert (await consent(browser, quickbooks, realmId=other.realm_id))["realmId"] == [
        other.realm_id
    ]
    quickbooks.consent_company = other
    assert (await consent(browser, quickbooks))["realmId"] == [other.realm_id]
    quickbooks.consent = Consent.DENIED
    answer = await consent(browser, quickbooks)
    assert answer == {"error": ["access_denied"], "state": ["s3"]}


async def test_an_unregistered_redirect_is_not_followed(
    browser: httpx.AsyncClient, quickbooks: QuickBooks
) -> None:
    quickbooks.redirect_uris = ["https://bot.example/callback"]
    params = {"client_id": quickbooks.client_id, "redirect_uri": REDIRECT}
    assert (await browser.get("/connect/oauth2", params=params)).status_code == 400


async def test_a_refresh_rotates_and_the_old_token_is_worth_nothing(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company
) -> None:
    _, first = quickbooks.issue_tokens(company)
    status, reply = await refresh(browser, quickbooks, first)
    assert status == 200
    assert reply["refresh_token"] != first
    status, error = await refresh(browser, quickbooks, first)
    assert (status, error["error"]) == (400, "invalid_grant")
    assert await works(browser, company, reply["access_token"])


async def test_rotation_can_wait_a_day(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, clock: ManualClock
) -> None:
    quickbooks.token_rules = TokenRules(rotates_after=timedelta(hours=24))
    _, first = quickbooks.issue_tokens(company)
    clock.advance(timedelta(hours=23))
    assert (await refresh(browser, quickbooks, first))[1]["refresh_token"] == first
    clock.advance(timedelta(hours=1))
    assert (await refresh(browser, quickbooks, first))[1]["refresh_token"] != first


async def test_within_its_grace_an_old_token_leads_to_the_current_one(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, clock: ManualClock
) -> None:
    quickbooks.token_rules = TokenRules(grace=timedelta(minutes=5))
    _, first = quickbooks.issue_tokens(company)
    second = (await refresh(browser, quickbooks, first))[1]["refresh_token"]
    assert (await refresh(browser, quickbooks, first))[1]["refresh_token"] == second
    clock.advance(timedelta(minutes=5))
    assert (await refresh(browser, quickbooks, first))[0] == 400


async def test_a_race_can_cost_the_whole_connection(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company
) -> None:
    quickbooks.token_rules = TokenRules(revokes_on_race=True)
    _, first = quickbooks.issue_tokens(company)
    winner = (await refresh(browser, quickbooks, first))[1]
    await refresh(browser, quickbooks, first)
    assert not await works(browser, company, winner["access_token"])
    assert (await refresh(browser, quickbooks, winner["refresh_token"]))[0] == 400


async def test_a_refresh_whose_answer_is_lost_has_rotated_all_the_same(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.CUT_AFTER, entity="token", operation="refresh"))
    _, first = quickbooks.issue_tokens(company)
    with pytest.raises(httpx.RemoteProtocolError):
        await refresh(browser, quickbooks, first)
    assert (await refresh(browser, quickbooks, first))[0] == 400


async def test_a_refresh_token_ends_after_101_days_and_a_connection_after_five_years(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, clock: ManualClock
) -> None:
    _, token = quickbooks.issue_tokens(company)
    for _ in range(18):
        clock.advance(timedelta(days=100))
        status, reply = await refresh(browser, quickbooks, token)
        assert status == 200
        token = reply["refresh_token"]
    clock.advance(timedelta(days=25))
    assert (await refresh(browser, quickbooks, token))[0] == 400
    _, fresh = quickbooks.issue_tokens(company)
    clock.advance(timedelta(days=101))
    assert (await refresh(browser, quickbooks, fresh))[0] == 400


async def test_the_hard_expiry_is_told_to_who_asks(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, clock: ManualClock
) -> None:
    _, token = quickbooks.issue_tokens(company)
    clock.advance(timedelta(days=1))
    answer = await browser.post(
        TOKENS,
        data={"grant_type": "refresh_token", "refresh_token": token},
        auth=(quickbooks.client_id, quickbooks.client_secret),
        headers=HARD_EXPIRY,
    )
    told = answer.json()
    assert told["x_refresh_token_hard_expires_in"] == 157_680_000 - 86_400
    _, unasked = await refresh(browser, quickbooks, told["refresh_token"])
    assert "x_refresh_token_hard_expires_in" not in unasked


async def test_a_connection_can_be_made_to_end_sooner(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, clock: ManualClock
) -> None:
    quickbooks.tokens.hard_lifetime = timedelta(days=10)
    _, token = quickbooks.issue_tokens(company)
    clock.advance(timedelta(days=9))
    token = (await refresh(browser, quickbooks, token))[1]["refresh_token"]
    clock.advance(timedelta(days=1))
    assert (await refresh(browser, quickbooks, token))[0] == 400


async def test_a_wrong_secret_is_an_invalid_client(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company
) -> None:
    _, token = quickbooks.issue_tokens(company)
    form = {"grant_type": "refresh_token", "refresh_token": token}
    answer = await browser.post(TOKENS, data=form, auth=(quickbooks.client_id, "guess"))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert (await refresh(browser, quickbooks, token))[0] == 200


@pytest.mark.parametrize("which", [0, 1])
async def test_revoking_either_token_disconnects(
    browser: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, which: int
) -> None:
    pair = quickbooks.issue_tokens(company)
    auth = (quickbooks.client_id, quickbooks.client_secret)
    path = "/v2/oauth2/tokens/revoke"
    assert (await browser.post(path, json={"token": pair[which]}, auth=auth)).status_code == 200
    assert not await works(browser, company, pair[0])
    assert (await refresh(browser, quickbooks, pair[1]))[0] == 400
    assert (await browser.post(path, json={"token": pair[which]}, auth=auth)).status_code == 400
