"""Tie every listener to Bolt."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from handlers import (
    alerts,
    clients,
    commands,
    forms,
    invoices,
    payments,
    presses,
    quickbooks,
    suggestions,
)
from handlers.desk import Desk, Order, Topic
from handlers.forms import Form
from handlers.suggestions import Suggestion
from services.domain.ids import FirmId, UserId

TOPICS: Mapping[str, Topic] = {
    "payment": payments.TOPIC,
    "invoice": invoices.TOPIC,
    "client": clients.TOPIC,
    "quickbooks": quickbooks.TOPIC,
}
FORMS: Mapping[str, Form] = {
    **payments.FORMS,
    **invoices.FORMS,
    **clients.FORMS,
    **quickbooks.FORMS,
    **alerts.FORMS,
}
SUGGESTIONS: Mapping[str, Suggestion] = {
    **payments.SUGGESTIONS,
    **invoices.SUGGESTIONS,
    **clients.SUGGESTIONS,
    **quickbooks.SUGGESTIONS,
}
BUTTONS: Mapping[str, Order] = {
    **payments.BUTTONS,
    **invoices.BUTTONS,
    **clients.BUTTONS,
    **quickbooks.BUTTONS,
    **alerts.BUTTONS,
}


def register(app: AsyncApp, desk: Desk) -> None:
    # Bolt asks one listener after the other: those that keep somebody waiting come first.
    forms.register(app, desk, FORMS)
    suggestions.register(app, desk, SUGGESTIONS)
    commands.register(app, desk, TOPICS)
    presses.register(app, desk, BUTTONS)
    _register_events(app, desk)


def _register_events(app: AsyncApp, desk: Desk) -> None:
    @app.event("user_change")
    async def on_user_change(event: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody was promoted, became a guest, left: it counts at once."""
        user = UserId(event["user"]["id"])
        await desk.doorkeeper.members.forget(FirmId(body["team_id"]), user)

    @app.event("app_uninstalled")
    async def on_uninstall(body: dict[str, Any]) -> None:
        await _remove(desk, body)

    @app.event("tokens_revoked")
    async def on_revocation(event: dict[str, Any], body: dict[str, Any]) -> None:
        """People's own tokens, of which we have none, are told of too."""
        if (event.get("tokens") or {}).get("bot"):
            await _remove(desk, body)


async def _remove(desk: Desk, body: dict[str, Any]) -> None:
    said_at = datetime.fromtimestamp(int(body["event_time"]), UTC)
    await desk.installations.remove(FirmId(body["team_id"]), said_at=said_at)
