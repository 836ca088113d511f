"""The outbox as one worker after the other uses it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.db import leases, outbox
from services.db.engine import Database
from services.db.entries import Entry, Facts
from services.db.leases import Lease
from services.domain.sync import EntryState, Settlement
from tests.builders import FIRM, REALM, PassedClock

LASTS = timedelta(seconds=60)
DONE = Settlement(EntryState.DONE)
AGAIN = Settlement(EntryState.PENDING)
IN_DOUBT = Settlement(EntryState.UNCONFIRMED, unresolved=True)


def facts_of(entry: Entry, **known: Any) -> Facts:
    """As the entry has them, but for what is named."""
    ordinary = {
        "due_at": entry.due_at,
        "settled_at": None,
        "waits_for": entry.waits_for,
        "refused": entry.refused,
        "same_answers": entry.same_answers,
        "request_id": entry.key.request_id,
        "attempt": entry.attempt,
        "body": entry.body,
        "first_sent_at": entry.first_sent_at,
    }
    return Facts(**{**ordinary, **known})


class Line:
    def __init__(self, database: Database, clock: PassedClock) -> None:
        self.database, self.clock = database, clock

    async def take_over(self, holder: str = "one") -> Lease:
        async with self.database.write(FIRM) as db:
            lease = await leases.acquire(db, REALM, holder=holder, now=self.clock(), lasts=LASTS)
            assert lease is not None
            await outbox.hand_over_expired(db, FIRM, lease, self.clock())
        return lease

    async def claim(self, entry: Entry, lease: Lease) -> Entry | None:
        mine = replace(
            entry,
            state=EntryState.SENDING,
            attempt=entry.attempt + 1,
            body=entry.body or "{}",
            first_sent_at=entry.first_sent_at or self.clock(),
        )
        async with self.database.write(FIRM) as db:
            claimed = await outbox.claim(db, mine, lease, now=self.clock())
        return mine if claimed else None

    async def settle(
        self, entry: Entry, lease: Lease, settlement: Settlement = DONE, **known: Any
    ) -> bool:
        async with self.database.write(FIRM) as db:
            return await outbox.settle(db, entry, lease, settlement, facts_of(entry, **known))

    async def cancel(self, entry: Entry) -> bool:
        async with self.database.write(FIRM) as db:
            return await outbox.cancel(db, entry, at=self.clock())

    async def now(self, entry: Entry) -> Entry:
        found = await self.find(entry)
        assert found is not None
        return found

    async def find(self, entry: Entry) -> Entry | None:
        """None where it is settled."""
        async with self.database.read() as db:
            return await outbox.find_open(db, entry.record_id)

    async def due(self) -> list[Entry]:
        async with self.database.read() as db:
            return await outbox.due(db, FIRM, now=self.clock(), most=10)
