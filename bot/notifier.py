"""Makes each payment's messages show what is true now."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.bell import Bell
from bot.channels import Channels
from bot.edges import unless_broken
from bot.marks import find_marked, mark
from bot.pace import EDIT, PASSING, POST, Pace, TooSoon, reason
from bot.pulse import Pulse
from bot.slack import ClientOf
from bot.summaries import Summaries
from bot.threads import Threads
from handlers.channels import OUT_OF_REACH
from handlers.elements import Reply
from handlers.payments.blocks import show
from services.announcements import AT_ONCE, BETWEEN_EDITS, Announcements
from services.db.notices import Notice
from services.domain.backoff import wait_before
from services.domain.ledger import Payment, Refund
from services.domain.postings import Barrier, Surface
from services.floods import Floods
from services.messengers import Messenger
from services.payments import Payments
from services.previews import Previews
from services.refunds import Refunds

log = structlog.get_logger()

POST_TAKES = timedelta(seconds=45)  # Longer than Slack's client waits for an answer.
RETRY_BASE = timedelta(seconds=2)
FINISH_WITHIN = timedelta(seconds=2)


@dataclass
class Notifier:
    """The message is a projection: a lost edit is made up for by the next pass."""

    client_of: ClientOf
    announcements: Announcements
    messenger: Messenger
    floods: Floods
    payments: Payments
    refunds: Refunds
    previews: Previews
    records_url: str
    chance: Random
    bell: Bell
    pulse: Pulse = field(default_factory=lambda: Pulse("messages"), init=False)
    _running: asyncio.Task[None] | None = field(default=None, init=False)
    _keeping: asyncio.Task[None] | None = field(default=None, init=False)
    _pace: Pace = field(default_factory=Pace, init=False)

    def __post_init__(self) -> None:
        self._threads = Threads(self.client_of, self.announcements, self.records_url)
        self._channels = Channels(self.client_of, self.announcements, self._pace)
        self._summaries = Summaries(self.client_of, self.floods, self._channels, self._pace)

    def start(self) -> None:
        self._running = self.pulse.keep(self._run())
        self._keeping = self.pulse.keep(self._keep())
        self.bell.ring()

    async def stop(self) -> None:
        """Show what has just changed, within reason; the rest is shown after the next start."""
        if self._running is None or self._keeping is None:
            return
        self._running.cancel()
        await asyncio.wait({self._running})
        self._running = None
        try:
            async with asyncio.timeout(FINISH_WITHIN.total_seconds()):
                await self.run_once()
        except TimeoutError:
            log.info("messages left for the next start")
        self._keeping.cancel()
        await asyncio.wait({self._keeping})
        await self.messenger.leave()

    async def _run(self) -> None:
        while True:
            await self.bell.wait()
            self.pulse.beat()
            if not await unless_broken(self.run_once(), "notifier round failed"):
                await asyncio.sleep(BETWEEN_EDITS.total_seconds())

    async def _keep(self) -> None:
        """Whoever waits for Slack is not dead."""
        while True:
            await asyncio.sleep(self.messenger.lasts.total_seconds() / 3)
            await unless_broken(self.messenger.keep(), "messengers not kept")

    async def run_once(self) -> None:
        """Show all that is due; come back for what changed too quickly."""
        await self.messenger.take()
        await self._summarise()
        while notices := await self._due():
            # Together, so that they share their commits.
            await asyncio.gather(*(self._show(notice) for notice in notices))
        await self.messenger.leave(but=self._summaries.firms)
        if await self.announcements.is_behind():
            asyncio.get_running_loop().call_later(BETWEEN_EDITS.total_seconds(), self.bell.ring)

    async def _due(self) -> list[Notice]:
        """Where there is much, what summaries take over is due no more."""
        await self.messenger.take()
        notices = await self.announcements.behind(holder=self.messenger.holder)
        if len(notices) >= AT_ONCE:
            await self._summarise()
            notices = await self.announcements.behind(holder=self.messenger.holder)
        return notices

    async def _summarise(self) -> None:
        work = self._summaries.run_once(holder=self.messenger.holder)
        await unless_broken(work, "summaries not written")

    async def _show(self, notice: Notice) -> None:
        work = self._show_or_put_off(notice)
        if not await unless_broken(work, "message not shown", payment=str(notice.payment_id)):
            await self._retry_later(notice)
        self.pulse.beat()

    async def _show_or_put_off(self, notice: Notice) -> None:
        try:
            await self._make_true(notice)
        except TooSoon as early:
            await self.announcements.wait(notice, early.wait)
        except SlackApiError as error:
            await self._after_refusal(notice, error)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("slack not reached", error=type(error).__name__)
            await self._retry_later(notice)

    async def _make_true(self, notice: Notice) -> None:
        self._check_pace(notice)
        if notice.surface is Surface.CHANNEL:
            barrier = await self._channels.find_barrier(notice.firm_id, notice.place)
            if barrier is not None:
                await self.announcements.bar(notice, barrier)
                return
        if notice.message_ts is None and not await self.announcements.claim(notice, POST_TAKES):
            return
        payment, refunds, reply = await self._read(notice)
        channel, message_ts = await self._post_or_edit(notice, reply)
        if notice.surface is Surface.DIRECT:
            await self._threads.tell_once(notice, payment, channel, message_ts)
            for refund in refunds:
                await self._threads.tell_of(refund, notice, channel, message_ts)
        await self.announcements.shown(notice, channel=channel, message_ts=message_ts)

    def _check_pace(self, notice: Notice) -> None:
        if notice.message_ts is None:
            self._pace.check(notice.firm_id, POST, notice.place)
        else:
            self._pace.check(notice.firm_id, EDIT)

    async def _read(self, notice: Notice) -> tuple[Payment, list[Refund], Reply]:
        """What is true now, and how that reads."""
        standing = await self.payments.show(notice.firm_id, notice.payment_id)
        refunds = await self._refunds(notice, standing.payment)
        reply = show(
            standing,
            locale=await self.announcements.locale_of(notice),
            records_url=self.records_url,
            company=await self.previews.company(notice.firm_id),
            refunds=refunds,
        )
        return standing.payment, refunds, reply

    async def _refunds(self, notice: Notice, payment: Payment) -> list[Refund]:
        """Most payments have none, which the payment itself knows."""
        if not payment.refunded:
            return []
        return await self.refunds.of_payment(notice.firm_id, payment.id)

    async def _post_or_edit(self, notice: Notice, reply: Reply) -> tuple[str, str]:
        """Where the message is now: channel and timestamp."""
        if notice.channel is None or notice.message_ts is None:
            found = await self._find_posted(notice) if notice.attempt else None
            if found is None:
                return await self._post(notice, reply)
            channel, message_ts = found
        else:
            channel, message_ts = notice.channel, notice.message_ts
        client = self.client_of(notice.firm_id)
        await client.chat_update(channel=channel, ts=message_ts, **reply.to_slack())
        return channel, message_ts

    async def _post(self, notice: Notice, reply: Reply) -> tuple[str, str]:
        """The attempt is noted: after a crash in between, the message is looked for."""
        client = self.client_of(notice.firm_id)
        posted = await client.chat_postMessage(
            channel=notice.place,
            metadata=mark("payment", notice.payment_id),
            **reply.to_slack(),
        )
        return str(posted["channel"]), str(posted["ts"])

    async def _find_posted(self, notice: Notice) -> tuple[str, str] | None:
        """Look for the message of an attempt whose answer was lost."""
        client, channel = self.client_of(notice.firm_id), notice.place
        if notice.surface is Surface.DIRECT:
            opened = await client.conversations_open(users=notice.place)
            channel = str(opened["channel"]["id"])
        return await find_marked(client, channel, mark("payment", notice.payment_id))

    async def _after_refusal(self, notice: Notice, error: SlackApiError) -> None:
        why = reason(error)
        log.warning("slack refused a message", reason=why, payment=str(notice.payment_id))
        if wait := self._pace.heed(notice.firm_id, error, notice.place):
            await self.announcements.wait(notice, wait)
        elif notice.surface is Surface.CHANNEL and why in OUT_OF_REACH:
            await self.announcements.bar(notice, Barrier.OUT_OF_REACH)
        elif notice.surface is Surface.DIRECT and why == "message_not_found":
            await self.announcements.post_anew(notice)
        elif why in PASSING:
            await self._retry_later(notice)
        else:
            await self.announcements.give_up(notice)

    async def _retry_later(self, notice: Notice) -> None:
        wait = wait_before(notice.attempt + 1, base=RETRY_BASE, chance=self.chance)
        await self.announcements.put_off(notice, wait)
