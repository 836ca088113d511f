"""Who carries a firm's messages to Slack, where several processes are at work: one at a time.

Two that edit the same message could leave the older words standing, each would tell of many
payments in a summary of its own, and neither would know what Slack said to the other of its pace.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from services.db import messengers, notices
from services.db.engine import Database
from services.domain.ids import FirmId
from services.ports import Clock


@dataclass(frozen=True)
class Messenger:
    """`name` is what this process is called among all; after `lasts` it is taken for dead."""

    database: Database
    clock: Clock
    name: str
    lasts: timedelta

    @property
    def holder(self) -> str | None:
        """None where this process is the only one, and all firms are its own."""
        return self.name if self.database.is_shared else None

    async def take(self) -> None:
        """Carry what is due of every firm that nobody else carries."""
        if self.holder is None:
            return
        await self._bury()
        now = self.clock()
        async with self.database.write(None) as db:
            await messengers.take(db, self.name, now=now, until=now + self.lasts)

    async def _bury(self) -> None:
        """What the dead had put off while they posted it is looked after at once."""
        async with self.database.write(None) as db:
            firms = await messengers.bury(db, now=self.clock())
        for firm in firms:
            async with self.database.write(firm) as db:
                await notices.hurry_of(db, firm, now=self.clock())

    async def keep(self) -> None:
        """Well before it ends: whoever cannot is taken for dead."""
        if self.holder is not None:
            now = self.clock()
            async with self.database.write(None) as db:
                await messengers.keep(db, self.name, now=now, until=now + self.lasts)

    async def leave(self, *, but: Collection[FirmId] = ()) -> None:
        """Let others carry what comes next."""
        if self.holder is not None:
            async with self.database.write(None) as db:
                await messengers.leave(db, self.name, but=but)
