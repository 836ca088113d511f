"""What may have been posted already is found by its mark, wherever it stands."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.marks import MOST_REPLIES, PAGE, find_marked, mark
from sandbox.slack import Channel, Workspace
from sandbox.slack.serve import serving
from tests.world import scopes_asked_for

WANTED = mark("step", 7)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    workspace = Workspace(rate_limits=False)
    workspace.scopes = scopes_asked_for()
    async with serving(workspace):
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    client.proxy = None
    return client


@pytest.fixture(params=[False, True], ids=["public", "private"])
def alerts(workspace: Workspace, request: pytest.FixtureRequest) -> Channel:
    return workspace.add_channel("alerts", private=request.param)


async def post(client: AsyncWebClient, alerts: Channel, **more: Any) -> str:
    """Its ts."""
    posted = await client.chat_postMessage(channel=alerts.id, text="x", **more)
    return str(posted["ts"])


async def test_the_latest_message_with_the_mark_is_found_in_a_channel(
    client: AsyncWebClient, alerts: Channel
) -> None:
    assert await find_marked(client, alerts.id, WANTED) is None
    await post(client, alerts, metadata=WANTED)
    latest = await post(client, alerts, metadata=WANTED)
    await post(client, alerts, metadata=mark("step", 8))
    assert await find_marked(client, alerts.id, WANTED) == (alerts.id, latest)


async def test_a_reply_is_found_in_its_thread_and_nowhere_else(
    client: AsyncWebClient, alerts: Channel
) -> None:
    parent, other = await post(client, alerts), await post(client, alerts)
    await post(client, alerts, thread_ts=parent, metadata=WANTED)
    latest = await post(client, alerts, thread_ts=parent, metadata=WANTED)
    await post(client, alerts, thread_ts=parent)
    found = await find_marked(client, alerts.id, WANTED, thread_ts=parent)
    assert found == (alerts.id, latest)
    assert await find_marked(client, alerts.id, WANTED, thread_ts=other) is None
    assert await find_marked(client, alerts.id, WANTED) is None


async def test_a_reply_that_the_channel_shows_as_well_is_found_in_both(
    client: AsyncWebClient, alerts: Channel
) -> None:
    parent = await post(client, alerts)
    reply = await post(client, alerts, thread_ts=parent, reply_broadcast=True, metadata=WANTED)
    assert await find_marked(client, alerts.id, WANTED) == (alerts.id, reply)
    assert await find_marked(client, alerts.id, WANTED, thread_ts=parent) == (alerts.id, reply)


async def test_the_parent_is_no_reply(client: AsyncWebClient, alerts: Channel) -> None:
    parent = await post(client, alerts, metadata=WANTED)
    assert await find_marked(client, alerts.id, WANTED, thread_ts=parent) is None


async def test_the_newest_reply_of_a_long_thread_is_found(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    alerts = workspace.add_channel("alerts")
    parent = await post(client, alerts)
    for _ in range(PAGE):
        await post(client, alerts, thread_ts=parent)
    newest = await post(client, alerts, thread_ts=parent, metadata=WANTED)
    before = len(workspace.calls)
    found = await find_marked(client, alerts.id, WANTED, thread_ts=parent)
    assert found == (alerts.id, newest)
    assert len(workspace.calls) - before == 2 <= MOST_REPLIES // PAGE


async def test_a_thread_that_is_gone_is_not_taken_for_an_empty_one(
    client: AsyncWebClient, alerts: Channel
) -> None:
    parent = await post(client, alerts)
    await client.chat_delete(channel=alerts.id, ts=parent)
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await find_marked(client, alerts.id, WANTED, thread_ts=parent)
