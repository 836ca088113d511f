"""Socket Mode as Slack describes it, met by a bare WebSocket and by Slack's own client."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SOCKETS, Person, Workspace
from sandbox.slack.serve import serving
from tests.slack_sandbox.conftest import a_bolt_app
from tests.slack_sandbox.kit import a_modal, an_input, an_option

SOON = 5.0  # Seconds in which whatever must come has come.


@dataclass
class Line:
    """The app's end of one socket, with nobody behind it who acknowledges by himself."""

    socket: aiohttp.ClientWebSocketResponse
    url: str
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.socket.receive_str(timeout=SOON))
        self.heard.append(message)
        return message

    async def acknowledge(self, envelope: dict[str, Any], **payload: object) -> None:
        given = {"payload": payload} if payload else {}
        await self.socket.send_json({"envelope_id": envelope["envelope_id"], **given})

    async def is_closed(self) -> bool:
        return (await self.socket.receive(timeout=SOON)).type in {
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.ERROR,
        }


@dataclass
class Opener:
    workspace: Workspace
    session: aiohttp.ClientSession

    async def url(self) -> str:
        client = AsyncWebClient(base_url=self.workspace.api_url, session=self.session)
        answer = await client.apps_connections_open(app_token=self.workspace.app_token)
        return str(answer["url"])

    async def line(self, more: str = "") -> Line:
        url = await self.url() + more
        return Line(await self.session.ws_connect(url), url)


@pytest.fixture
async def opener(workspace: Workspace) -> AsyncIterator[Opener]:
    workspace.deliver_to(SOCKETS)
    workspace.courier.patience = SOON
    async with serving(workspace), aiohttp.ClientSession() as session:
        yield Opener(workspace, session)


async def test_a_socket_begins_with_hello(opener: Opener) -> None:
    line = await opener.line()
    hello = await line.hear()
    assert line.url.startswith("ws://127.0.0.1:")
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"] == {"app_id": opener.workspace.app_id}
    assert hello["debug_info"]["approximate_connection_time"] == 3600
    assert (await (await opener.line()).hear())["num_connections"] == 2


async def test_a_socket_for_debugging_lasts_six_minutes(opener: Opener) -> None:
    hello = await (await opener.line("&debug_reconnects=true")).hear()
    assert hello["debug_info"]["approximate_connection_time"] == 360


async def test_an_old_socket_is_warned_and_then_refreshed(opener: Opener) -> None:
    opener.workspace.sockets.lifetime, opener.workspace.sockets.warned_before = 0.02, 0.01
    line = await opener.line()
    told = [(await line.hear()).get("reason") for _ in range(3)]
    assert told == [None, "warning", "refresh_requested"]
    assert await line.is_closed()
    assert line.heard[1]["debug_info"] == {"host": line.heard[0]["debug_info"]["host"]}


async def test_only_the_app_level_token_opens_sockets_and_it_does_nothing_else(
    opener: Opener,
) -> None:
    client = AsyncWebClient(base_url=opener.workspace.api_url, session=opener.session)
    for call, error in (
        (client.apps_connections_open(app_token="xapp-1-A0-1-0"), "invalid_auth"),
        (client.apps_connections_open(app_token=opener.workspace.bot_token), "not_allowed_token"),
        (client.auth_test(token=opener.workspace.app_token), "not_allowed_token_type"),
    ):
        with pytest.raises(SlackApiError, match=error):
            await call


async def test_a_ticket_opens_one_socket_and_not_for_long(
    opener: Opener, workspace: Workspace
) -> None:
    line = await opener.line()
    stale = await opener.url()
    workspace.clock.advance(31)  # type: ignore[attr-defined] # A ManualClock.
    for url in (line.url, stale):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await opener.session.ws_connect(url)


async def test_where_nobody_serves_sockets_none_can_be_opened(workspace: Workspace) -> None:
    transport = httpx.ASGITransport(workspace.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://slack.test") as client:
        headers = {"Authorization": f"Bearer {workspace.app_token}"}
        answer = await client.post("/api/apps.connections.open", headers=headers)
    assert answer.json() == {"ok": False, "error": "internal_error"}


async def test_each_kind_of_payload_has_its_envelope(opener: Opener, anna: Person) -> None:
    line = await opener.line()
    await line.hear()
    typing = asyncio.create_task(anna.command("/payment new"))
    command = await line.hear()
    await line.acknowledge(command, text="Opening")
    assert (await typing).text == "Opening"
    moving = asyncio.create_task(opener.workspace.deactivate(anna))
    event = await line.hear()
    await line.acknowledge(event, text="ignored")
    assert (await moving).accepted
    assert command.keys() == {"envelope_id", "payload", "type", "accepts_response_payload"}
    assert (command["type"], command["accepts_response_payload"]) == ("slash_commands", True)
    assert command["payload"]["text"] == "new"
    assert (event["type"], event["accepts_response_payload"]) == ("events_api", False)
    assert (event["retry_attempt"], event["retry_reason"]) == (0, "")
    assert event["payload"]["event"]["type"] == "user_change"


async def test_an_acknowledgement_is_taken_from_any_socket(opener: Opener, anna: Person) -> None:
    lines = [await opener.line() for _ in range(2)]
    for line in lines:
        await line.hear()
    typing = asyncio.create_task(anna.command("/payment new"))
    hearing = [asyncio.create_task(line.hear()) for line in lines]
    done, _ = await asyncio.wait(hearing, return_when=asyncio.FIRST_COMPLETED)
    (heard,) = done
    other = lines[1 - hearing.index(heard)]
    await other.acknowledge(heard.result())
    assert (await typing).status == 200
    hearing[1 - hearing.index(heard)].cancel()


async def test_what_is_no_acknowledgement_is_passed_over(opener: Opener, anna: Person) -> None:
    line = await opener.line()
    await line.hear()
    typing = asyncio.create_task(anna.command("/payment new"))
    envelope = await line.hear()
    for nonsense in ("", "[]", '{"envelope_id": []}', '{"envelope_id": "unknown"}'):
        await line.socket.send_str(nonsense)
    await line.acknowledge(envelope)
    assert (await typing).status == 200


async def test_what_is_not_acknowledged_goes_once_more_to_another_socket(
    opener: Opener, anna: Person
) -> None:
    lines = [await opener.line() for _ in range(2)]
    for line in lines:
        await line.hear()
    opener.workspace.courier.patience = 0.05
    hearing = [asyncio.create_task(line.hear()) for line in lines]
    reply = await anna.command("/payment new")
    first, second = sorted(
        await asyncio.gather(*hearing), key=lambda envelope: "retry_attempt" in envelope
    )
    assert reply.error == "operation_timeout"
    assert first["payload"] == second["payload"]
    assert first["envelope_id"] != second["envelope_id"]
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")


async def test_an_event_is_told_again_until_it_is_acknowledged(
    opener: Opener, anna: Person
) -> None:
    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    opener.workspace.sleep = at_once
    opener.workspace.courier.patience = 0.05
    line = await opener.line()
    await line.hear()
    await opener.workspace.deactivate(anna)
    envelopes = [await line.hear() for _ in range(4)]
    assert [each["retry_attempt"] for each in envelopes] == [0, 1, 2, 3]
    assert [each["retry_reason"] for each in envelopes] == ["", *["timeout"] * 3]
    assert len({each["payload"]["event_id"] for each in envelopes}) == 1


async def test_without_a_socket_people_are_told_at_once(opener: Opener, anna: Person) -> None:
    del opener
    assert (await anna.command("/payment")).error == "dispatch_failed"


async def test_an_envelope_can_be_lost_on_the_way_or_come_twice(
    opener: Opener, anna: Person
) -> None:
    line = await opener.line()
    await line.hear()
    sockets = opener.workspace.sockets
    opener.workspace.courier.patience = 0.05
    sockets.lose()
    assert (await anna.command("/payment lost")).error == "operation_timeout"
    assert (await line.hear())["retry_attempt"] == 1
    opener.workspace.courier.patience = SOON
    sockets.double()
    typing = asyncio.create_task(anna.command("/payment doubled"))
    first, second = await line.hear(), await line.hear()
    assert first == second
    await line.acknowledge(second)
    assert (await typing).status == 200


async def test_there_are_ten_sockets_at_most(opener: Opener) -> None:
    lines = [await opener.line() for _ in range(11)]
    told = [await line.hear() for line in lines]
    assert [each["type"] for each in told] == [*["hello"] * 10, "disconnect"]
    assert told[-1]["reason"] == "too_many_websockets"
    assert await lines[-1].is_closed()


async def test_switching_socket_mode_off_ends_all_sockets_and_lets_none_in(
    opener: Opener,
) -> None:
    line = await opener.line()
    await line.hear()
    switching = asyncio.create_task(opener.workspace.sockets.disable())
    assert (await line.hear())["reason"] == "link_disabled"
    assert await line.is_closed()
    await switching
    assert (await (await opener.line()).hear())["reason"] == "link_disabled"
    opener.workspace.sockets.enable()
    assert (await (await opener.line()).hear())["type"] == "hello"


async def test_a_socket_that_is_cut_ends_without_a_word(opener: Opener) -> None:
    line = await opener.line()
    await line.hear()
    opener.workspace.sockets.cut()
    assert await line.is_closed()
    assert line.socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
    await opener.workspace.wait_until(lambda: not opener.workspace.sockets.open)


async def test_on_a_frozen_socket_nothing_moves(opener: Opener, anna: Person) -> None:
    line = await opener.line()
    await line.hear()
    opener.workspace.sockets.freeze()
    opener.workspace.courier.patience = 0.05
    await line.socket.ping()
    assert (await anna.command("/payment")).error == "operation_timeout"
    with pytest.raises(TimeoutError):
        await line.socket.receive(timeout=0.05)


@pytest.mark.parametrize(
    ("act", "told"),
    [("warn", "warning"), ("refresh", "refresh_requested"), ("disable", "link_disabled")],
)
async def test_what_becomes_of_sockets_is_ordered_over_http(
    opener: Opener, act: str, told: str
) -> None:
    line = await opener.line()
    hello = await line.hear()
    async with httpx.AsyncClient(base_url=opener.workspace.base_url, trust_env=False) as remote:
        assert (await remote.get("/sockets")).json() == [{"host": hello["debug_info"]["host"]}]
        ordering = asyncio.create_task(remote.post(f"/sockets/{act}"))
        assert (await line.hear())["reason"] == told
        await line.socket.close()
        assert (await ordering).json() == {"ok": True}
        assert (await remote.post("/sockets/enable")).json() == {"ok": True}
        assert (await remote.post("/sockets/lose", json={"count": 2})).json() == {"ok": True}
        assert (await remote.post("/sockets/lose", json={"count": "x"})).status_code == 400
        assert (await remote.post("/sockets/lose", json=[])).status_code == 400
        assert (await remote.post("/sockets/mend")).status_code == 404
    assert len(opener.workspace.sockets.fates) == 2


@asynccontextmanager
async def slacks_own_client(workspace: Workspace) -> AsyncIterator[AsyncApp]:
    """A Bolt app behind two sockets of Slack's own client."""
    app = a_bolt_app(workspace)
    handlers = [AsyncSocketModeHandler(app, workspace.app_token) for _ in range(2)]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt's.
    yield app
    for handler in handlers:
        await handler.close_async()  # type: ignore[no-untyped-call] # Bolt's.


async def test_slacks_own_client_works_over_it(opener: Opener, anna: Person) -> None:
    seen: list[str] = []
    async with slacks_own_client(opener.workspace) as app:

        @app.command("/payment")
        async def open_form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack("Opening")
            view = a_modal(
                an_input("Client", {"type": "external_select", "min_query_length": 1}),
                an_input("Amount"),
                callback_id="form",
            )
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        @app.options("client")
        async def suggest(ack: AsyncAck) -> None:
            await ack(options=[an_option("Acme")])

        @app.view("form")
        async def save(ack: AsyncAck, view: dict[str, Any]) -> None:
            amount = view["state"]["values"]["amount"]["amount"]["value"]
            seen.append(amount)
            if amount == "0":
                await ack(response_action="errors", errors={"amount": "Too little."})
            else:
                await ack()

        @app.event("user_change")
        async def changed(event: dict[str, Any]) -> None:
            seen.append(event["user"]["id"])

        opener.workspace.rate_limits.enabled = False
        reply = await anna.command("/payment")
        assert (reply.status, reply.text) == (200, "Opening")
        modal = await anna.modal()
        assert await modal.search("Client", "ac") == ["Acme"]
        await modal.choose("Client", "Acme")
        await modal.fill("Amount", "0")
        assert (await modal.submit()).errors == {"Amount": "Too little."}
        await modal.fill("Amount", "5")
        assert (await modal.submit()).accepted
        assert (await opener.workspace.deactivate(anna)).accepted
        await opener.workspace.wait_until(lambda: anna.id in seen)
    assert seen == ["0", "5", anna.id]


async def test_slacks_own_client_comes_back_after_a_refresh(opener: Opener, anna: Person) -> None:
    async with slacks_own_client(opener.workspace) as app:

        @app.command("/payment")
        async def answer(ack: AsyncAck) -> None:
            await ack("Here")

        sockets = opener.workspace.sockets
        before = set(sockets.open)
        await sockets.refresh()
        await opener.workspace.wait_until(
            lambda: len(sockets.open) == 2 and before.isdisjoint(sockets.open), SOON
        )
        assert (await anna.command("/payment")).text == "Here"
