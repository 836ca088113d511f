"""Menus that we fill while a person types."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import ANYTHING, Desk, Request, request_from
from handlers.elements import Block
from handlers.errors import committed
from services.domain.members import Role

MOST_OPTIONS = 100  # Slack's limit.


@dataclass(frozen=True)
class Suggestion:
    """`suggest` answers with options for the words that were typed so far."""

    suggest: Callable[[Desk, Request], Awaitable[list[Block]]]
    role: Role = Role.RECORDER


def register(app: AsyncApp, desk: Desk, suggestions: Mapping[str, Suggestion]) -> None:
    """`suggestions`: by the menu's action id. Who may not ask is offered nothing."""

    @app.options(ANYTHING)
    async def on_typing(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        suggestion, found = suggestions.get(body["action_id"]), list[Block]()

        async def work() -> None:
            if suggestion is not None:
                words = body.get("value", "")
                request = await request_from(desk, client, body, words, suggestion.role)
                found.extend(await suggestion.suggest(desk, request))

        await committed(work())
        await ack(options=found[:MOST_OPTIONS])
