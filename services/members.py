"""Who is who in a firm, as Slack last said."""

from dataclasses import dataclass
from datetime import timedelta

from services.db import ledger
from services.db.engine import Database
from services.domain.ids import FirmId, UserId
from services.domain.ledger import Settings
from services.domain.members import Member
from services.ports import Clock

TRUSTED_FOR = timedelta(minutes=10)  # Slack tells of changes at once; this is for lost tellings.


@dataclass(frozen=True)
class Members:
    database: Database
    clock: Clock

    async def find(self, firm: FirmId, user: UserId) -> tuple[Member, Settings] | None:
        """The person and what their firm chose; None where Slack should be asked (again)."""
        async with self.database.read() as db:
            return await ledger.find_member(db, firm, user, seen_after=self.clock() - TRUSTED_FOR)

    async def remember(self, member: Member) -> None:
        async with self.database.write(member.firm_id) as db:
            await ledger.ensure_firm(db, member.firm_id)
            await ledger.save_member(db, member, seen_at=self.clock())

    async def forget(self, firm: FirmId, user: UserId) -> None:
        """Slack says that something about this person has changed: ask anew next time."""
        async with self.database.write(firm) as db:
            await ledger.delete_member(db, firm, user)
