"""Whether Counterfoil can write in a channel, and who reads along, as Slack has it now."""

import asyncio

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.access import ASK_SLACK_FOR
from handlers.elements import Block
from services.domain.postings import Barrier
from services.errors import TryLater

log = structlog.get_logger()

# How Slack says that a message does not get there, now or ever.
OUT_OF_REACH = frozenset(
    {
        *("channel_not_found", "channel_is_limited_access", "not_in_channel"),
        *("is_archived", "is_inactive"),  # To what is new, and to an edit.
        *("posting_to_channel_denied", "app_access_restricted", "restricted_action"),
        *("restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
    }
)
# With another company, with another workspace of the same one, or with whom an invitation is out.
_SHARED = (
    *("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared"),
    *("pending_shared", "pending_connected_team_ids"),
)


async def find_barrier(client: AsyncWebClient, channel: str) -> Barrier | None:
    """What stands against posting payments there; None where nothing does.

    Raise SlackApiError where Slack does not say.
    """
    found = await look_at(client, channel)
    return read_barrier(found) if found else Barrier.OUT_OF_REACH


async def look_at(client: AsyncWebClient, channel: str) -> Block | None:
    """The channel as Slack describes it; None where it does not let us know of it.

    Raise SlackApiError where Slack does not say.
    """
    try:
        found: Block = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        if error.response.get("error") in OUT_OF_REACH:
            return None
        raise
    return found


def read_barrier(channel: Block) -> Barrier | None:
    """As Slack describes the channel; what it leaves out stands against it."""
    if any(channel.get(way) for way in _SHARED):
        return Barrier.SHARED
    if not channel.get("is_private") or channel.get("is_mpim") or channel.get("is_im"):
        return Barrier.NOT_PRIVATE
    return None if may_write_in(channel) else Barrier.OUT_OF_REACH


def may_write_in(channel: Block) -> bool:
    """As Slack describes the channel; what it leaves out stands against it."""
    return not channel.get("is_archived", True) and bool(channel.get("is_member"))


async def why_not_in(client: AsyncWebClient, channel: str) -> str | None:
    """A sentence on what stands in the way; None where nothing does.

    Raise TryLater where Slack does not answer. An app without the scopes to ask passes: what is
    wrong is then found when something is posted.
    """
    try:
        async with asyncio.timeout(ASK_SLACK_FOR.total_seconds()):
            found = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        match error.response.get("error"):
            case "channel_not_found":  # Private, and nobody has let us in.
                return _invite("this channel")
            case "missing_scope":
                log.warning("cannot look at channels", needed=error.response.get("needed"))
                return None
            case _:
                raise _unanswered() from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _unanswered() from error
    if found.get("is_archived"):
        return f"#{found['name']} is archived. Choose another channel."
    return None if found.get("is_member") else _invite(f"#{found['name']}")


def _invite(channel: str) -> str:
    return f"Invite Counterfoil to {channel} first: /invite @Counterfoil"


def _unanswered() -> TryLater:
    return TryLater("Slack did not say whether Counterfoil is in that channel. Try again.")
