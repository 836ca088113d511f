"""A worker's time with one firm: what it brings along, and what it sees of QuickBooks."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.entries import Entry
from services.db.leases import Lease
from services.domain.causes import Cause
from services.domain.connection import Company
from services.domain.ids import FirmId
from services.domain.ledger import Invoice, Payment, Settings
from services.domain.sync import Operation, Outcome, Rejected
from services.pushes import push_of
from services.pushes.push import AnyCase, Case
from services.pushes.sight import Sight

_TELLING = frozenset({Cause.CLOSED_PERIOD, Cause.ACCOUNT_GONE, Cause.ITEM_GONE, Cause.INACTIVE})


@dataclass
class Turn:
    """A worker's time with one firm; `is_over` once the realm is paused or another's.

    `has_read`: whether the company was read in this turn; `facts_are_old`: it should be;
    `has_read_again`: it was read after something was refused.
    """

    lease: Lease
    firm: FirmId
    company: Company = field(init=False)
    sight: Sight = field(init=False)
    has_read: bool = False
    has_read_again: bool = False
    facts_are_old: bool = False
    succeeded: bool = False
    is_over: bool = False


def tells_of_old_facts(outcome: Outcome) -> bool:
    """Staff are warned by what was read last; a refusal can show that it is so no more."""
    return isinstance(outcome, Rejected) and outcome.cause in _TELLING


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
