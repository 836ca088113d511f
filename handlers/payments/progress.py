"""Several payments at once: one message, edited in place until it is a summary."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from handlers.desk import Desk, Request
from handlers.elements import Reply, rich, word
from handlers.telling import post
from services.domain.ids import PaymentId
from services.domain.sync import Status
from services.errors import Refused
from services.payments import Standing

log = structlog.get_logger()

FOLLOWED_FOR = timedelta(minutes=5)  # What takes longer waits for a person or for QuickBooks.
LOOKS_EVERY = timedelta(seconds=1)  # Slack takes about one edit a second.

Do = Callable[[PaymentId], Awaitable[None]]


@dataclass
class Progress:
    """`what` was asked for, of which payments, and why some were refused."""

    desk: Desk
    request: Request
    what: str
    wanted: Sequence[PaymentId]
    refusals: dict[PaymentId, str] = field(default_factory=dict)

    async def begin(self, do: Do) -> None:
        """Ask for all; what follows is told in a message of its own."""
        for payment in self.wanted:
            try:
                await do(payment)
            except Refused as error:
                self.refusals[payment] = str(error)
        self.desk.background.spawn(self._follow())

    async def _follow(self) -> None:
        give_up_at = self.desk.clock() + FOLLOWED_FOR
        client, standings = self.request.client, await self._standings()
        shown = self._describe(standings)
        channel, message_ts = await post(client, self.request.member.user_id, shown)
        while _are_under_way(standings) and self.desk.clock() < give_up_at:
            if await self.desk.background.stops_within(LOOKS_EVERY):
                return
            standings = await self._standings()
            now = self._describe(standings)
            if now != shown and await self._edit(channel, message_ts, now):
                shown = now

    async def _edit(self, channel: str, message_ts: str, now: Reply) -> bool:
        """Not where Slack is slow or busy: the next look makes up for it."""
        try:
            await self.request.client.chat_update(channel=channel, ts=message_ts, **now.to_slack())
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.info("progress not shown", error=type(error).__name__)
            return False
        return True

    async def _standings(self) -> list[Standing]:
        firm = self.request.member.firm_id
        return [await self.desk.payments.show(firm, each) for each in self.wanted]

    def _describe(self, standings: Sequence[Standing]) -> Reply:
        return describe(self.what, standings, self.refusals)


def describe(what: str, standings: Sequence[Standing], refusals: Mapping[PaymentId, str]) -> Reply:
    under_way = sum(each.payment.sync.status is Status.SYNCING for each in standings)
    done = len(standings) - under_way
    head = (
        f"{what} {len(standings)} payments: {done} done, {under_way} under way."
        if under_way
        else f"{what} {len(standings)} payments: done. {_counted(standings)}"
    )
    lines = [[word(_line(each, refusals))] for each in standings]
    return Reply(head, [rich([word(head, bold=True)], *lines)])


def _line(standing: Standing, refusals: Mapping[PaymentId, str]) -> str:
    payment = standing.payment
    refusal = refusals.get(payment.id)
    why = f" – {refusal}" if refusal else ""
    return f"{payment.name} · {payment.sync.status.label} · {payment.client.name}{why}"


def _are_under_way(standings: Sequence[Standing]) -> bool:
    return any(each.payment.sync.status is Status.SYNCING for each in standings)


def _counted(standings: Sequence[Standing]) -> str:
    statuses = [each.payment.sync.status for each in standings]
    return ", ".join(
        f"{status.label} {statuses.count(status)}" for status in Status if status in statuses
    )
