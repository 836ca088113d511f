"""Send what was Skipped while its client was excluded, once that client is included again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, skips
from services.db.engine import Database
from services.domain.ids import ClientId, FirmId, UserId
from services.domain.ledger import Client
from services.errors import NotFound, Refused
from services.ports import Clock, Ring
from services.resending import send_again

MOST_AT_ONCE = 200  # Records that one transaction sends; who asks again sends the next.


@dataclass(frozen=True)
class Skips:
    database: Database
    clock: Clock
    ring: Ring

    async def sync(self, firm: FirmId, client: ClientId, *, by: UserId) -> int:
        """Ask for all of them, up to a limit, and say of how many; Refused while it is excluded."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await ledger.find_client(db, firm, client)
            if found is None:
                raise NotFound("There is no such client.")
            if found.excluded:
                raise Refused(f"{found.name} is excluded. Include it first.")
            asked = await _send_all(db, found, by=by, at=now)
            await ledger.touch_waiting(db, firm, client=client)
        self.ring()
        return asked


async def _send_all(db: AsyncConnection, client: Client, *, by: UserId, at: datetime) -> int:
    """Each as it is once those before it are asked for: a payment brings its refunds along."""
    asked = 0
    for kind in skips.KINDS:
        for each in await skips.find(db, kind, client.id, most=MOST_AT_ONCE - asked):
            record = await ledger.find_record(db, client.firm_id, kind, each)
            if record is not None and await send_again(db, record, by=by, at=at):
                asked += 1
    return asked
