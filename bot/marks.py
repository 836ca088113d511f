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
    client: AsyncWebClient, channel: str, wanted: dict[str, Any], *, thread_ts: str | None = None
) -> tuple[str, str] | None:
    """Channel and timestamp of the latest message with that mark, or of the reply in a thread."""
    searched: dict[str, Any] = {"channel": channel, "limit": SEARCHED, "include_all_metadata": True}
    if thread_ts is None:
        found = await client.conversations_history(**searched)
    else:
        found = await client.conversations_replies(**searched, ts=thread_ts)
    for message in found["messages"]:
        if message.get("metadata", {}).get("event_payload") == wanted["event_payload"]:
            return channel, str(message["ts"])
    return None
