"""One message for many: says how a person's payments stand while their messages catch up."""

import asyncio
from dataclasses import dataclass, field

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.elements import Reply
from services.announcements import Announcements
from services.db.notices import Flood
from services.domain.ids import UserId
from services.domain.sync import Status

log = structlog.get_logger()

BETWEEN_SUMMARIES = 10.0  # Seconds: the edits are for the payments' own messages.


@dataclass
class Summary:
    """Where it stands, and when it was written, on the event loop's clock."""

    channel: str
    message_ts: str
    most: int
    written_at: float


@dataclass
class Floods:
    """Kept by one process: one that starts anew begins another summary, and repeats no payment."""

    client: AsyncWebClient
    announcements: Announcements
    _summaries: dict[UserId, Summary] = field(default_factory=dict, init=False)

    async def tell(self) -> None:
        """Begin, follow and end the summaries; what Slack refuses is left to the next time."""
        floods = {flood.recorded_by: flood for flood in await self.announcements.floods()}
        for person in {*floods, *self._summaries}:
            try:
                await self._tell(person, floods.get(person))
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
                log.info("summary not written", error=type(error).__name__)

    async def _tell(self, person: UserId, flood: Flood | None) -> None:
        now, known = asyncio.get_running_loop().time(), self._summaries.get(person)
        if known is None and flood is not None:
            posted = await self.client.chat_postMessage(channel=person, **_rising(flood).to_slack())
            channel, message_ts = str(posted["channel"]), str(posted["ts"])
            self._summaries[person] = Summary(channel, message_ts, flood.count, now)
        elif known is not None and flood is None:
            await self._edit(known, _over(known.most))
            del self._summaries[person]
        elif known and flood and now - known.written_at >= BETWEEN_SUMMARIES:
            known.most, known.written_at = max(known.most, flood.count), now
            await self._edit(known, _rising(flood))

    async def _edit(self, known: Summary, reply: Reply) -> None:
        await self.client.chat_update(
            channel=known.channel, ts=known.message_ts, **reply.to_slack()
        )


def _rising(flood: Flood) -> Reply:
    parts = [f"{flood.counts[each]} {each.label}" for each in Status if flood.counts.get(each)]
    return Reply(
        f"{flood.count} of your payments have changed at once: {', '.join(parts)}. "
        "Their messages follow, the latest first; `/payment list` shows them all now."
    )


def _over(most: int) -> Reply:
    return Reply(
        f"{most} of your payments had changed at once. "
        "The last of their messages follow now; `/payment list` shows them all."
    )
