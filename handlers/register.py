"""Tie every listener to Bolt."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers import clients, commands, forms, ids, payments, presses, quickbooks
from handlers.desk import Desk, Topic, request_from
from handlers.elements import Block
from handlers.errors import answered
from handlers.payments.views import suggest_clients
from services.domain.ids import FirmId, UserId
from services.domain.members import Role

TOPICS: Mapping[str, Topic] = {
    "payment": payments.TOPIC,
    "client": clients.TOPIC,
    "quickbooks": quickbooks.TOPIC,
}


def register(app: AsyncApp, desk: Desk) -> None:
    # Bolt asks one listener after the other: those that keep somebody waiting come first.
    forms.register(app, desk, {**payments.FORMS, **clients.FORMS, **quickbooks.FORMS})
    _register_suggestions(app, desk)
    commands.register(app, desk, TOPICS)
    presses.register(app, desk, {**payments.BUTTONS, **quickbooks.BUTTONS})
    _register_events(app, desk)


def _register_suggestions(app: AsyncApp, desk: Desk) -> None:
    @app.options(ids.CLIENT)
    async def suggest(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        found: list[Block] = []

        async def work() -> None:
            words = body.get("value", "")
            request = await request_from(desk, client, body, words, Role.RECORDER)
            found.extend(await suggest_clients(desk, request))

        await answered(work())
        await ack(options=found)


def _register_events(app: AsyncApp, desk: Desk) -> None:
    @app.event("user_change")
    async def on_user_change(event: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody was promoted, became a guest, left: it counts at once."""
        user = UserId(event["user"]["id"])
        await desk.doorkeeper.members.forget(FirmId(body["team_id"]), user)
