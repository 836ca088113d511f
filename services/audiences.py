"""Who hears of what concerns the whole firm, and when it wants to hear nothing."""

from dataclasses import dataclass

from services.db import ledger
from services.db.engine import Database
from services.domain.ids import FirmId, UserId
from services.domain.settings import Alerting

MOST_ADMINS = 10  # Who hear of it directly, where no channel can.


@dataclass(frozen=True)
class Audience:
    alerting: Alerting
    admins: tuple[UserId, ...]


@dataclass(frozen=True)
class Audiences:
    database: Database

    async def find(self, firm: FirmId) -> Audience:
        async with self.database.read() as db:
            settings = await ledger.get_settings(db, firm)
            admins = await ledger.admins_of(db, firm, most=MOST_ADMINS)
        return Audience(settings.alerting, tuple(admins))
