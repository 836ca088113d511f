"""What becomes of a channel, and what Slack then says of it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.slack import Channel, Person, Sharing, Workspace
from sandbox.slack.serve import whole_app
from tests.slack_sandbox.conftest import Caller

FLAGS = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared")


@pytest.fixture
def books(workspace: Workspace, anna: Person) -> Channel:
    return workspace.add_channel("books", private=True, members=[anna])


async def info(call: Caller, channel: Channel) -> dict[str, Any]:
    found: dict[str, Any] = (await call("conversations.info", channel=channel.id))["channel"]
    return found


@pytest.mark.parametrize(
    ("sharing", "flags"),
    [
        (Sharing.NOBODY, set()),
        (Sharing.ORGANISATION, {"is_shared", "is_org_shared"}),
        (Sharing.INVITED, {"is_pending_ext_shared"}),
        (Sharing.OUTSIDE, {"is_shared", "is_ext_shared"}),
    ],
)
async def test_a_channel_says_with_whom_it_is_shared(
    call: Caller, books: Channel, sharing: Sharing, flags: set[str]
) -> None:
    books.share(sharing)
    found = await info(call, books)
    assert {flag for flag in FLAGS if found[flag]} == flags
    assert found["is_private"] is True


async def test_a_channel_that_is_made_public_says_so(call: Caller, books: Channel) -> None:
    books.make_public()
    assert (await info(call, books))["is_private"] is False


async def test_an_archived_channel_is_seen_and_takes_nothing(call: Caller, books: Channel) -> None:
    books.archive()
    assert (await info(call, books))["is_archived"] is True
    refused = await call("chat.postMessage", channel=books.id, text="x")
    assert refused["error"] == "is_archived"


async def test_a_read_only_channel_takes_no_message_of_the_apps(
    call: Caller, books: Channel
) -> None:
    books.make_read_only()
    refused = await call("chat.postMessage", channel=books.id, text="x")
    assert refused["error"] == "restricted_action_read_only_channel"


async def test_an_app_that_was_removed_sees_a_private_channel_no_more(
    call: Caller, books: Channel
) -> None:
    books.remove_app()
    assert (await call("conversations.info", channel=books.id))["error"] == "channel_not_found"


@pytest.fixture
async def remote(workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(whole_app(workspace))
    async with httpx.AsyncClient(transport=transport, base_url="http://slack.test") as client:
        yield client


async def test_the_same_happens_over_http(
    remote: httpx.AsyncClient, call: Caller, books: Channel
) -> None:
    assert (await remote.get("/channels")).json() == [{"id": books.id, "name": "books"}]
    await remote.post(f"/channels/{books.id}/share", json={"with": "outside"})
    assert (await info(call, books))["is_ext_shared"] is True
    await remote.post(f"/channels/{books.id}/archive")
    assert (await info(call, books))["is_archived"] is True


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/channels/C0/archive", {}, 404),
        ("/channels/{books}/burn", {}, 404),
        ("/channels/{books}/share", {"with": "everybody"}, 400),
        ("/channels/{books}/share", [], 400),
    ],
)
async def test_what_cannot_be_done_says_why(
    remote: httpx.AsyncClient, books: Channel, path: str, body: object, status: int
) -> None:
    response = await remote.post(path.format(books=books.id), json=body)
    assert response.status_code == status
    assert response.json()["error"]


async def test_an_archived_channel_is_still_read_and_no_message_there_is_edited(
    call: Caller, books: Channel
) -> None:
    posted = await call("chat.postMessage", channel=books.id, text="Not synced")
    place = {"channel": books.id, "ts": posted["ts"]}
    books.archive()
    assert (await call("chat.update", **place, text="Synced"))["error"] == "is_inactive"
    assert len((await call("conversations.history", channel=books.id))["messages"]) == 1
    books.unarchive()
    assert (await call("chat.update", **place, text="Synced"))["ok"]


async def test_what_was_done_to_a_channel_can_be_undone(call: Caller, books: Channel) -> None:
    books.remove_app()
    books.add_app()
    books.make_public()
    books.make_private()
    books.share()
    books.share(Sharing.NOBODY)
    found = await info(call, books)
    assert (found["is_private"], found["is_member"], found["is_ext_shared"]) == (True, True, False)


async def test_a_channel_left_and_joined_over_http(
    remote: httpx.AsyncClient, call: Caller, books: Channel
) -> None:
    await remote.post(f"/channels/{books.id}/remove_app")
    refused = await call("chat.postMessage", channel=books.id, text="x")
    assert refused["error"] == "channel_not_found"
    await remote.post(f"/channels/{books.id}/add_app")
    assert (await call("chat.postMessage", channel=books.id, text="x"))["ok"]
