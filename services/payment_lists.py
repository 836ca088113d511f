"""What staff look over: lists of payments."""

from dataclasses import dataclass

from services.db import ledger
from services.db.engine import Database
from services.db.ledger import pages
from services.domain.filters import PaymentFilter
from services.domain.ids import FirmId
from services.domain.ledger import Payment
from services.domain.pages import Page, Place, cut


@dataclass(frozen=True)
class PaymentLists:
    database: Database

    async def page(
        self, firm: FirmId, sought: PaymentFilter, place: Place | None = None
    ) -> Page[Payment]:
        """The latest first."""
        async with self.database.read() as db:
            rows = await pages.page(db, firm, sought, place)
            found = [(mark, await ledger.find_payment(db, firm, each)) for mark, each in rows]
        return cut([(mark, payment) for mark, payment in found if payment is not None], place)
