"""Posting a payment to the channel that it is recorded in, beside the message to its recorder."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from handlers import ids
from handlers.channels import find_barrier
from handlers.desk import Request
from handlers.elements import Block, context, field_input, toggle
from handlers.payments.draft import Draft
from services.domain.postings import Barrier, Posting

log = structlog.get_logger()

ASK_SLACK_FOR = timedelta(seconds=1)  # Of the three that the form's trigger lives.
_BARRED = {
    Barrier.NOT_ALLOWED: "the settings do not allow payments there",
    Barrier.NOT_PRIVATE: "it is not private",
    Barrier.SHARED: "it is shared outside this workspace",
    Barrier.OUT_OF_REACH: "it is archived, or Counterfoil may not write there",
}
_UNKNOWN = "Slack does not say whether it is private"
_LASTS = "For as long as the channel is private and not shared outside."


async def find_channel(request: Request) -> tuple[str | None, str]:
    """The channel that the command was typed in, where payments may be posted in it.

    And what stands against it at this moment, in words, if anything does.
    """
    if request.channel not in request.settings.posting_channels:
        return None, ""
    try:
        async with asyncio.timeout(ASK_SLACK_FOR.total_seconds()):
            barrier = await find_barrier(request.client, request.channel)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.info("channel not looked at", error=type(error).__name__)
        return request.channel, _UNKNOWN
    return request.channel, _BARRED[barrier] if barrier else ""


def box(draft: Draft) -> Iterable[Block]:
    """Only where it was typed in a channel that payments may be posted in."""
    if draft.channel is None:
        return
    if draft.why_not:
        yield context(f"Not posted to <#{draft.channel}>: {draft.why_not}.")
        return
    choice = toggle("Post this payment to this channel too", ids.ON, checked=draft.posts)
    yield field_input(ids.POST_HERE, "Channel", choice, optional=True, hint=_LASTS)


def explain_barrier(posting: Posting | None) -> str:
    """For whoever recorded it, who meant it to be there."""
    if posting is None or posting.barrier is None:
        return ""
    ended = " any more" if posting.posted else ""
    return f"Not posted to <#{posting.channel}>{ended}: {_BARRED[posting.barrier]}."
