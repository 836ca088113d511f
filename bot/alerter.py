"""Tells the team what needs a person, once per cause, and keeps that true."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.bell import Bell
from bot.destinations import Destination, Destinations
from bot.edges import unless_broken
from bot.pace import TooSoon, reason
from bot.pulse import Pulse
from bot.rounds import Rounds
from bot.teller import AGAIN, Teller
from handlers.alerts.blocks import Place, show_alert
from handlers.alerts.words import happened, say_again
from handlers.elements import Reply
from services.db.alert_posts import MESSAGE, Post
from services.domain.alerts import Event, Standing
from services.domain.hours import is_quiet
from services.domain.ids import FirmId
from services.watches import Watches

log = structlog.get_logger()

FIRMS_AT_ONCE = 8  # Each waits for Slack most of the time.
SOON = timedelta(minutes=1)  # What is due later, a later look finds.


@dataclass(frozen=True)
class _Telling:
    """What there is to tell of one alert, where, and what was told; posts by place and name."""

    standing: Standing
    events: Sequence[Event]
    destination: Destination
    posts: Mapping[tuple[str, str], Post]

    @property
    def messages(self) -> list[Post]:
        return [each for each in self.posts.values() if each.what == MESSAGE and each.ts]

    def stands(self, place: str, what: str) -> bool:
        post = self.posts.get((place, what))
        return post is not None and post.ts is not None

    def said_at(self, place: str) -> datetime:
        """When it was last said aloud there, once it was."""
        return max(
            each.posted_at
            for each in self.posts.values()
            if each.place == place
            and each.posted_at is not None
            and (each.what == MESSAGE or each.what.startswith(AGAIN))
        )


@dataclass
class Alerter:
    """Each look compares what is shown with what is true: the next makes up for a lost edit."""

    watches: Watches
    destinations: Destinations
    teller: Teller
    records_url: str
    bell: Bell
    pulse: Pulse = field(default_factory=lambda: Pulse("alerts"), init=False)
    _turn: int = field(default=0, init=False)
    _soon: Bell = field(default_factory=Bell, init=False)
    _again: set[FirmId] = field(default_factory=set, init=False)  # Those whose turn has come.
    _round: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _gate: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(FIRMS_AT_ONCE), init=False
    )

    def __post_init__(self) -> None:
        self._rounds = (
            Rounds(self.bell, self.run_once, self.pulse),
            Rounds(self._soon, self._run_again, self.pulse),
        )

    def start(self) -> None:
        for each in self._rounds:
            each.start()

    async def stop(self) -> None:
        """What is not told yet is told after the next start."""
        for each in self._rounds:
            await each.stop()

    async def run_once(self) -> None:
        """Bring every firm's alerts in step with what is wrong, and what is shown with both."""
        await self._look_after_all(await self.watches.firms())

    async def _run_again(self) -> None:
        """Those alone: or each that waits for its turn would have all others wait for theirs."""
        firms, self._again = self._again, set()
        await self._look_after_all(firms)

    async def _look_after_all(self, firms: Collection[FirmId]) -> None:
        """One round after the other: two looks at once would edit the same."""
        async with self._round:
            await asyncio.gather(*(self._look_after(firm) for firm in firms))

    async def _look_after(self, firm: FirmId) -> None:
        async with self._gate:
            await unless_broken(self._tell(firm), "alerts not told", firm=firm)
        self.pulse.beat()

    async def _tell(self, firm: FirmId) -> None:
        await self.watches.keep_in_step(firm)
        shown = await self.watches.shown_of(firm)
        if not shown:
            return
        try:
            destination = await self.destinations.find(firm)
        except TooSoon as early:
            self._come_back(firm, early.wait)
        except SlackApiError as error:
            log.warning("channel not looked at", reason=reason(error), firm=firm)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("slack not reached", error=type(error).__name__)
        else:
            await self._show_all(shown, destination)

    async def _show_all(
        self, shown: Sequence[tuple[Standing, list[Event]]], destination: Destination
    ) -> None:
        """Each look begins with another: what changes all the time must not hold up the rest."""
        self._turn += 1
        first = self._turn % len(shown)
        for standing, events in (*shown[first:], *shown[:first]):
            try:
                await self._show(standing, events, destination)
            except TooSoon as early:
                self._come_back(standing.alert.firm_id, early.wait)

    def _come_back(self, firm: FirmId, wait: timedelta) -> None:
        if wait <= SOON:
            asyncio.get_running_loop().call_later(wait.total_seconds(), self._call, firm)

    def _call(self, firm: FirmId) -> None:
        self._again.add(firm)
        self._soon.ring()

    async def _show(
        self, standing: Standing, events: Sequence[Event], destination: Destination
    ) -> None:
        alert = standing.alert
        posts = {(each.place, each.what): each for each in await self.teller.tellings.of(alert.id)}
        telling = _Telling(standing, events, destination, posts)
        if alert.resolved_at is None:
            await self._post_where_it_is_missing(telling)
        told = [await self._follow(telling, each) for each in telling.messages]
        if alert.resolved_at is not None and all(told):
            await self.watches.close(alert)

    async def _post_where_it_is_missing(self, telling: _Telling) -> None:
        alert, destination = telling.standing.alert, telling.destination
        missing = [each for each in destination.places if not telling.stands(each, MESSAGE)]
        now = self.watches.clock()
        if missing and now < alert.speak_at:
            self._come_back(alert.firm_id, alert.speak_at - now)
        if alert.may_be_said(destination.alerting, now):
            for place in missing:
                await self.teller.post(alert, place, MESSAGE, self._reply(telling, place))

    def _reply(self, telling: _Telling, place: str) -> Reply:
        """Where it is no longer told, nobody looks who reads along."""
        destination = telling.destination
        if place not in destination.places:
            return show_alert(telling.standing, Place(self.records_url, discreet=True))
        told = Place(self.records_url, destination.discreet, destination.why_not)
        return show_alert(telling.standing, told)

    async def _follow(self, telling: _Telling, message: Post) -> bool:
        """Whether that message and its thread tell all there is to tell.

        Where it is told no more, what stands there is kept true, and nothing is added.
        """
        destination = telling.destination
        is_told_here = message.place in destination.places
        if message.lost and not is_told_here:
            return True
        reply = self._reply(telling, message.place)
        if not await self.teller.edit(telling.standing.alert, message, reply):
            return False
        if not is_told_here:
            return True
        if is_quiet(destination.alerting, self.watches.clock()):
            return False
        told = await self._tell_what_happened(telling, message)
        await self._say_again(telling, message)
        return told

    async def _tell_what_happened(self, telling: _Telling, message: Post) -> bool:
        """Reply in the thread with what happened since the message was posted."""
        alert, place = telling.standing.alert, message.place
        for event in telling.events:
            what = f"event {event.id}"
            is_news = message.posted_at is not None and event.at >= message.posted_at
            if is_news and not telling.stands(place, what):
                reply = Reply(happened(event, discreet=telling.destination.discreet))
                if not await self.teller.post(alert, place, what, reply, beside=message):
                    return False
        return True

    async def _say_again(self, telling: _Telling, message: Post) -> None:
        """What is still open after a day, or after it was snoozed, is said once more, aloud."""
        alert = telling.standing.alert
        due_at = alert.said_again_at(telling.said_at(message.place))
        if alert.resolved_at is None and due_at <= self.watches.clock():
            what = f"{AGAIN} {due_at.timestamp():.0f}"
            reply = Reply(say_again(telling.standing))
            await self.teller.post(alert, message.place, what, reply, beside=message)
