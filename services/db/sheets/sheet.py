"""A sheet: what its columns are called, and how each is read from a row."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.ext.asyncio import AsyncConnection

from services.domain.causes import Cause
from services.domain.explanations import EXPLANATIONS
from services.domain.ids import FirmId
from services.domain.money import Money
from services.domain.sync import Operation, Status

_STREAMED = {"yield_per": 500}  # Rows that are held in memory.
Cell = str | int | Decimal | date | datetime | bool | None
Read = Callable[[Any], Cell]  # From a row.


@dataclass(frozen=True)
class Sheet:
    """`query` has one row for each of the sheet's, in its order; `firm` says whose it is."""

    name: str
    query: Select[Any]
    firm: ColumnElement[str]
    columns: Mapping[str, Read]

    async def count(self, db: AsyncConnection, firm: FirmId | None) -> int:
        rows = self._of(firm).order_by(None)
        counted = rows.with_only_columns(func.count(), maintain_column_froms=True)
        return int((await db.execute(counted)).scalar_one())

    async def rows(
        self, db: AsyncConnection, firm: FirmId | None
    ) -> AsyncIterator[list[list[Cell]]]:
        """All firms' where `firm` is None; however many there are, they come in handfuls."""
        reads = tuple(self.columns.values())
        async with db.stream(self._of(firm), execution_options=_STREAMED) as rows:
            async for some in rows.partitions():
                yield [[read(row) for read in reads] for row in some]

    def _of(self, firm: FirmId | None) -> Select[Any]:
        return self.query if firm is None else self.query.where(self.firm == firm)


def plain(name: str) -> Read:
    """A column as it is."""
    read: Read = attrgetter(name)
    return read


def text(name: str) -> Read:
    """A column whose kind the database knows and a spreadsheet does not."""
    read = attrgetter(name)
    return lambda row: None if read(row) is None else str(read(row))


def money(name: str) -> Read:
    """Minor units as an amount in the row's currency."""
    minor = attrgetter(name)
    return lambda row: Money(minor(row) or 0, row.currency).to_decimal()


def joined(name: str) -> Read:
    """What was aggregated with `BETWEEN`, in order."""
    read = attrgetter(name)
    return lambda row: "; ".join(sorted((read(row) or "").split(BETWEEN)))


BETWEEN = "\n"  # In no number or name: they are typed on one line.


def why(row: Any) -> str | None:  # noqa: ANN401 - a row.
    """Why it is Failed or Skipped."""
    return _said(row.cause, row.detail)


def not_accepted(row: Any) -> str | None:  # noqa: ANN401 - a row.
    """What QuickBooks did not accept of a change."""
    said = _said(row.note_cause, row.note_detail)
    return f"{Operation(row.note_operation).capitalize()}: {said}" if said else None


def _said(cause: str | None, detail: str | None) -> str | None:
    if cause is None:
        return None
    title = EXPLANATIONS[Cause(cause)].title
    return f"{title}: {detail}" if detail else title


# How a record stands with QuickBooks: the same columns for all kinds.
STANDING: dict[str, Read] = {
    "QuickBooks": lambda row: Status(row.status).label,
    "Why": why,
    "Change not accepted": not_accepted,
    "QuickBooks id": plain("qbo_id"),
    "Linked": plain("linked"),
}
# Where and when it came from, and how other sheets refer to it.
ORIGIN: dict[str, Read] = {
    "Recorded by": plain("created_by"),
    "Recorded at (UTC)": plain("created_at"),
    "Workspace": plain("firm_id"),
    "Id": text("id"),
}
