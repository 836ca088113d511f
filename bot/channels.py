"""Whether payments may be shown in a channel: as the firm chose, and as Slack has it now."""

from dataclasses import dataclass

from bot.pace import LOOK, Pace
from bot.slack import ClientOf
from handlers.channels import find_barrier
from services.announcements import Announcements
from services.domain.ids import FirmId
from services.domain.postings import Barrier


@dataclass(frozen=True)
class Channels:
    client_of: ClientOf
    announcements: Announcements
    pace: Pace

    async def find_barrier(self, firm: FirmId, channel: str) -> Barrier | None:
        """Looked at before each post and edit: a channel changes without a word to us."""
        if not await self.announcements.may_be_posted(firm, channel):
            return Barrier.NOT_ALLOWED
        self.pace.check(firm, LOOK)
        return await find_barrier(self.client_of(firm), channel)
