"""A worker's time with one firm: what it brings along, and what it sees of QuickBooks."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.entries import Entry
from services.db.leases import Lease
from services.domain.connection import Company
from services.domain.ids import FirmId
from services.domain.ledger import Invoice, Payment, Settings
from services.domain.sync import Operation
from services.pushes import push_of
from services.pushes.push import AnyCase, Case
from services.pushes.sight import Sight


@dataclass
class Turn:
    """A worker's time with one firm; `is_over` once the realm is paused or another's."""

    lease: Lease
    firm: FirmId
    sight: Sight = field(init=False)
    succeeded: bool = False
    is_over: bool = False


async def load_case(
    db: AsyncConnection, entry: Entry, company: Company, settings: Settings
) -> AnyCase:
    record, wanted = await push_of(entry).load(db, entry)
    return Case(entry, record, company, settings, wanted)


def customers_of(cases: Iterable[AnyCase]) -> frozenset[str]:
    """Whose payments or invoices are about to be looked through for twins."""
    records = [
        case.record
        for case in cases
        if case.entry.operation is Operation.CREATE and not case.entry.unresolved
    ]
    return frozenset(
        record.client.sync.qbo_id
        for record in records
        if isinstance(record, Invoice | Payment) and record.client.sync.qbo_id
    )
