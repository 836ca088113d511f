"""Posts what tells of an alert, once; and edits it."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2s
from json import dumps

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.marks import conversation_at, find_marked, mark
from bot.pace import EDIT, PASSING, POST, Pace, reason
from bot.slack import ClientOf
from handlers.channels import OUT_OF_REACH
from handlers.elements import Reply
from services.db.alert_posts import Post
from services.domain.alerts import Alert
from services.tellings import Tellings

log = structlog.get_logger()

AFTER_A_FAULT = timedelta(seconds=30)
AFTER_A_REFUSAL = timedelta(hours=1)  # Somebody may have let us in meanwhile.


@dataclass(frozen=True)
class Teller:
    client_of: ClientOf
    tellings: Tellings
    pace: Pace

    async def post(
        self, alert: Alert, place: str, what: str, reply: Reply, *, beside: Post | None = None
    ) -> bool:
        """False where it does not stand there yet. Raise TooSoon where it is not its turn.

        `beside` is the message in whose thread it is said; what is said again, is said aloud.
        """
        self.pace.check(alert.firm_id, POST, place, first=True)
        attempt = await self.tellings.claim(alert.id, place, what)
        if attempt is None:
            return False
        try:
            channel, ts = await self._find_or_post(alert, place, what, reply, beside, attempt)
        except SlackApiError as error:
            wait = self._heed(alert, place, error)
            await self.tellings.release(alert.id, place, what, wait, refused=True)
            return False
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("slack not reached", error=type(error).__name__)
            await self.tellings.release(alert.id, place, what, AFTER_A_FAULT, refused=False)
            return False
        await self.tellings.posted(
            alert.id, place, what, channel=channel, ts=ts, shown=digest(reply)
        )
        return True

    async def _find_or_post(
        self, alert: Alert, place: str, what: str, reply: Reply, beside: Post | None, attempt: int
    ) -> tuple[str, str]:
        """Where it stands. An attempt that got no answer may have brought it there."""
        client, own = self.client_of(alert.firm_id), mark("alert", f"{alert.id} {what}")
        thread = beside.ts if beside else None
        if attempt > 1:
            channel = await conversation_at(client, place)
            if found := await find_marked(client, channel, own, thread_ts=thread):
                return found
        posted = await client.chat_postMessage(
            channel=(beside.channel if beside else None) or place,
            thread_ts=thread,
            reply_broadcast=what.startswith(AGAIN) if thread else None,
            metadata=own,
            **reply.to_slack(),
        )
        return str(posted["channel"]), str(posted["ts"])

    def _heed(self, alert: Alert, place: str, error: SlackApiError) -> timedelta:
        why = reason(error)
        log.warning("slack refused an alert", reason=why, place=place)
        limited = self.pace.heed(alert.firm_id, error, place)
        return limited or (AFTER_A_FAULT if why in PASSING else AFTER_A_REFUSAL)

    async def edit(self, alert: Alert, post: Post, reply: Reply) -> bool:
        """Whether it says so now, as far as it ever will; raise TooSoon where it must wait."""
        if digest(reply) == post.shown and not post.lost:
            return True
        self.pace.check(alert.firm_id, EDIT, first=True)
        try:
            await self.client_of(alert.firm_id).chat_update(
                channel=post.channel or post.place, ts=post.ts or "", **reply.to_slack()
            )
        except SlackApiError as error:
            return await self._after_refusal(alert, post, reply, error)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("slack not reached", error=type(error).__name__)
            return False
        await self.tellings.shown(post, digest(reply))
        return True

    async def _after_refusal(
        self, alert: Alert, post: Post, reply: Reply, error: SlackApiError
    ) -> bool:
        why = reason(error)
        log.warning("slack refused an alert", reason=why, place=post.place)
        if self.pace.heed(alert.firm_id, error, post.place) or why in PASSING:
            return False
        if why == "message_not_found":
            await self.tellings.forget(post)
            return alert.resolved_at is not None
        if why in OUT_OF_REACH:
            await self.tellings.lose(post)
        else:  # It cannot be said; the next change is tried again.
            await self.tellings.shown(post, digest(reply))
        return True


AGAIN = "again"  # What is said once more begins so.


def digest(reply: Reply) -> str:
    """The same for messages that read the same."""
    said = dumps(reply.to_slack(), sort_keys=True).encode()
    return blake2s(said, digest_size=16).hexdigest()
