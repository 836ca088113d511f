"""Which messages do not show what is true now, and what became of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.db import ledger, notices
from services.db.engine import Database
from services.db.notices import Notice
from services.domain.ids import FirmId
from services.domain.ledger import Refund
from services.domain.postings import Barrier, Surface
from services.ports import Clock

BETWEEN_EDITS = timedelta(seconds=0.5)  # Fast enough to follow, few enough for Slack.
AT_ONCE = 8  # Messages under way; Slack takes about one a second in each conversation.
_EVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Announcements:
    database: Database
    clock: Clock

    async def behind(self, *, holder: str | None = None) -> list[Notice]:
        """On both surfaces, of each the latest change first.

        `holder`: only of firms whose messages it carries.
        """
        return await self._behind(self.clock(), AT_ONCE, holder)

    async def is_behind(self) -> bool:
        """Whether any message waits for its next edit, due or not."""
        return bool(await self._behind(self.clock() + BETWEEN_EDITS, 1))

    async def _behind(self, now: datetime, most: int, holder: str | None = None) -> list[Notice]:
        found: list[Notice] = []
        async with self.database.read() as db:
            for each in Surface:
                found += await notices.behind(db, now=now, limit=most, surface=each, holder=holder)
        return found

    async def may_be_posted(self, firm: FirmId, channel: str) -> bool:
        """Whether the firm still allows payments in that channel."""
        async with self.database.read() as db:
            settings = await ledger.get_settings(db, firm)
        return channel in settings.posting_channels

    async def bar(self, notice: Notice, barrier: Barrier) -> None:
        """Something stands against posting it; whoever recorded it is shown what."""
        async with self.database.write(notice.firm_id) as db:
            await notices.bar(db, notice, barrier)

    async def locale_of(self, notice: Notice) -> str:
        """The reader's, as Slack last said it."""
        async with self.database.read() as db:
            found = await ledger.find_member(
                db, notice.firm_id, notice.recorded_by, seen_after=_EVER
            )
        return found[0].locale if found else "en-US"

    async def claim(self, notice: Notice, takes: timedelta) -> bool:
        """Note the attempt to post it; False where somebody else has been quicker."""
        async with self.database.write(notice.firm_id) as db:
            return await notices.claim(db, notice, until=self.clock() + takes)

    async def put_off(self, notice: Notice, wait: timedelta) -> None:
        """Count an attempt, and leave the message alone for a while."""
        async with self.database.write(notice.firm_id) as db:
            await notices.put_off(db, notice, until=self.clock() + wait)

    async def wait(self, notice: Notice, wait: timedelta) -> None:
        """Slack took nothing, and will not for so long: that was no attempt."""
        async with self.database.write(notice.firm_id) as db:
            await notices.wait(db, notice, until=self.clock() + wait)

    async def shown(self, notice: Notice, *, channel: str, message_ts: str) -> None:
        async with self.database.write(notice.firm_id) as db:
            await notices.shown(
                db,
                notice,
                channel=channel,
                message_ts=message_ts,
                next_at=self.clock() + BETWEEN_EDITS,
            )

    async def claim_telling(self, notice: Notice) -> bool:
        """Whether what became of the payment is still to be told beside its message."""
        async with self.database.write(notice.firm_id) as db:
            return await notices.claim_telling(db, notice)

    async def release_telling(self, notice: Notice) -> None:
        """Slack did not take it: it is told with the next pass."""
        async with self.database.write(notice.firm_id) as db:
            await notices.release_telling(db, notice)

    async def claim_telling_of(self, refund: Refund) -> bool:
        """Whether what became of the refund is still to be told to who recorded it."""
        async with self.database.write(refund.firm_id) as db:
            return await notices.claim_telling_of(db, refund.id)

    async def release_telling_of(self, refund: Refund) -> None:
        async with self.database.write(refund.firm_id) as db:
            await notices.release_telling_of(db, refund.id)

    async def post_anew(self, notice: Notice) -> None:
        """Slack no longer has the message."""
        async with self.database.write(notice.firm_id) as db:
            await notices.forget(db, notice, now=self.clock())

    async def give_up(self, notice: Notice) -> None:
        """It cannot be shown as it is now; the next change is tried again."""
        async with self.database.write(notice.firm_id) as db:
            await notices.give_up(db, notice)
