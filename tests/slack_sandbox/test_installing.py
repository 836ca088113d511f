"""One app in several workspaces: installed, rotated, removed, and each workspace by itself."""

import json
import random
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.slack import CannotDo, Workspace
from sandbox.slack.serve import directory, some_furnished_workspaces, whole_app
from tests.slack_sandbox.conftest import FakeApp, ManualClock, heard_by

HOME = "https://app.test/oauth_redirect"
HALF_A_DAY = 12 * 3_600


class Town:
    """Larkspur has the app, Birch can install it."""

    def __init__(self, clock: ManualClock) -> None:
        self.larkspur = Workspace("Larkspur", clock=clock, chance=random.Random(1))
        self.birch = Workspace(
            "Birch",
            clock=clock,
            chance=random.Random(2),
            shares_app_of=self.larkspur,
            has_app=False,
        )
        self.olivia = self.birch.add_person("Olivia", owner=True)
        self.anna = self.larkspur.add_person("Anna")
        for each in (self.larkspur, self.birch):
            each.base_url = "http://slack.test"
        transport = httpx.ASGITransport(whole_app(self.larkspur, self.birch))
        self.browser = httpx.AsyncClient(transport=transport, base_url="http://slack.test")

    async def go_to_page(self, **changes: str) -> httpx.Response:
        asked = {
            "client_id": self.birch.client_id,
            "scope": "commands,chat:write,im:write",
            "redirect_uri": HOME,
            "state": "s1",
        }
        return await self.browser.get("/oauth/v2/authorize", params={**asked, **changes})

    async def allow(self, **changes: str) -> dict[str, str]:
        """What the app is told by the browser that comes back."""
        page = await self.go_to_page(**changes)
        assert page.status_code == 302, page.text
        came_back = urlsplit(page.headers["Location"])
        assert f"{came_back.scheme}://{came_back.netloc}{came_back.path}" == HOME
        return {name: values[0] for name, values in parse_qs(came_back.query).items()}

    async def ask(self, **grant: str) -> dict[str, Any]:
        app = {"client_id": self.birch.client_id, "client_secret": self.birch.client_secret}
        answer = await self.browser.post("/api/oauth.v2.access", data={**app, **grant})
        told: dict[str, Any] = answer.json()
        return told

    async def install(self, **changes: str) -> dict[str, Any]:
        code = (await self.allow(**changes))["code"]
        return await self.ask(code=code, redirect_uri=HOME)

    async def call(self, token: str, method: str = "auth.test", **args: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self.browser.post(f"/api/{method}", data=args, headers=headers)
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
async def town(clock: ManualClock) -> AsyncIterator[Town]:
    town = Town(clock)
    yield town
    await town.browser.aclose()
    for each in (town.larkspur, town.birch):
        await each.close()


@pytest.fixture
async def told(town: Town) -> AsyncIterator[FakeApp]:
    """What the app hears from both."""
    async with heard_by(town.larkspur) as app:
        yield app


async def test_whoever_is_signed_in_allows_what_is_asked_for(town: Town) -> None:
    granted = await town.install()
    assert granted["ok"], granted
    assert granted["team"] == {"id": town.birch.team_id, "name": "Birch"}
    assert granted["authed_user"] == {"id": town.olivia.id}
    assert granted["scope"] == "chat:write,commands,im:write"
    assert (granted["is_enterprise_install"], "refresh_token" in granted) == (False, False)
    assert (await town.call(granted["access_token"]))["team_id"] == town.birch.team_id
    assert (await town.call(granted["access_token"], "users.list"))["error"] == "missing_scope"


async def test_each_token_opens_its_own_workspace(town: Town) -> None:
    token = (await town.install())["access_token"]
    assert (await town.call(town.larkspur.bot_token))["team"] == "Larkspur"
    said = await town.call(token, "chat.postMessage", channel=town.anna.id, text="Hello")
    assert said["error"] == "channel_not_found"
    await town.call(token, "chat.postMessage", channel=town.olivia.id, text="Hello")
    assert [message.text for message in town.olivia.direct_messages] == ["Hello"]
    assert [call.method for call in town.larkspur.calls] == ["auth.test"]


async def test_the_state_comes_back_and_a_no_is_told(town: Town) -> None:
    town.birch.denies_apps = True
    assert await town.allow(state="tied & true") == {
        "state": "tied & true",
        "error": "access_denied",
    }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"scope": ""}, "no_scopes"),
        ({"scope": "commands,everything"}, "invalid_scope"),
        ({"redirect_uri": ""}, "bad_redirect_uri"),
        ({"redirect_uri": "https://evil.test/"}, "bad_redirect_uri"),
        ({"team": "T0NOBODY"}, "invalid_team"),
    ],
)
async def test_an_address_that_slack_would_not_take_goes_nowhere(
    town: Town, changes: dict[str, str], error: str
) -> None:
    town.birch.registration.redirect_urls = {"https://app.test/"}
    page = await town.go_to_page(**changes)
    assert (page.status_code, page.text) == (400, error)


async def test_a_code_is_redeemed_for_the_address_it_was_sent_to(town: Town) -> None:
    code = (await town.allow())["code"]
    assert (await town.ask(code=code, redirect_uri=f"{HOME}2"))["error"] == "bad_redirect_uri"


async def test_an_organisation_installs_it_as_one(town: Town) -> None:
    town.birch.installs_in = "E0ORG"
    granted = await town.install()
    assert (granted["is_enterprise_install"], granted["team"]) == (True, None)
    assert granted["enterprise"]["id"] == "E0ORG"


async def test_tokens_rotate_and_a_refresh_token_works_once(town: Town, clock: ManualClock) -> None:
    town.birch.registration.rotates_tokens = True
    first = await town.install()
    assert first["expires_in"] == HALF_A_DAY
    clock.advance(HALF_A_DAY)
    assert (await town.call(first["access_token"]))["error"] == "token_expired"
    second = await town.ask(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (await town.call(second["access_token"]))["ok"] is True
    assert (await town.call(first["access_token"]))["error"] == "token_revoked"
    again = await town.ask(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again["error"] == "invalid_refresh_token"
    assert (await town.call(second["access_token"]))["ok"] is True
    assert (await town.ask(grant_type="password"))["error"] == "invalid_grant_type"
    assert "refresh_token" not in town.birch.calls[-1].args


async def test_an_app_that_is_removed_hears_so_and_may_do_nothing(
    town: Town, told: FakeApp
) -> None:
    channel = town.larkspur.add_channel("alerts", members=[town.anna])
    token = town.larkspur.bot_token
    await town.larkspur.uninstall()
    events = [(each["team_id"], each["event"]["type"]) for each in told.received]
    here = town.larkspur.team_id
    assert events == [(here, "app_uninstalled"), (here, "tokens_revoked")]
    assert told.last["event"]["tokens"]["bot"] == [town.larkspur.bot_user_id]
    said = await town.call(token, "chat.postMessage", channel=channel.id, text="Hello?")
    assert said["error"] == "account_inactive"
    with pytest.raises(CannotDo, match="not installed"):
        await town.anna.command("/payment")
    assert (await town.allow())["code"]
    assert (await town.install(team=here))["access_token"] != token
    said = await town.call(town.larkspur.bot_token, "chat.postMessage", channel=channel.id)
    assert said["error"] in {"missing_scope", "channel_not_found", "not_in_channel"}


async def test_where_only_its_token_is_revoked_people_still_reach_it(
    town: Town, told: FakeApp
) -> None:
    token = town.larkspur.bot_token
    await town.larkspur.revoke_tokens()
    assert told.last["event"]["type"] == "tokens_revoked"
    assert (await town.call(token))["error"] == "token_revoked"
    await town.anna.command("/payment")
    assert told.last["command"] == "/payment"


async def test_what_is_answered_reaches_the_workspace_that_asked(town: Town, told: FakeApp) -> None:
    await town.install()
    for person in (town.olivia, town.anna):
        await person.command("/payment")
        await town.browser.post(told.last["response_url"], json={"text": person.name})
    assert [message.text for message in town.olivia.ephemerals] == ["Olivia"]
    assert [message.text for message in town.anna.ephemerals] == ["Anna"]


async def test_each_workspace_is_acted_in_over_http(town: Town, told: FakeApp) -> None:
    await town.install()
    there = f"/workspaces/{town.birch.team_id}"
    assert [each["name"] for each in (await town.browser.get(f"{there}/people")).json()] == [
        "Olivia"
    ]
    await town.browser.post(
        f"{there}/people/{town.olivia.id}/command", json={"line": "/payment list"}
    )
    assert (told.last["team_id"], told.last["text"]) == (town.birch.team_id, "list")
    assert (await town.browser.post(f"{there}/installation/uninstall")).status_code == 200
    assert told.last["event"]["type"] == "tokens_revoked"
    await town.browser.post("/installation/sign_in")
    await town.browser.post("/installation/deny")
    assert (await town.allow())["error"] == "access_denied"
    await town.browser.post("/installation/allow")
    assert (await town.install())["team"]["id"] == town.larkspur.team_id
    assert (await town.browser.post("/installation/burn")).status_code == 404


async def test_the_directory_names_them_all() -> None:
    first, second, third = some_furnished_workspaces(3)
    told = json.loads(json.dumps(directory(first, second, third)))
    assert [each["team_id"] for each in told["workspaces"]] == [
        each.team_id for each in (first, second, third)
    ]
    assert (told["team_id"], told["bot_token"]) == (first.team_id, first.bot_token)
    assert [bool(each["bot_token"]) for each in told["workspaces"]] == [True, False, False]
    assert {second.client_id, third.client_id} == {told["client_id"]}
