"""What a worker sees of a company while it has its turn: each question is asked once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.db import ledger, outbox
from services.db.engine import Database
from services.domain.ids import FirmId
from services.domain.sync import RecordKind
from services.domain.twins import Candidate
from services.ports import Access, Books
from services.quickbooks.mapping.customers import EVERYBODY
from services.quickbooks.mapping.wire import CUSTOMER, one_of

Row = dict[str, Any]
Read = Callable[[Row], Candidate]
CUSTOMERS_PER_QUESTION = 50  # A URL takes some 8,000 characters; an id has a dozen.


@dataclass
class Glance:
    """What was seen in one turn. `customers` are those whose records wait to be sent."""

    customers: frozenset[str]
    candidates: dict[tuple[str, str], list[Candidate]] = field(default_factory=dict)
    everybody: list[Row] | None = None


@dataclass
class Sight:
    """Counts its `requests`: they are part of the company's budget."""

    books: Books
    access: Access
    database: Database
    firm: FirmId
    glance: Glance
    requests: int = 0

    async def find(self, entity: str, qbo_id: str) -> Row | None:
        """The object as it is now; None where it is gone."""
        self.requests += 1
        return await self.books.find(self.access, entity, qbo_id)

    async def query(self, entity: str, where: str) -> list[Row]:
        self.requests += 1
        return await self.books.query(self.access, entity, where)

    async def everybody(self) -> list[Row]:
        """All customers, inactive ones included."""
        if self.glance.everybody is None:
            self.glance.everybody = await self.query(CUSTOMER, EVERYBODY)
        return self.glance.everybody

    async def of_customer(self, entity: str, customer: str, read: Read) -> list[Candidate]:
        """A customer's payments or invoices: one question for all whose records wait."""
        if (entity, customer) not in self.glance.candidates:
            await self._ask_about(entity, customer, read)
        return self.glance.candidates[entity, customer]

    async def _ask_about(self, entity: str, customer: str, read: Read) -> None:
        known = self.glance.candidates
        others = sorted(
            each
            for each in self.glance.customers
            if each != customer and (entity, each) not in known
        )
        asked = [customer, *others[: CUSTOMERS_PER_QUESTION - 1]]
        rows = await self.query(entity, f"CustomerRef IN {one_of(asked)}")
        known.update({(entity, each): [] for each in asked})
        for row in rows:
            known[entity, str(row["CustomerRef"]["value"])].append(read(row))

    async def closing_date(self) -> date | None:
        self.requests += 1
        return await self.books.read_closing_date(self.access)

    async def owner(self, kind: RecordKind, qbo_id: str) -> UUID | None:
        """Which record of ours this object is, if any."""
        async with self.database.read() as db:
            return (await ledger.tied(db, self.firm, kind, [qbo_id])).get(qbo_id)

    async def strangers(
        self, kind: RecordKind, record: UUID, candidates: Iterable[Candidate]
    ) -> list[Candidate]:
        """Those that are not ours: not tied to a record, nor made by us, nor another's twin."""
        asked = list(candidates)
        if not asked:
            return []
        ids, keys = [each.qbo_id for each in asked], {key for each in asked for key in each.keys}
        async with self.database.read() as db:
            taken = await ledger.tied(db, self.firm, kind, ids)
            suspected = await ledger.suspected(db, self.firm, kind, ids)
            ours = await outbox.known_keys(db, self.firm, keys)
        others = {twin for twin, whose in suspected.items() if whose != record}
        return [
            each
            for each in asked
            if each.qbo_id not in taken and each.qbo_id not in others and not each.keys & ours
        ]
