"""Tells each firm of its week, once it is over."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.bell import Bell
from bot.destinations import Destination, Destinations
from bot.edges import unless_broken
from bot.marks import conversation_at, find_marked, mark
from bot.pace import PASSING, POST, TooSoon, reason
from bot.pulse import Pulse
from bot.rounds import Rounds
from handlers.channels import OUT_OF_REACH
from handlers.elements import Reply
from handlers.quickbooks.digest import show_digest
from services.db.digests import REFUSED, Due
from services.digests import Digests
from services.domain.backoff import wait_before
from services.domain.digest import Digest

log = structlog.get_logger()

FIRMS_AT_ONCE = 8  # Most of them have their Monday morning together.
POST_TAKES = timedelta(seconds=60)  # Longer than two posts wait for Slack, of which one is refused.
HURRY = timedelta(seconds=20)  # What was held up for longer after its claim is not posted.
RETRY_BASE = timedelta(seconds=30)
AFTER_A_REFUSAL = timedelta(hours=1)  # Somebody has to mend something first.
NEW_BLOCK_REFUSED = "invalid_blocks"
# How Slack says that a person cannot be written to.
_GONE = frozenset({"user_not_found", "user_disabled", "cannot_dm_bot", "messages_tab_disabled"})


@dataclass
class _Letter:
    """A digest on its way; `due` is what the ledger knows of it."""

    due: Due
    digest: Digest
    destination: Destination

    def read(self, *, drawn: bool) -> Reply:
        to = self.destination
        return show_digest(self.digest, discreet=to.discreet, why_not=to.why_not, drawn=drawn)

    @property
    def missing(self) -> list[str]:
        return [each for each in self.destination.places if self.due.posts.get(each) is None]


@dataclass
class Digester:
    """What is not told is told with the next look, as long as that week was the last one."""

    destinations: Destinations
    digests: Digests
    chance: Random
    bell: Bell
    pulse: Pulse = field(default_factory=lambda: Pulse("digests"), init=False)
    _gate: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(FIRMS_AT_ONCE), init=False
    )

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.bell, self.run_once, self.pulse)

    def start(self) -> None:
        self._rounds.start()

    async def stop(self) -> None:
        """A post that is under way is found again after the next start."""
        await self._rounds.stop()

    async def run_once(self) -> None:
        """Tell all that is due."""
        await asyncio.gather(*(self._look_after(each) for each in await self.digests.due()))

    async def _look_after(self, due: Due) -> None:
        async with self._gate:
            work = self._tell_or_put_off(due)
            if not await unless_broken(work, "digest not told", firm=due.firm_id):
                await self.digests.put_off(due, AFTER_A_REFUSAL)
        self.pulse.beat()

    async def _tell_or_put_off(self, due: Due) -> None:
        """Where Slack does not say whether the channel is good, it is asked again."""
        try:
            await self._tell(due)
        except TooSoon as early:
            await self.digests.put_off(due, early.wait)
        except SlackApiError as error:
            log.warning("channel not looked at", reason=reason(error), firm=due.firm_id)
            wait = self.destinations.pace.heed(due.firm_id, error, "")
            later = RETRY_BASE if reason(error) in PASSING else AFTER_A_REFUSAL
            await self.digests.put_off(due, wait or later)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("slack not reached", error=type(error).__name__)
            await self.digests.put_off(due, RETRY_BASE)

    async def _tell(self, due: Due) -> None:
        """Nothing is counted before it is known whom to tell: that costs more than to ask."""
        destination = await self._find_destination(due)
        if not destination.places:
            await self.digests.put_off(due, AFTER_A_REFUSAL)
            return
        digest = await self.digests.gather(due)
        if digest is None:
            await self.digests.end(due)
            return
        letter = _Letter(due, digest, destination)
        waits = [await self._deliver(letter, place) for place in letter.missing]
        left = [wait for wait in waits if wait is not None]
        if left:
            await self.digests.put_off(letter.due, min(left))
        else:
            await self.digests.end(letter.due)

    async def _find_destination(self, due: Due) -> Destination:
        """Who is told directly where the channel turned it away."""
        found = await self.destinations.find(due.firm_id)
        if any(due.posts.get(place) == REFUSED for place in found.places) and not found.why_not:
            return await self.destinations.directly(due.firm_id)
        return found

    async def _deliver(self, letter: _Letter, place: str) -> timedelta | None:
        """How long to wait before it is tried again; None where there is no need to."""
        try:
            message_ts = await self._find_or_post(letter, place)
        except TooSoon as early:
            return early.wait
        except SlackApiError as error:
            return await self._after_refusal(letter, place, error)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("slack not reached", error=type(error).__name__)
            return self._later(letter)
        if message_ts is None:
            return POST_TAKES
        letter.due = await self.digests.posted(letter.due, place, message_ts)
        return None

    async def _find_or_post(self, letter: _Letter, place: str) -> str | None:
        """The message's timestamp; None where somebody else is at it, or it took too long."""
        firm, week = letter.due.firm_id, letter.due.week
        client = self.destinations.client_of(firm)
        own = mark("digest", f"{firm} {week.begins_on}")
        if place in letter.due.posts:
            found = await find_marked(client, await conversation_at(client, place), own)
            if found is not None:
                return found[1]
        self.destinations.pace.check(firm, POST, place, first=True)
        began = asyncio.get_running_loop().time()
        claimed = await self.digests.claim(letter.due, place, POST_TAKES)
        if claimed is None:
            return None
        letter.due = claimed
        if asyncio.get_running_loop().time() - began > HURRY.total_seconds():
            return None
        return await _post(client, place, letter, own)

    async def _after_refusal(
        self, letter: _Letter, place: str, error: SlackApiError
    ) -> timedelta | None:
        firm, why = letter.due.firm_id, reason(error)
        log.warning("slack refused a digest", reason=why, firm=firm, place=place)
        if wait := self.destinations.pace.heed(firm, error, place):
            return wait
        if why in PASSING:
            return self._later(letter)
        if why in OUT_OF_REACH or why in _GONE:
            letter.due = await self.digests.posted(letter.due, place, REFUSED)
            return None if letter.destination.why_not else RETRY_BASE
        return AFTER_A_REFUSAL

    def _later(self, letter: _Letter) -> timedelta:
        return wait_before(letter.due.attempt + 1, base=RETRY_BASE, chance=self.chance)


async def _post(client: AsyncWebClient, place: str, letter: _Letter, own: dict[str, object]) -> str:
    """Where Slack does not take its new block, the same without."""
    try:
        posted = await _say(client, place, letter.read(drawn=True), own)
    except SlackApiError as error:
        if reason(error) != NEW_BLOCK_REFUSED:
            raise
        posted = await _say(client, place, letter.read(drawn=False), own)
    return posted


async def _say(client: AsyncWebClient, place: str, reply: Reply, own: dict[str, object]) -> str:
    posted = await client.chat_postMessage(channel=place, metadata=own, **reply.to_slack())
    return str(posted["ts"])
