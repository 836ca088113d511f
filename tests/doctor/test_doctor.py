"""The doctor finds each thing that is wrong, says how it is mended, and only that."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.config import Config
from bot.doctor import Finding, address, examining
from bot.web import build_web
from tests.bot.conftest import environment_of, run
from tests.workspaces.neighbours import two_firms
from tests.world import World

NEW = Fernet.generate_key().decode()
NOWHERE = "http://127.0.0.1:9"  # Nothing listens on the port of `discard`.


async def examined(
    config: Config, *, ahead: timedelta = timedelta(0), **settings: Any
) -> list[Finding]:
    changed = config.model_copy(update=settings)
    async with examining(changed, lambda: datetime.now(UTC) + ahead) as findings:
        return [each async for each in findings]


async def wrong(config: Config, **circumstances: Any) -> dict[str, str]:
    """What is wrong, by what it is about; each says how it is mended."""
    found = [each for each in await examined(config, **circumstances) if each.mend is not None]
    assert all(each.mend for each in found)
    return {each.about: each.words for each in found}


async def test_where_all_is_well_nothing_needs_mending(world: World, tmp_path: Path) -> None:
    await world.connect()
    found = await examined(world.config)
    assert [each.about for each in found] == [
        *("Settings", "Database", "Encryption keys", "Slack", "Clock and Slack's"),
        *("Clock and Intuit's", "Intuit app"),
        *(f"QuickBooks of {world.workspace.team_id}", "PUBLIC_URL", "Webhooks"),
    ]
    assert [each for each in found if each.mend is not None] == []
    ended = await run("doctor", env=environment_of(world.config), folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1] == "All is well."
    assert {line.split()[0] for line in ended.out.splitlines()[:-1]} == {"ok"}


async def test_what_is_wrong_ends_with_1_and_says_how_to_mend_it(
    world: World, tmp_path: Path
) -> None:
    environment = {**environment_of(world.config), "SLACK_BOT_TOKEN": "xoxb-of-another-app"}
    ended = await run("doctor", env=environment, folder=tmp_path)
    assert ended.code == 1
    lines = ended.out.splitlines()
    place = lines.index("wrong  Slack: Slack refuses the token: invalid_auth.")
    assert lines[place + 1].startswith("       Put your app's Bot User OAuth Token, xoxb-…, into ")
    assert lines[-1] == "1 of these need mending."


async def test_settings_that_are_wrong_are_all_named_and_end_with_2(tmp_path: Path) -> None:
    ended = await run("doctor", env={"PORT": "none"}, folder=tmp_path)
    assert ended.code == 2
    told = [line for line in ended.out.splitlines() if line.startswith("wrong")]
    assert {line.split(":")[1].strip() for line in told[:-1]} == {
        *("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "INTUIT_CLIENT_ID"),
        *("INTUIT_CLIENT_SECRET", "ENCRYPTION_KEYS", "PORT"),
    }
    assert told[-1] == "wrong  Database: there is no file counterfoil.db."
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - plain names.


async def test_scopes_that_were_not_granted_are_named(world: World) -> None:
    world.workspace.scopes -= {"users:read", "im:write"}
    name = world.workspace.name
    assert await wrong(world.config) == {
        "Slack": f"{name} ({world.workspace.team_id}) has not granted: im:write, users:read"
    }


@pytest.mark.parametrize("is_ours", [True, False])
async def test_the_token_for_sockets_is_looked_at_where_there_is_one(
    world: World, *, is_ours: bool
) -> None:
    token = world.workspace.app_token if is_ours else "xapp-of-another-app"
    found = {
        each.about: each for each in await examined(world.config, slack_app_token=SecretStr(token))
    }
    sockets = found["Slack sockets"]
    assert (sockets.mend is None) is is_ours
    assert is_ours or sockets.words.startswith("SLACK_APP_TOKEN: Slack refuses it (invalid_auth)")


async def test_slack_that_cannot_be_reached_is_told(world: World) -> None:
    found = await wrong(world.config, slack_api_url=f"{NOWHERE}/api/")
    assert found.keys() == {"Slack"}
    assert found["Slack"].startswith("not reached: ")


@pytest.mark.parametrize(("ahead", "side"), [(90, "ahead"), (-90, "behind")])
async def test_a_clock_that_goes_wrong_is_told(world: World, ahead: int, side: str) -> None:
    found = await wrong(world.config, ahead=timedelta(seconds=ahead))
    assert found.keys() == {"Clock and Slack's", "Clock and Intuit's"}
    for words in found.values():
        assert side in words
        assert abs(int(words.split()[2]) - 90) <= 10


async def test_another_secret_than_the_apps_is_refused(world: World) -> None:
    secret = SecretStr("of another app")
    assert await wrong(world.config, intuit_client_secret=secret) == {
        "Intuit app": "Intuit refuses its id or secret"
    }


async def test_what_is_no_discovery_document_is_told(world: World) -> None:
    url = f"{world.config.quickbooks_api_url}/nothing"
    found = await wrong(world.config, intuit_environment=url)
    assert found == {"Intuit app": f"{url} is no discovery document (HTTP 404)"}
    found = await wrong(world.config, intuit_environment=NOWHERE)
    assert found["Intuit app"].startswith(f"{NOWHERE} is not reached: ")


async def test_a_company_that_is_disconnected_or_away_is_told(world: World) -> None:
    await world.connect()
    about = f"QuickBooks of {world.workspace.team_id}"
    assert await wrong(world.config, quickbooks_api_url=NOWHERE) == {
        about: "Larkspur Accounting: QuickBooks cannot be reached"
    }
    for granted in world.quickbooks.tokens._connections.values():
        granted.revoked = True
    assert (await wrong(world.config))[about].startswith("Larkspur Accounting: ")
    assert (await wrong(world.config))[about].startswith("Larkspur Accounting is disconnected: ")


async def test_a_company_that_nobody_confirmed_is_no_fault(world: World) -> None:
    await world.begin_to_connect()
    found = {each.about: each for each in await examined(world.config)}
    company = found[f"QuickBooks of {world.workspace.team_id}"]
    assert company.mend is None
    assert company.words.endswith("an admin has not pressed Use this company yet")


async def test_keys_that_do_not_open_or_are_old_are_told(world: World) -> None:
    await world.connect()
    old, team = world.config.encryption_keys.get_secret_value(), world.workspace.team_id
    both = SecretStr(f"{NEW},{old}")
    assert await wrong(world.config, encryption_keys=both) == {
        "Encryption keys": "they open all 2 tokens, 1 pairs with an older key only"
    }
    found = await wrong(world.config, encryption_keys=SecretStr(NEW))
    assert found["Encryption keys"] == f"none of them opens the tokens of: connections {team}"


async def test_a_ledger_of_an_older_version_is_told(world: World, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "counterfoil.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '0001'")
    found = await wrong(world.config)
    assert found == {"Database": "it is of an older version than this program"}


async def test_a_ledger_that_cannot_be_read_is_told(world: World, tmp_path: Path) -> None:
    file = tmp_path / "another.db"
    url = f"sqlite:///{file}"
    assert await wrong(world.config, database_url=url) == {"Database": f"there is no file {file}"}
    assert not file.exists()
    file.write_text("Dear diary, " * 100)
    assert await wrong(world.config, database_url=url) == {
        "Database": "it cannot be used: file is not a database"
    }


@pytest.mark.parametrize(
    ("url", "environment", "words"),
    [
        ("http://counterfoil.example.com", "sandbox", "can be read on the way"),
        ("http://localhost:3000", "production", "Intuit's production keys want https"),
        ("https://localhost:9", "sandbox", "is not reached: "),
    ],
)
async def test_an_address_that_will_not_do_is_told(
    world: World, url: str, environment: str, words: str
) -> None:
    config = world.config.model_copy(update={"public_url": url, "intuit_environment": environment})
    async with httpx.AsyncClient(trust_env=False) as http:
        found = await address.look_at(config, http)
    assert found.mend
    assert words in found.words


@pytest.mark.parametrize(("says", "is_ours"), [("alive", True), ("It works!", False)])
async def test_an_https_address_must_lead_to_the_bot(
    world: World, says: str, *, is_ours: bool
) -> None:
    app = Starlette(routes=[Route("/healthz", lambda _: JSONResponse({"status": says}))])
    config = world.config.model_copy(update={"public_url": "https://counterfoil.example.com/"})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        found = await address.look_at(config, http)
    assert (found.mend is None) is is_ours


VERIFIED = {"intuit_webhook_verifier_token": SecretStr("a-verifier")}


async def test_webhooks_that_intuit_cannot_send_are_told(world: World) -> None:
    found = await wrong(world.config, **VERIFIED)
    assert found["Webhooks"] == f"Intuit sends none to {world.url}/quickbooks/webhooks"


@pytest.mark.parametrize(
    ("verifier", "words"),
    [(VERIFIED, "and nothing else"), ({}, "answers 404 to what Intuit did not sign, and not 401")],
)
async def test_what_intuit_did_not_sign_must_be_turned_away(
    world: World, verifier: dict[str, SecretStr], words: str
) -> None:
    config = world.config.model_copy(update={"public_url": "https://counterfoil.example.com"})
    app = build_web(config.model_copy(update=verifier))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        found = await address.look_at_webhooks(config.model_copy(update=VERIFIED), http)
    assert words in found.words
    assert (found.mend is None) is bool(verifier)


async def test_each_workspace_that_installed_it_is_looked_at(tmp_path: Path) -> None:
    async with two_firms(tmp_path) as firms:
        await firms.install(firms.larkspur)
        await firms.install(firms.birch)
        found = {each.about for each in await examined(firms.config)}
        slacks = {f"Slack of {each.workspace.team_id}" for each in (firms.larkspur, firms.birch)}
        assert found >= {"Slack app", *slacks}
        firms.birch.workspace.tokens.revoke("token_revoked")
        secret = SecretStr("of another app")
        assert await wrong(firms.config, slack_client_secret=secret) == {
            "Slack app": "Slack refuses its id or secret: bad_client_secret",
            f"Slack of {firms.birch.workspace.team_id}": "Slack refuses the token: token_revoked",
        }
