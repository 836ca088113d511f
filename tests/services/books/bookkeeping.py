"""What the company's books say, as a bookkeeper reads them, and what must be true of them ever."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from sandbox.quickbooks import Company
from services.db.engine import Database
from services.db.ledger.records import TABLES
from services.db.tables import outbox
from services.domain.sync import RecordKind
from services.domain.twins import keys_in

FUNDS, CHECKING = "Undeposited Funds", "Checking"
SERVICES, RECEIVABLE = "Services", "Accounts Receivable (A/R)"


@dataclass(frozen=True)
class Books:
    """Debits are positive, and what is zero is not written down.

    `trial` is the trial balance, `owed` what each customer owes (with a minus: is owed),
    `undeposited` what waits for the bank, found by the account's subtype.
    """

    trial: dict[str, str] = field(default_factory=dict)
    owed: dict[str, str] = field(default_factory=dict)
    undeposited: str = "0.00"


def read_books(company: Company) -> Books:
    return Books(
        trial=_written(company.trial_balance()),
        owed=_written(company.receivables()),
        undeposited=f"{company.undeposited():.2f}",
    )


def _written(figures: dict[str, Decimal]) -> dict[str, str]:
    return {name: f"{amount:.2f}" for name, amount in figures.items() if amount}


def check_balance(company: Company) -> None:
    """Both sides are equal, and the customers owe what stands on Accounts Receivable."""
    trial = company.trial_balance()
    assert sum(trial.values()) == 0
    receivable = sum(amount for name, amount in trial.items() if name.startswith(RECEIVABLE))
    assert sum(company.receivables().values()) == receivable


async def check_ours(database: Database, company: Company) -> None:
    """Each object of ours is the one that its record is tied to, so there is never a second one.

    And a record that is tied to none (Not synced, Failed, Skipped) has none. Customers are let go
    of, and stay.
    """
    async with database.read() as db:
        rows = await db.execute(
            select(outbox.c.request_id, outbox.c.record_kind, outbox.c.record_id)
        )
        made_by = {row.request_id: (RecordKind(row.record_kind), row.record_id) for row in rows}
        tied = {
            (kind, row.id): row.qbo_id
            for kind, table in TABLES.items()
            for row in await db.execute(select(table.c.id, table.c.qbo_id))
        }
    for made in _objects(company):
        for key in keys_in(str(made.get("PrivateNote") or "")):
            record: tuple[RecordKind, UUID] = made_by[key.request_id]
            assert tied[record] == made["Id"], f"{record[0]} is {tied[record]}, and there is {made}"


def _objects(company: Company) -> Iterator[dict[str, Any]]:
    yield from company.invoices()
    yield from company.payments()
    yield from company.refund_receipts()
    yield from company.purchases()


def note_of(made: dict[str, Any]) -> str:
    """The note, our marker's key left out."""
    return re.sub(r"\[counterfoil:[0-9a-f]{32}\]", "[counterfoil]", str(made.get("PrivateNote")))
