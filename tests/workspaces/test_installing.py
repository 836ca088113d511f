"""Counterfoil is installed into many workspaces, each with a token of its own, and leaves again."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

import httpx
import pytest

from sandbox.quickbooks import Fault, Kind
from sandbox.slack import events, payloads
from sandbox.slack.delivery import event, interaction
from sandbox.slack.views import find_view
from tests.workspaces.neighbours import Neighbours, a_browser
from tests.world import World, payments_of

LOOK_AGAIN = 0.05
LONG = timedelta(seconds=1)  # What QuickBooks takes, so that something happens meanwhile.


async def installed(neighbours: Neighbours) -> tuple[World, World]:
    for world in (neighbours.larkspur, neighbours.birch):
        page = await neighbours.install(world)
        assert page.status_code == HTTPStatus.OK, page.text
    return neighbours.larkspur, neighbours.birch


async def go_to_slack(world: World, browser: httpx.AsyncClient) -> str:
    """Up to the address that Slack sends the browser back to."""
    world.workspace.sign_in()
    out = await browser.get(f"{world.url}/slack/install")
    back = await browser.get(out.headers["Location"])
    return str(back.headers["Location"])


# The way there.


async def test_each_workspace_that_installs_it_is_spoken_to_with_its_own_token(
    neighbours: Neighbours,
) -> None:
    for world in await installed(neighbours):
        await world.add_client("Acme")
        message = await world.record(sync=False)
        assert message.text.startswith("P-1001")
    larkspur, birch = neighbours.larkspur, neighbours.birch
    assert larkspur.workspace.bot_token != birch.workspace.bot_token
    for world in (larkspur, birch):
        told = [each for each in world.workspace.calls if each.method == "chat.postMessage"]
        assert {each.args["channel"] for each in told} == {world.anna.id}


async def test_the_page_says_where_it_is_installed(neighbours: Neighbours) -> None:
    page = await neighbours.install(neighbours.birch)
    assert (page.status_code, "Installed" in page.text) == (HTTPStatus.OK, True)
    assert "Birch" in page.text


async def test_slack_is_asked_once_who_we_are_there(neighbours: Neighbours) -> None:
    larkspur, _ = await installed(neighbours)
    for _ in range(5):
        await larkspur.anna.command("/payment help")
        await larkspur.anna.replies()
    asked = [call.method for call in larkspur.workspace.calls]
    assert asked.count("auth.test") == 1
    assert asked.count("users.info") == 1


async def test_a_no_on_slacks_page_installs_nothing(neighbours: Neighbours) -> None:
    neighbours.larkspur.workspace.denies_apps = True
    page = await neighbours.install(neighbours.larkspur)
    assert (page.status_code, "Not installed" in page.text) == (HTTPStatus.BAD_REQUEST, True)


async def test_the_way_back_is_open_once(neighbours: Neighbours) -> None:
    async with a_browser() as browser:
        back = await go_to_slack(neighbours.larkspur, browser)
        assert (await browser.get(back)).status_code == HTTPStatus.OK
        again = await browser.get(back)
    assert (again.status_code, "not valid" in again.text) == (HTTPStatus.BAD_REQUEST, True)


async def test_the_way_back_is_open_to_the_browser_that_left(neighbours: Neighbours) -> None:
    async with a_browser() as browser, a_browser() as stranger:
        back = await go_to_slack(neighbours.larkspur, browser)
        assert (await stranger.get(back)).status_code == HTTPStatus.BAD_REQUEST
        assert (await browser.get(back)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("forged", ["", "?code=c", "?code=c&state=forged", "?code=c&state=%00"])
async def test_a_forged_way_back_leads_nowhere(neighbours: Neighbours, forged: str) -> None:
    async with a_browser() as browser:
        await browser.get(f"{neighbours.larkspur.url}/slack/install")
        page = await browser.get(f"{neighbours.larkspur.url}/slack/oauth_redirect{forged}")
    assert (page.status_code, "not valid" in page.text) == (HTTPStatus.BAD_REQUEST, True)


async def test_a_whole_organisation_is_told_to_choose_a_workspace(neighbours: Neighbours) -> None:
    neighbours.larkspur.workspace.installs_in = "E0ORG"
    page = await neighbours.install(neighbours.larkspur)
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert "one workspace at a time" in page.text


async def test_where_slack_is_away_it_is_tried_again_later(neighbours: Neighbours) -> None:
    neighbours.larkspur.workspace.failures.add(method="oauth.v2.access", http=503)
    page = await neighbours.install(neighbours.larkspur)
    assert page.status_code in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.BAD_REQUEST}
    assert (await neighbours.install(neighbours.larkspur)).status_code == HTTPStatus.OK


async def test_with_the_token_of_one_workspace_there_is_no_install_page(world: World) -> None:
    async with a_browser() as browser:
        for path in ("install", "oauth_redirect?code=c&state=s"):
            page = await browser.get(f"{world.url}/slack/{path}")
            assert page.status_code == HTTPStatus.NOT_FOUND
            assert "serves one workspace" in page.text


# Whoever has not installed it.


async def test_a_workspace_that_has_not_installed_it_is_told_where_to(
    neighbours: Neighbours,
) -> None:
    world = neighbours.larkspur
    world.workspace.has_app = True  # Slack knows of it, and we do not.
    await world.anna.command("/payment new")
    (reply,) = await world.anna.replies()
    assert "not installed in this workspace" in reply.plain
    assert f"{world.url}/slack/install" in reply.plain
    assert world.anna.modal_in_front is None


async def test_a_form_that_outlives_the_installation_says_so(neighbours: Neighbours) -> None:
    world, _ = await installed(neighbours)
    await world.add_client("Acme")
    modal = await world.begin_payment()
    await world.workspace.revoke_tokens()
    result = await modal.submit()
    assert (result.accepted, result.response_action) == (True, "update")
    assert "not installed in this workspace" in (await world.anna.modal()).text


# Tokens that rotate.


async def test_a_token_that_slack_takes_no_more_is_renewed_on_the_spot(
    neighbours: Neighbours,
) -> None:
    app = neighbours.larkspur.workspace.registration
    app.rotates_tokens, app.tokens_last = True, 3_600
    world, _ = await installed(neighbours)
    await world.add_client("Acme")
    await world.record(sync=False)
    world.workspace.tokens.expire()
    message = await world.record(sync=False, amount="700.00")
    assert message.text.startswith("P-1002")
    refreshed = [
        call
        for call in world.workspace.calls
        if call.method == "oauth.v2.access" and call.args.get("grant_type") == "refresh_token"
    ]
    assert len(refreshed) == 1


# The way out, and back.


async def a_payment_on_its_way(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    world.quickbooks.faults.add(Fault(kind=Kind.SLOW, entity="payment", wait=LONG))
    message = await world.record(sync=True)
    await world.until(message, "Syncing")


async def until_it_is_in_the_books(world: World) -> None:
    for _ in range(100):
        if world.totals == ["500.00"]:
            return
        await asyncio.sleep(LOOK_AGAIN)
    raise AssertionError(world.totals)


async def test_after_it_is_removed_nothing_is_sent_and_the_queue_goes_on(
    neighbours: Neighbours,
) -> None:
    world, _ = await installed(neighbours)
    await a_payment_on_its_way(world)
    await world.workspace.uninstall()
    asked_before = len(world.workspace.calls)
    await until_it_is_in_the_books(world)
    await neighbours.birch.add_client("Acme")
    await neighbours.birch.record(sync=False)  # The notifier has been at work since.
    assert len(world.workspace.calls) == asked_before
    (message,) = payments_of(world.anna)
    assert "Syncing" in message.plain
    page = await neighbours.install(world)
    assert page.status_code == HTTPStatus.OK
    await world.until(message, "Synced")
    assert len(payments_of(world.anna)) == 1
    await world.anna.command("/payment show P-1001")
    (reply,) = await world.anna.replies()
    assert "Synced" in reply.plain


async def test_slack_saying_late_that_it_was_removed_ends_nothing(neighbours: Neighbours) -> None:
    world, _ = await installed(neighbours)
    told = payloads.event_callback(world.workspace, {"type": "app_uninstalled"})
    late = {**told, "event_time": told["event_time"] - 60}
    assert (await world.workspace.courier.deliver(event(late))).accepted
    await world.anna.command("/payment help")
    (reply,) = await world.anna.replies()
    assert "/payment new" in reply.plain


async def test_that_a_persons_token_was_revoked_ends_nothing(neighbours: Neighbours) -> None:
    world, _ = await installed(neighbours)
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [world.anna.id], "bot": []}}
    assert (await events.tell(world.workspace, revoked)).accepted
    await world.anna.command("/payment help")
    (reply,) = await world.anna.replies()
    assert "/payment new" in reply.plain


async def test_a_form_of_a_neighbours_in_a_shared_channel_is_refused(
    neighbours: Neighbours,
) -> None:
    larkspur, birch = await installed(neighbours)
    await larkspur.anna.command("/client new")
    modal = await larkspur.anna.modal()
    await modal.fill("Name", "Smuggled")
    view = find_view(larkspur.workspace, view_id=modal.id, external_id=None)
    of_birch = payloads.view_submission(birch.workspace, birch.anna.account, view)
    of_birch["view"]["app_installed_team_id"] = larkspur.workspace.team_id
    answer = await birch.workspace.courier.deliver(interaction(of_birch))
    assert "Only full members of this workspace" in answer.body
    for world in (larkspur, birch):
        await world.anna.command("/client list")
        (reply,) = await world.anna.replies()
        assert "Smuggled" not in reply.plain
