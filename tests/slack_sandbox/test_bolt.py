"""A real Bolt app over real sockets: what staff do reaches it, what it says reaches them."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Workspace
from sandbox.slack.serve import serving
from tests.slack_sandbox.conftest import a_bolt_app, as_asgi
from tests.slack_sandbox.kit import an_input, plain
from tests.slack_sandbox.kit import an_option as option

Body = dict[str, Any]
Both = tuple[Workspace, AsyncApp]

CLIENTS = ["Acme Ltd", "Acme Sons", "Birch & Co"]


def payment_form() -> Body:
    methods = [option("Check"), option("Cash")]
    return {
        "type": "modal",
        "callback_id": "payment",
        "title": plain("Record a payment"),
        "submit": plain("Record"),
        "blocks": [
            an_input("Client", {"type": "external_select", "min_query_length": 2}),
            an_input("Amount", {"type": "plain_text_input"}),
            an_input("Payment date", {"type": "datepicker", "initial_date": "2026-03-01"}),
            an_input("Method", {"type": "static_select", "options": methods}),
            an_input(
                "Sync",
                {"type": "checkboxes", "options": [option("Sync this payment")]},
                optional=True,
            ),
        ],
    }


def payment_card(status: str) -> list[Body]:
    button = {"type": "button", "action_id": "sync", "text": plain("Sync now"), "value": "1"}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*Payment* {status}"}},
        {"type": "actions", "elements": [button]},
    ]


def payments(app: AsyncApp) -> list[Body]:
    """Register a small payments app; returns the submissions it will have accepted."""
    accepted: list[Body] = []

    @app.command("/payment")
    async def open_form(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=payment_form())

    @app.options("client")
    async def suggest(ack: AsyncAck, payload: Body) -> None:
        found = [option(c) for c in CLIENTS if payload["value"].lower() in c.lower()]
        await ack(options=found)

    @app.view("payment")
    async def submit(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        values = body["view"]["state"]["values"]
        if Decimal(values["amount"]["amount"]["value"]) == 0:
            await ack(response_action="errors", errors={"amount": "Must be more than zero."})
            return
        accepted.append(values)
        await ack()
        await client.chat_postMessage(
            channel=body["user"]["id"], text="Payment recorded", blocks=payment_card("_Not synced_")
        )

    @app.action("sync")
    async def sync(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        message = body["message"]
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=message["ts"],
            text="Payment synced",
            blocks=payment_card("Synced"),
        )

    return accepted


async def test_a_payment_is_entered_in_a_modal_and_lands_in_the_direct_messages(bolt: Both) -> None:
    workspace, app = bolt
    accepted = payments(app)
    anna = workspace.add_person("Anna Berg")

    reply = await anna.command("/payment new")
    modal = await anna.modal()
    assert reply.status == 200
    assert modal.labels == ["Client", "Amount", "Payment date", "Method", "Sync"]
    assert await modal.search("Client", "acm") == ["Acme Ltd", "Acme Sons"]
    await modal.choose("Client", "Acme Ltd")
    await modal.fill("Amount", "500.00")
    await modal.choose("Method", "Check")
    await modal.set_date("Payment date", date(2026, 3, 5))
    await modal.check("Sync this payment")
    result = await modal.submit()

    assert result.accepted
    assert not modal.is_open
    assert accepted[0]["amount"]["amount"] == {"type": "plain_text_input", "value": "500.00"}
    assert accepted[0]["payment_date"]["payment_date"]["selected_date"] == "2026-03-05"
    assert [message.plain for message in anna.direct_messages] == ["Payment Not synced"]


async def test_a_pressed_button_changes_its_message_in_place(bolt: Both) -> None:
    workspace, app = bolt
    payments(app)
    anna = workspace.add_person("Anna Berg")
    await app.client.chat_postMessage(
        channel=anna.id, text="Payment recorded", blocks=payment_card("Not synced")
    )

    [message] = anna.direct_messages
    reply = await message.press("Sync now")

    assert reply.status == 200
    assert message.plain == "Payment Synced"
    assert message.edits == ["Payment recorded"]
    assert len(anna.direct_messages) == 1


async def test_an_error_of_the_app_stands_under_its_field(bolt: Both) -> None:
    workspace, app = bolt
    accepted = payments(app)
    anna = workspace.add_person("Anna Berg")
    await anna.command("/payment new")
    modal = await anna.modal()
    await modal.choose("Client", "Birch & Co")
    await modal.choose("Method", "Cash")
    await modal.fill("Amount", "0")

    result = await modal.submit()

    assert not result.accepted
    assert result.errors == {"Amount": "Must be more than zero."}
    assert modal.errors == result.errors
    assert modal.is_open
    assert accepted == []


async def test_replies_by_response_url_are_seen_by_one_person(bolt: Both) -> None:
    workspace, app = bolt

    @app.command("/help")
    async def explain(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack("One moment")
        await respond("You can */record*")

    anna, ben = workspace.add_person("Anna Berg"), workspace.add_person("Ben Okafor")
    reply = await anna.command("/help")
    [later] = await anna.replies(count=1)

    assert reply.text == "One moment"
    assert later.plain == "You can /record"
    assert ben.ephemerals == []
    assert anna.direct_messages == []


# The SDK still passes aiohttp's BasicAuth, which aiohttp 3.14 announces the end of.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_the_app_is_installed_through_the_sdk(bolt: Both) -> None:
    workspace, app = bolt
    anna = workspace.add_person("Anna Berg")
    installed = await AsyncWebClient(base_url=app.client.base_url).oauth_v2_access(
        client_id=workspace.client_id, client_secret=workspace.client_secret, code=anna.install()
    )
    assert installed["access_token"] == workspace.bot_token
    assert installed["authed_user"]["id"] == anna.id


async def test_an_exception_before_the_ack_leaves_the_modal_open(bolt: Both) -> None:
    workspace, app = bolt
    accepted = payments(app)
    anna = workspace.add_person("Anna Berg")
    await anna.command("/payment new")
    modal = await anna.modal()
    await modal.choose("Client", "Acme Ltd")
    await modal.choose("Method", "Cash")
    await modal.fill("Amount", "boom")

    result = await modal.submit()

    assert (result.status, result.error) == (500, "dispatch_failed")
    assert modal.is_open
    assert accepted == []


async def test_the_app_hears_a_duplicate_delivery_twice(bolt: Both) -> None:
    workspace, app = bolt
    accepted = payments(app)
    anna = workspace.add_person("Anna Berg")
    await anna.command("/payment new")
    modal = await anna.modal()
    await modal.choose("Client", "Acme Ltd")
    await modal.choose("Method", "Cash")
    await modal.fill("Amount", "500.00")
    await modal.submit()
    await modal.submit(again=True)
    assert [values["amount"]["amount"]["value"] for values in accepted] == ["500.00"] * 2


async def test_a_bolt_app_in_this_process_needs_no_socket_of_its_own() -> None:
    workspace = Workspace(name="Larkspur")
    async with serving(workspace):
        app = a_bolt_app(workspace)
        accepted = payments(app)
        transport = httpx.ASGITransport(as_asgi(app))
        async with httpx.AsyncClient(transport=transport) as client:
            workspace.deliver_to("http://app.test/slack/events", client=client)
            anna = workspace.add_person("Anna Berg")
            await anna.command("/payment new")
            modal = await anna.modal()
            await modal.choose("Client", "Acme Ltd")
            await modal.choose("Method", "Check")
            await modal.fill("Amount", "500.00")
            assert (await modal.submit()).accepted
    assert len(accepted) == 1


async def test_lazy_work_is_seen_when_it_is_done(bolt: Both) -> None:
    workspace, app = bolt

    async def ack_at_once(ack: AsyncAck) -> None:
        await ack("Working on it")

    async def work(respond: AsyncRespond) -> None:
        await respond("Done")

    app.command("/slow")(ack=ack_at_once, lazy=[work])
    anna = workspace.add_person("Anna Berg")
    reply = await anna.command("/slow")
    assert reply.text == "Working on it"
    assert [later.text for later in await anna.replies()] == ["Done"]


async def test_an_unknown_command_is_seen_as_a_failed_dispatch(bolt: Both) -> None:
    workspace, _ = bolt
    anna = workspace.add_person("Anna Berg")
    reply = await anna.command("/nobody")
    assert (reply.status, reply.error) == (404, "dispatch_failed")


async def test_a_wrong_signature_is_refused_by_the_app(bolt: Both) -> None:
    workspace, app = bolt
    payments(app)
    workspace.courier.signing_secret = "another"
    reply = await workspace.add_person("Anna Berg").command("/payment")
    assert reply.status == 401


async def test_the_app_proves_its_url(bolt: Both) -> None:
    workspace, _ = bolt
    answer = await workspace.verify_url()
    assert answer.accepted


async def test_events_reach_the_app(bolt: Both) -> None:
    workspace, app = bolt
    seen: list[Body] = []

    @app.event("user_change")
    async def changed(event: Body) -> None:
        seen.append(event)

    @app.event("app_home_opened")
    async def opened(event: Body, client: AsyncWebClient) -> None:
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": payment_card("at home")}
        )

    anna = workspace.add_person("Anna Berg")
    await anna.open_home()
    await workspace.deactivate(anna)

    assert anna.home is not None
    assert anna.home.text == "Payment at home"
    assert seen[0]["user"]["id"] == anna.id
    assert seen[0]["user"]["deleted"] is True
