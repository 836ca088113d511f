"""One message for many payments, where more have changed than Slack takes edits."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.channels import Channels
from bot.marks import find_marked, mark
from bot.pace import EDIT, PASSING, POST, Pace, TooSoon, reason
from bot.slack import ClientOf
from handlers.channels import OUT_OF_REACH
from handlers.payments.summary import describe, need_somebody
from services.db.floods import Conversation
from services.domain.floods import Tally
from services.domain.ids import FirmId, PaymentId
from services.domain.postings import Barrier, Surface
from services.floods import Floods

log = structlog.get_logger()

BETWEEN_EDITS = timedelta(seconds=5)  # Most of Slack's 50 a minute are for the newest payments.
GOES_ON = timedelta(minutes=10)  # After the last that it took over; later ones get another message.


@dataclass
class Summary:
    """`left` is what it is still to tell of, `told` what it says. Times are the event loop's."""

    conversation: Conversation
    identity: UUID = field(default_factory=uuid4)
    message_ts: str | None = None
    may_be_posted: bool = False  # An answer of Slack's got lost.
    payments: set[PaymentId] = field(default_factory=set)
    left: set[PaymentId] = field(default_factory=set)
    told: Tally | None = None
    due_at: float = 0.0
    ends_at: float = 0.0

    def take(self, left: Iterable[PaymentId], *, now: float) -> None:
        self.left.update(left)
        self.payments |= self.left
        self.ends_at = now + GOES_ON.total_seconds()


@dataclass
class Summaries:
    """Kept by one process. One that starts anew writes another summary of what is not told yet."""

    client_of: ClientOf
    floods: Floods
    channels: Channels
    pace: Pace
    _live: dict[Conversation, Summary] = field(default_factory=dict, init=False)

    @property
    def firms(self) -> set[FirmId]:
        """Those whose summaries are not over yet."""
        return {each.firm_id for each in self._live}

    async def run_once(self, *, holder: str | None = None) -> None:
        """Take over what conversations have behind beyond the newest, and write what is due.

        What is over stays as it is. `holder`: only for firms whose messages it carries.
        """
        for flood in await self.floods.take_over(holder=holder):
            summary = self._live.setdefault(flood.conversation, Summary(flood.conversation))
            summary.take(flood.left, now=_now())
        for summary in list(self._live.values()):
            if summary.due_at <= _now():
                await self._try(summary)
            if summary.ends_at <= _now() and not summary.left:
                del self._live[summary.conversation]

    async def _try(self, summary: Summary) -> None:
        """What does not get there is told with the next look, and its messages rest as long."""
        summary.due_at = _now() + BETWEEN_EDITS.total_seconds()
        try:
            await self._write(summary)
        except TooSoon as early:
            summary.due_at = _now() + early.wait.total_seconds()
        except SlackApiError as error:
            await self._after_refusal(summary, error)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("summary not written", error=type(error).__name__)

    async def _write(self, summary: Summary) -> None:
        tally, versions = await self.floods.look(summary.payments)
        if tally == summary.told and not summary.left:
            return
        if barrier := await self._find_barrier(summary.conversation):
            await self._end(summary, barrier)
            return
        was_there = summary.message_ts is not None
        summary.message_ts = await self._post_or_edit(summary, tally)
        summary.told, left, summary.left = tally, summary.left, set()
        told = {each: versions[each] for each in left}
        await self.floods.told(summary.conversation, told)
        if summary.conversation.surface is Surface.DIRECT:
            await self._tell_once(summary, left, aloud=was_there)

    async def _find_barrier(self, conversation: Conversation) -> Barrier | None:
        if conversation.surface is Surface.DIRECT:
            return None
        return await self.channels.find_barrier(conversation.firm_id, conversation.channel)

    async def _end(self, summary: Summary, barrier: Barrier) -> None:
        """Nothing more is told there."""
        await self.floods.bar(summary.conversation, tuple(summary.left), barrier)
        summary.left, summary.ends_at = set(), 0.0

    async def _post_or_edit(self, summary: Summary, tally: Tally) -> str:
        """The message's timestamp."""
        conversation, reply = summary.conversation, describe(tally, at=self.floods.clock())
        client = self.client_of(conversation.firm_id)
        own, message_ts = mark("summary", summary.identity), summary.message_ts
        if message_ts is None and summary.may_be_posted:
            found = await find_marked(client, conversation.channel, own)
            message_ts = found[1] if found else None
        if message_ts is not None:
            self.pace.check(conversation.firm_id, EDIT, first=True)
            await client.chat_update(
                channel=conversation.channel, ts=message_ts, **reply.to_slack()
            )
            return message_ts
        self.pace.check(conversation.firm_id, POST, conversation.channel, first=True)
        summary.may_be_posted = True
        posted = await client.chat_postMessage(
            channel=conversation.channel, metadata=own, **reply.to_slack()
        )
        return str(posted["ts"])

    async def _tell_once(self, summary: Summary, left: Iterable[PaymentId], *, aloud: bool) -> None:
        """What needs a person is told once. A new message has just been heard, an edit was not."""
        firm = summary.conversation.firm_id
        telling = await self.floods.claim_tellings(firm, tuple(left))
        if telling is None or not aloud:
            return
        reply = need_somebody(telling.recorded_by, telling.names)
        channel, beside = summary.conversation.channel, summary.message_ts
        try:
            await self.client_of(firm).chat_postMessage(
                channel=channel, thread_ts=beside, **reply.to_slack()
            )
        except SlackApiError:
            await self.floods.release_tellings(firm, telling)
            summary.left.update(telling.payments)  # The next look tells of them again.
            raise

    async def _after_refusal(self, summary: Summary, error: SlackApiError) -> None:
        conversation, why = summary.conversation, reason(error)
        log.warning("slack refused a summary", reason=why, channel=conversation.channel)
        if wait := self.pace.heed(conversation.firm_id, error, conversation.channel):
            summary.due_at = _now() + wait.total_seconds()
        elif conversation.surface is Surface.CHANNEL and why in OUT_OF_REACH:
            await self._end(summary, Barrier.OUT_OF_REACH)
        elif why == "message_not_found":
            summary.message_ts, summary.may_be_posted, summary.told = None, False, None
        elif why not in PASSING:  # It cannot be told; the next change is tried again.
            _, versions = await self.floods.look(summary.left)
            await self.floods.told(conversation, versions)
            summary.left, summary.ends_at = set(), 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
