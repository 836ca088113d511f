"""What an operator sees of the ledger, over all firms: ages and counts, and nobody's name."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from services.db import vitals
from services.db.engine import Database
from services.db.schema import Fit, fit_of
from services.db.vitals import DISCONNECTED_ON_PURPOSE, Vitals
from services.ports import Clock

__all__ = ["DISCONNECTED_ON_PURPOSE", "Health", "Vitals"]

LOOK_WITHIN = timedelta(seconds=5)  # Prometheus waits ten, whoever balances rather less.


@dataclass(frozen=True)
class Health:
    """Raise TimeoutError where the ledger takes too long, and SQLAlchemyError or OSError."""

    database: Database
    clock: Clock

    async def vitals(self) -> Vitals:
        async with asyncio.timeout(LOOK_WITHIN.total_seconds()), self.database.read() as db:
            return await vitals.read(db, now=self.clock())

    async def fits(self) -> bool:
        async with asyncio.timeout(LOOK_WITHIN.total_seconds()):
            return await fit_of(self.database) is Fit.FITS
