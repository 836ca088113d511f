"""A ledger with a client, and files to import into it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from services.db import ledger
from services.db.engine import Database
from services.db.opening import open_database
from services.db.tables import audit, clients, invoices
from services.domain.ids import OPERATOR
from services.domain.ledger import Invoice
from services.domain.sync import RecordKind
from services.imports import Imports, Plan
from tests.builders import ANNA, FIRM, NOW, OTHER_FIRM, PassedClock, a_client


@dataclass(frozen=True)
class Importing:
    """An operator with files, and what comes of them."""

    database: Database
    clock: PassedClock

    @property
    def imports(self) -> Imports:
        return Imports(self.database, self.clock)

    async def reads(self, what: str, text: str) -> Plan:
        return await self.imports.read(FIRM, RecordKind(what), text.encode())

    async def objections(self, what: str, text: str) -> list[str]:
        """What is told of a file that cannot be used; nothing of it is recorded."""
        before = await self.names()
        plan = await self.reads(what, text)
        assert await self.names() == before
        return [str(each) for each in plan.bad]

    async def records(self, what: str, text: str) -> tuple[int, int]:
        """How many were added, and how many were there already."""
        plan = await self.reads(what, text)
        assert [str(each) for each in plan.bad] == []
        done = await self.imports.record(plan, by=OPERATOR, advance=nobody)
        return done.added, done.there

    async def names(self) -> list[str]:
        """Of all clients and invoices."""
        async with self.database.read() as db:
            named = (await db.execute(select(clients.c.name).order_by(clients.c.name))).scalars()
            numbered = select(invoices.c.number).order_by(invoices.c.number)
            return [*named, *(await db.execute(numbered)).scalars()]

    async def invoice(self, number: str) -> Invoice:
        async with self.database.read() as db:
            found = await ledger.find_invoice_by_number(db, FIRM, number)
        assert found is not None
        return found

    async def audited(self) -> list[tuple[str, str]]:
        async with self.database.read() as db:
            query = select(audit.c.actor, audit.c.action).order_by(audit.c.sequence)
            return [(row.actor, row.action) for row in await db.execute(query)]


def nobody(_: int) -> None:
    """Looks on."""


@pytest.fixture
async def operator(ledger_url: str) -> AsyncIterator[Importing]:
    """Acme is a client already."""
    async with open_database(ledger_url) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
            await ledger.ensure_firm(db, OTHER_FIRM)
            await ledger.insert_client(db, a_client(email="ap@acme.example"), by=ANNA, at=NOW)
        yield Importing(database, PassedClock())
