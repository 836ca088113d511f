"""Where more messages are behind than Slack takes edits: the rest is told in a summary."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.announcements import BETWEEN_EDITS
from services.db import floods
from services.db.engine import Database
from services.db.floods import Conversation
from services.domain.floods import Tally
from services.domain.ids import FirmId, PaymentId, UserId, payment_reference
from services.domain.postings import Barrier, Surface
from services.ports import Clock

NEWEST = 50  # Edits: Slack takes as many a minute from an app (Tier 3).
MOST_LEFT = 500  # Taken over at once; of what is beyond, the next look takes more.
LEFT_FOR = timedelta(seconds=15)  # The summary is written well within it.
RESTS_FOR = timedelta(seconds=5)  # What is on its way soon changes again: one edit less.


@dataclass(frozen=True)
class Flood:
    """`left` is what a conversation has behind beyond the newest."""

    conversation: Conversation
    left: tuple[PaymentId, ...]


@dataclass(frozen=True)
class Telling:
    """Payments that need somebody, of which their recorder hears for the first time."""

    payments: tuple[PaymentId, ...]
    recorded_by: UserId
    names: tuple[str, ...]


@dataclass(frozen=True)
class Floods:
    database: Database
    clock: Clock

    async def take_over(self, *, holder: str | None = None) -> list[Flood]:
        """What summaries must tell of now; the messages themselves are left alone meanwhile.

        `holder`: only of firms whose messages it carries.
        """
        async with self.database.read() as db:
            found = [
                Flood(each, tuple(await floods.beyond(db, each, newest=NEWEST, most=MOST_LEFT)))
                for surface in Surface
                for each in await self._crowded(db, surface, holder)
            ]
        for flood in found:
            await self._leave(flood)
        return found

    async def _crowded(
        self, db: AsyncConnection, surface: Surface, holder: str | None
    ) -> list[Conversation]:
        now = self.clock()
        return await floods.crowded(db, surface, more_than=NEWEST, now=now, holder=holder)

    async def _leave(self, flood: Flood) -> None:
        now, conversation = self.clock(), flood.conversation
        async with self.database.write(conversation.firm_id) as db:
            await floods.rest(db, conversation, until=now + RESTS_FOR)
            await floods.leave(db, conversation.surface, flood.left, until=now + LEFT_FOR)

    async def look(self, payments: Collection[PaymentId]) -> tuple[Tally, Mapping[PaymentId, int]]:
        """How they stand at this moment, and the version of each that says so."""
        async with self.database.read() as db:
            return await floods.look(db, payments)

    async def told(self, conversation: Conversation, versions: Mapping[PaymentId, int]) -> None:
        """A summary tells of them in these versions."""
        next_at = self.clock() + BETWEEN_EDITS
        async with self.database.write(conversation.firm_id) as db:
            await floods.told(db, conversation.surface, versions, next_at=next_at)

    async def bar(
        self, conversation: Conversation, left: Sequence[PaymentId], barrier: Barrier
    ) -> None:
        """Something stands against posting them."""
        async with self.database.write(conversation.firm_id) as db:
            await floods.bar(db, left, barrier)

    async def claim_tellings(self, firm: FirmId, payments: Collection[PaymentId]) -> Telling | None:
        """Which of one person's payments are still to be told of."""
        async with self.database.write(firm) as db:
            claimed = await floods.claim_tellings(db, payments)
        if not claimed:
            return None
        numbers = sorted(number for _, _, number in claimed)
        return Telling(
            payments=tuple(payment for payment, _, _ in claimed),
            recorded_by=claimed[0][1],
            names=tuple(map(payment_reference, numbers)),
        )

    async def release_tellings(self, firm: FirmId, telling: Telling) -> None:
        """Slack did not take it: they are still to be told of."""
        async with self.database.write(firm) as db:
            await floods.release_tellings(db, telling.payments)
