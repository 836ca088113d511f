"""Secrets in the ledger, whichever table holds them: the type of a column says so."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import Sealed
from services.db.engine import Database
from services.db.tables import metadata

PAGE = 100  # Rows that are read, or written, in one transaction.


def _sealed(table: Table) -> list[str]:
    return [column.name for column in table.c if isinstance(column.type, Sealed)]


TABLES = [table for table in metadata.sorted_tables if _sealed(table)]


@dataclass(frozen=True)
class Holder:
    """A row that holds secrets: its key, and what is sealed in it, by column."""

    table: Table
    key: tuple[Any, ...]
    secrets: Mapping[str, bytes]

    @property
    def name(self) -> str:
        return f"{self.table.name} {' '.join(map(str, self.key))}"


async def pages(database: Database) -> AsyncIterator[list[Holder]]:
    """All that hold secrets, each page in a transaction of its own."""
    for table in TABLES:
        after: tuple[Any, ...] | None = None
        while True:
            async with database.read() as db:
                page = await _page(db, table, after)
            if page:
                yield page
            if len(page) < PAGE:
                break
            after = page[-1].key


async def _page(db: AsyncConnection, table: Table, after: tuple[Any, ...] | None) -> list[Holder]:
    keys, names = list(table.primary_key), _sealed(table)
    query = select(*keys, *(table.c[name] for name in names)).order_by(*keys).limit(PAGE)
    if after is not None:
        query = query.where(tuple_(*keys) > after)
    return [
        Holder(table, tuple(row[: len(keys)]), _present(names, row[len(keys) :]))
        for row in await db.execute(query)
    ]


def _present(names: list[str], values: Any) -> dict[str, bytes]:  # noqa: ANN401 - part of a row.
    pairs = zip(names, values, strict=True)
    return {name: value for name, value in pairs if value is not None}


async def replace(db: AsyncConnection, holder: Holder, fresh: Mapping[str, bytes]) -> bool:
    """False where somebody else has stored other secrets there since: those stay."""
    table = holder.table
    keys = zip(table.primary_key, holder.key, strict=True)
    replaced = await db.execute(
        update(table)
        .where(*(column == value for column, value in keys))
        .where(*(table.c[name] == value for name, value in holder.secrets.items()))
        .values(**fresh)
    )
    return replaced.rowcount == 1
