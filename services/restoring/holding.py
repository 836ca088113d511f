"""Nothing is sent of a firm until an operator has looked."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import holds, ledger
from services.db.engine import Database
from services.db.holds import Hold
from services.domain.ids import OPERATOR, FirmId
from services.ports import Clock


@dataclass(frozen=True)
class Holding:
    database: Database
    clock: Clock

    async def hold_all(self, *, because: str) -> list[Hold]:
        """All that are connected; one that is held already stays so, since then."""
        async with self.database.read() as db:
            free = await holds.free(db)
        for firm in free:
            async with self.database.write(firm) as db:
                await self.hold(db, firm, because=because)
        return await self.held()

    async def hold(self, db: AsyncConnection, firm: FirmId, *, because: str) -> None:
        await holds.hold(db, firm, at=self.clock())
        await ledger.touch_waiting(db, firm)
        await self._audit(db, firm, "held", {"why": because})

    async def held(self) -> list[Hold]:
        async with self.database.read() as db:
            return await holds.held(db)

    async def release(self, firm: FirmId) -> None:
        """From now on what waits is sent."""
        async with self.database.write(firm) as db:
            await holds.release(db, firm)
            await ledger.touch_waiting(db, firm)
            await self._audit(db, firm, "let go", {})

    async def _audit(
        self, db: AsyncConnection, firm: FirmId, action: str, change: dict[str, str]
    ) -> None:
        await ledger.write_audit(
            db,
            firm=firm,
            at=self.clock(),
            actor=OPERATOR,
            action=action,
            record_kind="connection",
            record_id=firm,
            change=change,
        )
