"""Tie every listener to Bolt."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from handlers import clients, commands, forms, payments, presses, quickbooks, suggestions
from handlers.desk import Desk, Topic
from services.domain.ids import FirmId, UserId

TOPICS: Mapping[str, Topic] = {
    "payment": payments.TOPIC,
    "client": clients.TOPIC,
    "quickbooks": quickbooks.TOPIC,
}


def register(app: AsyncApp, desk: Desk) -> None:
    # Bolt asks one listener after the other: those that keep somebody waiting come first.
    forms.register(app, desk, {**payments.FORMS, **clients.FORMS, **quickbooks.FORMS})
    suggestions.register(app, desk, payments.SUGGESTIONS)
    commands.register(app, desk, TOPICS)
    presses.register(app, desk, {**payments.BUTTONS, **quickbooks.BUTTONS})
    _register_events(app, desk)


def _register_events(app: AsyncApp, desk: Desk) -> None:
    @app.event("user_change")
    async def on_user_change(event: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody was promoted, became a guest, left: it counts at once."""
        user = UserId(event["user"]["id"])
        await desk.doorkeeper.members.forget(FirmId(body["team_id"]), user)
