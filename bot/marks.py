"""The mark that a message bears unseen, by which it is found again where its posting got no answer.

Without it, it would be posted twice.
"""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

_PEOPLE = ("U", "W")  # How Slack's ids of people begin.
SEARCHED = 100  # Messages to look through for one that may have been posted.
PAGE = 200  # Replies at once, as Slack advises.
MOST_REPLIES = 10 * PAGE  # Slack tells a thread from its beginning: what comes later is not seen.


def mark(kind: str, identity: object) -> dict[str, Any]:
    """Slack's metadata for what `kind` and `identity` name."""
    return {"event_type": f"counterfoil_{kind}", "event_payload": {kind: str(identity)}}


async def conversation_at(client: AsyncWebClient, place: str) -> str:
    """The channel itself, or the one in which a person is written to directly."""
    if not place.startswith(_PEOPLE):
        return place
    opened = await client.conversations_open(users=place)
    return str(opened["channel"]["id"])


async def find_marked(
    client: AsyncWebClient, channel: str, wanted: dict[str, Any], *, thread_ts: str | None = None
) -> tuple[str, str] | None:
    """Channel and timestamp of the latest message with that mark; with `thread_ts`, of a reply.

    A reply that stands in its thread alone is found there only. SlackApiError (thread_not_found)
    where the parent is gone.
    """
    found = await (_replies(client, channel, thread_ts) if thread_ts else _history(client, channel))
    for message in found:
        if message.get("metadata", {}).get("event_payload") == wanted["event_payload"]:
            return channel, str(message["ts"])
    return None


async def _history(client: AsyncWebClient, channel: str) -> list[dict[str, Any]]:
    """Newest first."""
    history = await client.conversations_history(
        channel=channel, limit=SEARCHED, include_all_metadata=True
    )
    return list(history["messages"])


async def _replies(client: AsyncWebClient, channel: str, parent: str) -> list[dict[str, Any]]:
    """Newest first, without the parent, which Slack tells along."""
    found: list[dict[str, Any]] = []
    async for page in await client.conversations_replies(
        channel=channel, ts=parent, limit=PAGE, include_all_metadata=True
    ):
        found += page["messages"]
        if len(found) >= MOST_REPLIES:
            break
    return [message for message in reversed(found) if message["ts"] != parent]
