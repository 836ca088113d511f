"""From a backup back to work: nothing is sent before the ledger knows what is there."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.access import Keys
from services.db import digests, holds, ledger, restored
from services.db.engine import Database
from services.db.holds import Hold
from services.domain.connection import Connection
from services.domain.digest import week_to_tell
from services.domain.ids import EntryId, FirmId
from services.domain.sync import SETTLED_AFTER
from services.errors import NotFound, Refused
from services.ports import Books, Clock
from services.restoring.adopting import Adopted, Adopting
from services.restoring.comparing import Advance, Comparing
from services.restoring.comparison import Comparison
from services.restoring.holding import Holding
from services.restoring.reader import Reader


@dataclass(frozen=True)
class Preparing:
    """What is done to a restored ledger before anybody works with it."""

    database: Database
    clock: Clock

    async def prepare(self, *, because: str) -> list[Hold]:
        """Each firm is held, and skips what it would give out or tell a second time."""
        holding = Holding(self.database, self.clock)
        async with self.database.read() as db:
            firms, wishes = await ledger.all_firms(db), await digests.wishes(db)
        for firm in firms:
            async with self.database.write(firm) as db:
                if await holds.held_since(db, firm) is None:
                    await restored.skip_ahead(db, firm)
                    await restored.look_for_messages(db, firm)
                    await holding.hold(db, firm, because=because)
        for wish in wishes:
            async with self.database.write(wish.firm_id) as db:
                await self._skip_digest(db, wish)
        return await holding.held()

    async def _skip_digest(self, db: AsyncConnection, wish: digests.Wish) -> None:
        """Nobody knows whether it was told; it is not told twice."""
        week = week_to_tell(wish.alerting, self.clock())
        if week is None or (wish.told is not None and wish.told >= week.begins_on):
            return
        due = await digests.find_due(db, wish.firm_id, week, now=self.clock())
        if due is not None:
            await digests.end(db, due, at=self.clock())


@dataclass(frozen=True)
class Restoring:
    database: Database
    books: Books
    keys: Keys
    clock: Clock

    @property
    def holding(self) -> Holding:
        return Holding(self.database, self.clock)

    async def compare(self, firm: FirmId, advance: Advance) -> Comparison:
        """Raise ConnectionLost or TryLater."""
        return await self._compare(await self._connection(firm), advance)

    async def go_on(self, firm: FirmId, advance: Advance) -> tuple[Comparison, Adopted]:
        """Compare once more, take over what is there, and let what waits be sent.

        Refused as long as something that was sent before may still arrive. Raise ConnectionLost
        or TryLater: then the firm stays held.
        """
        connection = await self._connection(firm)
        if connection.held_at is None:
            raise Refused(f"{connection.company.name} is not held.")
        self._check_all_has_arrived(connection)
        comparison = await self._compare(connection, advance)
        reader = Reader(self.books, self.keys, connection.realm_id)
        adopted = await Adopting(self.database, self.clock, connection, reader).adopt(comparison)
        await self._begin_anew(connection)
        await self.holding.release(firm)
        return comparison, adopted

    def _check_all_has_arrived(self, connection: Connection) -> None:
        if connection.held_at is None:
            return
        arrived_at = connection.held_at + SETTLED_AFTER
        if self.clock() < arrived_at:
            raise Refused(
                f"What was sent to {connection.company.name} before may still arrive: go on after "
                f"{arrived_at + timedelta(seconds=1):%H:%M:%S} UTC."
            )

    async def _compare(self, connection: Connection, advance: Advance) -> Comparison:
        comparing = Comparing(self.database, self.books, self.keys, self.clock)
        return await comparing.compare(connection, advance)

    async def _begin_anew(self, connection: Connection) -> None:
        """What was on its way at the time of the backup, and is not there: all of it is known."""
        if connection.held_at is None:
            return
        firm, before, last = connection.firm_id, connection.held_at, EntryId(0)
        while True:
            async with self.database.write(firm) as db:
                entries = await restored.open_entries(db, firm, before=before, after=last)
                for entry in entries:
                    await restored.begin_anew(db, entry, now=self.clock())
            if not entries:
                return
            last = EntryId(entries[-1].id)

    async def _connection(self, firm: FirmId) -> Connection:
        async with self.database.read() as db:
            connection = await self.keys.store.find(db, firm)
        if connection is None:
            raise NotFound(f"{firm} is not connected to QuickBooks.")
        return connection
