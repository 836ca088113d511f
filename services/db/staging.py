"""Imports under way: staged row by row, accepted whole, and taken off as they are written down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import import_rows, imports
from services.domain.ids import FirmId, ImportId, UserId
from services.domain.sync import RecordKind


@dataclass(frozen=True)
class Staged:
    """An import, and what has become of it so far."""

    id: ImportId
    firm_id: FirmId
    kind: RecordKind
    requested_by: UserId
    added: int
    there: int
    left_out: tuple[str, ...]


async def begin(db: AsyncConnection, staged: Staged, *, at: datetime) -> None:
    await db.execute(
        insert(imports),
        {
            "id": staged.id,
            "firm_id": staged.firm_id,
            "kind": staged.kind,
            "requested_by": staged.requested_by,
            "begun_at": at,
            "there": staged.there,
        },
    )


async def add(
    db: AsyncConnection, which: ImportId, records: Iterable[tuple[int, Mapping[str, Any]]]
) -> None:
    """`records` by their position, in which they will have their turn."""
    rows = [
        {"import_id": which, "position": position, "record": dict(record)}
        for position, record in records
    ]
    await db.execute(insert(import_rows), rows)


async def accept(
    db: AsyncConnection, which: ImportId, *, begun_after: datetime, at: datetime
) -> bool:
    """From here on it will be written down; False where it was begun too long ago."""
    accepted = await db.execute(
        update(imports)
        .where(imports.c.id == which, imports.c.begun_at > begun_after)
        .values(accepted_at=at)
    )
    return accepted.rowcount == 1


async def get(db: AsyncConnection, which: ImportId) -> Staged:
    return _staged((await db.execute(select(imports).where(imports.c.id == which))).one())


async def accepted(db: AsyncConnection) -> list[Staged]:
    """Those that are to be written down, the oldest first."""
    query = select(imports).where(
        imports.c.accepted_at.is_not(None), imports.c.finished_at.is_(None)
    )
    return [_staged(row) for row in await db.execute(query.order_by(imports.c.accepted_at))]


async def abandoned(db: AsyncConnection, *, before: datetime) -> list[Staged]:
    """Those whose file was never staged to its end: whoever was at it has died."""
    query = select(imports).where(imports.c.accepted_at.is_(None), imports.c.begun_at <= before)
    return [_staged(row) for row in await db.execute(query)]


async def next_rows(
    db: AsyncConnection, which: ImportId, *, most: int
) -> list[tuple[int, dict[str, Any]]]:
    query = (
        select(import_rows.c.position, import_rows.c.record)
        .where(import_rows.c.import_id == which)
        .order_by(import_rows.c.position)
        .limit(most)
    )
    return [(row.position, row.record) for row in await db.execute(query)]


async def take_off(db: AsyncConnection, which: ImportId, *, until: int) -> None:
    """Those up to this position have had their turn."""
    await db.execute(
        delete(import_rows).where(import_rows.c.import_id == which, import_rows.c.position <= until)
    )


async def save(db: AsyncConnection, staged: Staged) -> None:
    await db.execute(
        update(imports)
        .where(imports.c.id == staged.id)
        .values(added=staged.added, there=staged.there, left_out=list(staged.left_out))
    )


async def finish(db: AsyncConnection, which: ImportId, *, at: datetime) -> None:
    await db.execute(update(imports).where(imports.c.id == which).values(finished_at=at))


async def forget(db: AsyncConnection, which: ImportId) -> None:
    """One that was never accepted, and of which nothing is staged any more."""
    await db.execute(delete(imports).where(imports.c.id == which, imports.c.accepted_at.is_(None)))


def _staged(row: Any) -> Staged:  # noqa: ANN401 - a row.
    return Staged(
        id=ImportId(row.id),
        firm_id=FirmId(row.firm_id),
        kind=RecordKind(row.kind),
        requested_by=UserId(row.requested_by),
        added=row.added,
        there=row.there,
        left_out=tuple(row.left_out),
    )
