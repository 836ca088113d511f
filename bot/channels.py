"""Whether a payment may still be posted in a channel, as Slack has the channel now."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from services.domain.postings import Barrier

# Slack says so where the bot is not inside, or the channel takes no messages.
OUT_OF_REACH = frozenset({"channel_not_found", "not_in_channel", "is_archived"})
_SHARED = ("is_ext_shared", "is_pending_ext_shared", "is_shared")


async def find_barrier(client: AsyncWebClient, channel: str) -> Barrier | None:
    """What stands against posting there; None where nothing does.

    Raise SlackApiError where Slack does not say.
    """
    try:
        found = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        if error.response.get("error") in OUT_OF_REACH:
            return Barrier.OUT_OF_REACH
        raise
    if found.get("is_archived") or not found.get("is_member"):
        return Barrier.OUT_OF_REACH
    if any(found.get(way) for way in _SHARED):
        return Barrier.SHARED
    return None if found.get("is_private") else Barrier.NOT_PRIVATE
