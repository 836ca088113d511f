"""Buttons: do what was pressed, then say how it stands."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers import ids
from handlers.desk import ANYTHING, Desk, Order, Request, request_from
from handlers.elements import Reply
from handlers.errors import answered, committed
from handlers.telling import tell


async def _is_outdated(desk: Desk, request: Request) -> Reply:
    del desk, request
    return Reply("This button is from another version. Type the command again.", refuses=True)


OUTDATED = Order(_is_outdated)


def register(app: AsyncApp, desk: Desk, buttons: Mapping[str, Order]) -> None:
    """`buttons`: by action id. Each order answers with how the thing stands now."""

    @app.action(ANYTHING)
    async def on_press(
        ack: AsyncAck,
        body: dict[str, Any],
        action: dict[str, Any],
        client: AsyncWebClient,
        respond: AsyncRespond,
    ) -> None:
        name, value = _pressed(action)
        entered = ids.changed((body.get("view") or {}).get("callback_id", ""))
        order = buttons.get(name) or buttons.get(entered) or OUTDATED

        async def work() -> Reply | None:
            request = await request_from(desk, client, body, value, order.role)
            return await order.answer(desk, request)

        async def deliver(reply: Reply | None) -> None:
            if reply is not None:
                await _deliver(reply, respond, client, order=order, body=body)

        async def open_first() -> None:
            await deliver(await answered(work()))

        if order.opens:
            await ack()
            desk.background.spawn(open_first())
        else:
            reply = await committed(work())
            await ack()
            desk.background.spawn(deliver(reply))


def _pressed(action: dict[str, Any]) -> tuple[str, str]:
    """The name and the value of what was pressed; a menu's entry has both in its value."""
    if action.get("type") == "overflow":
        name, _, value = str(action["selected_option"]["value"]).partition(" ")
        return name, value
    return str(action["action_id"]), str(action.get("value") or "")


async def _deliver(
    reply: Reply,
    respond: AsyncRespond,
    client: AsyncWebClient,
    *,
    order: Order,
    body: dict[str, Any],
) -> None:
    """Edit what was pressed where nobody else will; a refusal leaves it as it is."""
    if "response_url" not in body:  # Pressed in a modal, which has no room for an answer.
        await tell(client, body["user"]["id"], reply)
    elif reply.refuses or order.beside:
        await respond(**reply.to_slack(), response_type="ephemeral", replace_original=False)
    elif order.replaces or body.get("container", {}).get("is_ephemeral"):
        await respond(**reply.to_slack(), replace_original=True)
