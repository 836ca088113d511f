"""Slash commands: find the order in the words, obey, answer."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import Desk, Order, Topic, any_of, request_from
from handlers.elements import Reply
from handlers.errors import answered, committed

MAX_WORDS = 1000


def register(app: AsyncApp, desk: Desk, topics: Mapping[str, Topic]) -> None:
    """Each topic has its own command, and all are behind /counterfoil too."""

    @app.command(any_of(["/counterfoil", *(f"/{name}" for name in topics)]))
    async def on_command(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        name, words = body["command"].removeprefix("/"), _typed(body)
        if name == "counterfoil":
            name, words = _first_word(words)
        if name in topics:
            await _obey(desk, topics[name], body, words, ack, client, respond)
        else:
            await ack(**_overview(topics).to_slack())


def _overview(topics: Mapping[str, Topic]) -> Reply:
    names = ", ".join(f"`/counterfoil {name} help`" for name in topics)
    return Reply(f"What is it about? Try one of {names}.")


def _typed(body: dict[str, Any]) -> str:
    """What was typed behind the command: Slack escapes three characters on the way."""
    text = str(body.get("text", ""))[:MAX_WORDS]
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _first_word(text: str) -> tuple[str, str]:
    first, _, rest = text.strip().partition(" ")
    return first.lower(), rest.strip()


def _find_order(topic: Topic, text: str) -> tuple[Order, str]:
    first, rest = _first_word(text)
    order = topic.orders.get(first)
    return (order, rest) if order else (topic.otherwise, text.strip())


async def _obey(
    desk: Desk,
    topic: Topic,
    body: dict[str, Any],
    text: str,
    ack: AsyncAck,
    client: AsyncWebClient,
    respond: AsyncRespond,
) -> None:
    order, words = _find_order(topic, text)

    async def work() -> Reply | None:
        request = await request_from(desk, client, body, words, order.role)
        return await order.answer(desk, request)

    async def deliver() -> None:
        reply = await answered(work())
        if reply is not None:
            await respond(**reply.to_slack(), response_type="ephemeral")

    if order.writes:
        reply = await committed(work())
        await ack(**reply.to_slack() if reply else {})
    else:
        await ack()
        desk.background.spawn(deliver())
