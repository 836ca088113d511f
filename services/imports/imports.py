"""All that a file holds is recorded, or nothing of it; and a second time it adds nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, staging
from services.db.engine import Database
from services.db.staging import Staged
from services.domain.ids import FirmId, ImportId, UserId
from services.domain.sync import RecordKind
from services.errors import Refused, TryLater
from services.imports.clients import ClientKind
from services.imports.files import Bad, read_table
from services.imports.invoices import InvoiceKind
from services.imports.kind import Circumstances, Kept, Kind, Written
from services.ports import Clock

ROWS_AT_ONCE = 500  # What one transaction writes at the most: others wait for it.
ROWS_WITH_EACH = 3  # Its row in the audit, the end of that, and its staged row.
ROWS_OF_THE_IMPORT = 3  # Itself, its row in the audit, and the end of that.
GIVEN_UP_AFTER = timedelta(hours=1)  # The largest file is staged in a minute.
KINDS: Mapping[RecordKind, Kind[Any, Any]] = MappingProxyType(
    {kind.kind: kind for kind in (ClientKind(), InvoiceKind())}
)
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Plan:
    """What a file comes to; nothing of it may be recorded while there is anything `bad`."""

    firm: FirmId
    kind: RecordKind
    rows: int
    new: tuple[Kept, ...]
    there: int
    bad: tuple[Bad, ...]
    notes: tuple[Bad, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True)
class Imports:
    database: Database
    clock: Clock

    async def read(
        self, firm: FirmId, what: RecordKind, raw: bytes, *, encoding: str | None = None
    ) -> Plan:
        """Refused where it is no such file, or nothing of the kind can be recorded."""
        kind = KINDS[what]
        table = read_table(raw, kind.columns, encoding=encoding)
        async with self.database.read() as db:
            settings = await ledger.get_settings(db, firm)
            at = Circumstances(firm, settings.currency, self.clock().date())
            records, bad = kind.read(table.rows, at)
            found = await kind.compare(db, records, at)
        all_bad = dict.fromkeys([*table.bad, *bad, *found.bad])  # Some is found twice.
        return Plan(
            firm=firm,
            kind=what,
            rows=len(table.rows) + len(table.bad),
            new=tuple(kind.keep(each) for each in found.new),
            there=found.there,
            bad=tuple(sorted(all_bad, key=lambda each: each.line)),
            notes=tuple(found.notes),
            unused=table.unused,
        )

    async def record(self, plan: Plan, *, by: UserId, advance: Advance) -> Staged:
        """From `accept` on all of it is recorded, whoever dies; before that nothing is.

        Refused where something of it is bad. `advance` hears of each record once.
        """
        if plan.bad:
            raise Refused(f"{len(plan.bad)} rows need mending first.")
        nothing = Staged(ImportId(uuid4()), plan.firm, plan.kind, by, 0, plan.there, ())
        if not plan.new:
            return nothing
        await self._stage(nothing, plan.new)
        async with self.database.write(plan.firm) as db:
            now = self.clock()
            begun_after = now - GIVEN_UP_AFTER
            if not await staging.accept(db, nothing.id, begun_after=begun_after, at=now):
                raise TryLater("It took too long to read. Nothing was recorded: try again.")
        return await self._write_down(nothing, advance)

    async def finish(self) -> int:
        """Write down what was accepted and is not yet; how many files that were."""
        async with self.database.read() as db:
            accepted = await staging.accepted(db)
            abandoned = await staging.abandoned(db, before=self.clock() - GIVEN_UP_AFTER)
        for each in accepted:
            await self._write_down(each, _nobody)
        for each in abandoned:
            await self._forget(each)
        return len(accepted)

    async def _stage(self, staged: Staged, new: Sequence[Kept]) -> None:
        async with self.database.write(staged.firm_id) as db:
            await staging.begin(db, staged, at=self.clock())
        numbered = list(enumerate(new))
        for first in range(0, len(numbered), ROWS_AT_ONCE):
            async with self.database.write(staged.firm_id) as db:
                await staging.add(db, staged.id, numbered[first : first + ROWS_AT_ONCE])

    async def _write_down(self, staged: Staged, advance: Advance) -> Staged:
        while written := await self._write_some(staged):
            advance(written)
        async with self.database.read() as db:
            return await staging.get(db, staged.id)

    async def _write_some(self, which: Staged) -> int:
        """As much as fits into one transaction; whoever else is at it goes on from there."""
        kind, now = KINDS[which.kind], self.clock()
        async with self.database.write(which.firm_id) as db:
            waiting = await staging.next_rows(db, which.id, most=ROWS_AT_ONCE)
            if not waiting:
                return 0
            staged, turn = await staging.get(db, which.id), _fitting(kind, waiting)
            for _, kept in turn:
                written = await kind.write(db, which.firm_id, kept, by=which.requested_by, at=now)
                staged = _counted(staged, kept, written)
            await staging.save(db, staged)
            await staging.take_off(db, which.id, until=turn[-1][0])
            if len(turn) == len(waiting):
                await self._end(db, staged, now)
        return len(turn)

    async def _end(self, db: AsyncConnection, staged: Staged, now: datetime) -> None:
        await staging.finish(db, staged.id, at=now)
        await ledger.write_audit(
            db,
            firm=staged.firm_id,
            at=now,
            actor=staged.requested_by,
            action="file imported",
            record_kind="import",
            record_id=str(staged.id),
            change={
                "kind": staged.kind,
                "added": staged.added,
                "there": staged.there,
                "left_out": list(staged.left_out),
            },
        )

    async def _forget(self, staged: Staged) -> None:
        """Too late to be accepted."""
        while True:
            async with self.database.write(staged.firm_id) as db:
                rows = await staging.next_rows(db, staged.id, most=ROWS_AT_ONCE)
                if not rows:
                    await staging.forget(db, staged.id)
                    return
                await staging.take_off(db, staged.id, until=rows[-1][0])


def _fitting(kind: Kind[Any, Any], waiting: Iterable[tuple[int, Kept]]) -> list[tuple[int, Kept]]:
    """As many as fit into a transaction, each with what goes with it."""
    left, fitting = ROWS_AT_ONCE - ROWS_OF_THE_IMPORT, list[tuple[int, Kept]]()
    for each in waiting:
        left -= kind.rows_of(each[1]) + ROWS_WITH_EACH
        if left < 0:
            break
        fitting.append(each)
    return fitting


def _counted(staged: Staged, kept: Kept, written: Written) -> Staged:
    match written:
        case Written.NEW:
            return replace(staged, added=staged.added + 1)
        case Written.THERE:
            return replace(staged, there=staged.there + 1)
        case Written.LEFT_OUT:
            return replace(staged, left_out=(*staged.left_out, kept["number"]))


def _nobody(_: int) -> None:
    """Looks on."""
