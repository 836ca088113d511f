"""The mark that a message bears unseen, by which it is found again where its posting got no answer.

Without it, it would be posted twice.
"""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

SEARCHED = 100  # Messages to look through for one that may have been posted.


def mark(kind: str, identity: object) -> dict[str, Any]:
    """Slack's metadata for what `kind` and `identity` name."""
    return {"event_type": f"counterfoil_{kind}", "event_payload": {kind: str(identity)}}


async def find_marked(
    client: AsyncWebClient, channel: str, wanted: dict[str, Any]
) -> tuple[str, str] | None:
    """Channel and timestamp of the latest message with that mark."""
    history = await client.conversations_history(
        channel=channel, limit=SEARCHED, include_all_metadata=True
    )
    for message in history["messages"]:
        if message.get("metadata", {}).get("event_payload") == wanted["event_payload"]:
            return channel, str(message["ts"])
    return None
