"""Requests that Slack or Intuit never sent, and such as they sent once: nothing is done."""

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from sandbox.slack import SOCKETS
from tests.world import World

MOST_MINUTES = 5  # That a request may be old; so Slack advises.


@pytest.fixture(autouse=True)
def _by_http(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--over") == SOCKETS:
        pytest.skip("nothing is taken by HTTP where Slack comes over sockets")


def signed(secret: str, body: str, *, minutes_ago: float = 0) -> dict[str, str]:
    at = str(int(time.time() - minutes_ago * 60))
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def an_order(world: World) -> str:
    told: dict[str, Any] = {
        "command": "/payment",
        "text": "list",
        "team_id": world.workspace.team_id,
        "user_id": world.anna.id,
        "channel_id": "C1",
        "trigger_id": "1.1",
        "response_url": f"{world.url}/nowhere",
    }
    return urlencode(told)


async def answer_to(world: World, body: str, headers: dict[str, str]) -> int:
    async with httpx.AsyncClient(trust_env=False) as anybody:
        sent = await anybody.post(f"{world.url}/slack/events", content=body, headers=headers)
    return sent.status_code


async def test_only_what_slack_signed_is_obeyed(world: World) -> None:
    secret, order = world.workspace.signing_secret, an_order(world)
    assert await answer_to(world, order, signed(secret, order)) == 200
    assert await answer_to(world, order, signed("of-another-app", order)) == 401
    assert await answer_to(world, f"{order}+", signed(secret, order)) == 401
    assert await answer_to(world, order, {}) == 401


async def test_what_slack_signed_long_ago_is_not_obeyed_again(world: World) -> None:
    secret, order = world.workspace.signing_secret, an_order(world)
    fresh, stale = (MOST_MINUTES - 1, MOST_MINUTES + 1)
    assert await answer_to(world, order, signed(secret, order, minutes_ago=fresh)) == 200
    assert await answer_to(world, order, signed(secret, order, minutes_ago=stale)) == 401
    assert await answer_to(world, order, signed(secret, order, minutes_ago=-stale)) == 401


@pytest.mark.parametrize("realm", ["../../oauth2", "1/query", "١٢٣", ""])
async def test_a_company_that_is_no_number_is_not_asked_for(world: World, realm: str) -> None:
    await world.olivia.command("/quickbooks connect")
    (reply,) = await world.olivia.replies()
    async with httpx.AsyncClient(trust_env=False) as browser:
        out = await browser.get(reply.link("Connect to QuickBooks"))
        back = await browser.get(out.headers["Location"])
        forged = httpx.URL(back.headers["Location"]).copy_set_param("realmId", realm)
        page = await browser.get(forged)
    assert (page.status_code, "did not say which company" in page.text) == (400, True)
