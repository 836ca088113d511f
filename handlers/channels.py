"""Whether Counterfoil can write in a channel, as Slack has it now."""

import asyncio

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.access import ASK_SLACK_FOR
from services.errors import TryLater

log = structlog.get_logger()


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
