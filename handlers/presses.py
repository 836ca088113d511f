"""Buttons: do what was pressed, then say how it stands."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import ANYTHING, Desk, Order, Request, request_from
from handlers.elements import Reply
from handlers.errors import committed


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
        order = buttons.get(action["action_id"], OUTDATED)

        async def work() -> Reply | None:
            request = await request_from(desk, client, body, action.get("value", ""), order.role)
            return await order.answer(desk, request)

        reply = await committed(work())
        await ack()
        if reply is not None:
            desk.background.spawn(_deliver(reply, respond, replaces=order.replaces, body=body))


async def _deliver(
    reply: Reply, respond: AsyncRespond, *, replaces: bool, body: dict[str, Any]
) -> None:
    """Edit what was pressed where nobody else will; a refusal leaves it as it is."""
    if reply.refuses:
        await respond(**reply.to_slack(), response_type="ephemeral", replace_original=False)
    elif replaces or body.get("container", {}).get("is_ephemeral"):
        await respond(**reply.to_slack(), replace_original=True)
