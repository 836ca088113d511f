"""Read all that QuickBooks holds of a firm, and hold it against the restored ledger."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row as TableRow
from sqlalchemy.ext.asyncio import AsyncConnection

from services.access import Keys
from services.db import ledger, restored
from services.db.engine import Database
from services.domain.connection import Connection
from services.domain.ids import FirmId
from services.domain.money import Money
from services.domain.sync import Operation, RecordKind, Status, WireKey, wire_key
from services.ports import Books, Clock
from services.pushes.push import CLOCKS_DIFFER
from services.quickbooks.mapping import wire
from services.restoring.comparison import (
    ENTITIES,
    Behind,
    Changed,
    Comparison,
    Entity,
    Gone,
    Lost,
    Row,
    key_in,
)
from services.restoring.reader import Reader

MOST_LOOKED_UP = 100  # One by one, to be sure that they are gone.
TRIES = 20  # How often the lost ledger may have begun anew with one record.
IDS_AT_ONCE = 500
Advance = Callable[[int], None]


@dataclass
class _Found:
    """Of one entity: what is there, and what bears a marker that no record of ours is tied to."""

    ids: set[str] = field(default_factory=set)
    marked: dict[str, Row] = field(default_factory=dict)  # By request id.


@dataclass(frozen=True)
class Comparing:
    database: Database
    books: Books
    keys: Keys
    clock: Clock

    async def compare(self, connection: Connection, advance: Advance) -> Comparison:
        """Raise ConnectionLost or TryLater; `advance` hears of each object that was read."""
        firm = connection.firm_id
        before = connection.held_at or self.clock()
        async with self.database.read() as db:
            as_of = await restored.last_change(db, firm, before=before)
        comparison = Comparison(firm, connection.company.name, as_of)
        reader = Reader(self.books, self.keys, connection.realm_id)
        for entity in ENTITIES:
            found = await self._read(reader, entity, comparison, advance)
            await self._sort(entity, found, comparison)
            await self._find_gone(reader, entity, found.ids, comparison)
        return comparison

    async def _read(
        self, reader: Reader, entity: Entity, comparison: Comparison, advance: Advance
    ) -> _Found:
        found = _Found()
        async for page in reader.pages(entity):
            new = {str(row["Id"]): row for row in page if str(row["Id"]) not in found.ids}
            found.ids |= new.keys()
            advance(len(new))
            async with self.database.read() as db:
                tied = await restored.tied(
                    db, comparison.firm, entity.kind, list(new), entity.reason
                )
                for qbo_id, row in new.items():
                    await _hold_against(db, comparison, entity, row, tied.get(qbo_id))
            untied = [row for qbo_id, row in new.items() if qbo_id not in tied]
            found.marked |= {key: row for row in untied if (key := key_in(entity, row))}
        comparison.objects += len(found.ids)
        return found

    async def _sort(self, entity: Entity, found: _Found, comparison: Comparison) -> None:
        """Say whose it is that bears our marker."""
        firm, kind = comparison.firm, entity.kind
        async with self.database.read() as db:
            owners = await _owners(db, firm, kind, found.marked)
            for key, row in found.marked.items():
                record_id = owners.get(key)
                if record_id is not None:
                    record = await ledger.find_record(db, firm, kind, record_id)
                    name = record.name if record else str(record_id)
                    behind = Behind(entity, record_id, WireKey(key), row, name)
                    comparison.behind.append(behind)
                elif _is_younger(row, comparison.as_of):
                    comparison.lost.append(Lost(entity, row))
                else:
                    comparison.strangers += 1

    async def _find_gone(
        self, reader: Reader, entity: Entity, ids: Collection[str], comparison: Comparison
    ) -> None:
        """What the list does not hold is looked up: a list can miss what was moved meanwhile."""
        firm, looked_up = comparison.firm, 0
        async with self.database.read() as db:
            missing = [
                (record_id, qbo_id)
                async for record_id, qbo_id in restored.synced(db, firm, entity.kind, entity.reason)
                if qbo_id not in ids
            ]
        for record_id, qbo_id in missing:
            looked_up += 1
            if looked_up <= MOST_LOOKED_UP and await reader.find(entity, qbo_id) is not None:
                continue
            async with self.database.read() as db:
                record = await ledger.find_record(db, firm, entity.kind, record_id)
            comparison.gone.append(Gone(record.name if record else str(record_id), qbo_id))


def _is_younger(row: Row, than: datetime | None) -> bool:
    made = datetime.fromisoformat(str(row["MetaData"]["CreateTime"]))
    return than is None or made > than - CLOCKS_DIFFER


async def _owners(
    db: AsyncConnection, firm: FirmId, kind: RecordKind, marked: Mapping[str, Row]
) -> dict[str, Any]:
    """By the keys that were given out, and by those that may have been since the backup."""
    keys, owners = list(marked), dict[str, Any]()
    for first in range(0, len(keys), IDS_AT_ONCE):
        owners |= await restored.made_under(db, firm, keys[first : first + IDS_AT_ONCE])
    unknown = marked.keys() - owners.keys()
    if unknown:
        async for record_id, generation in restored.generations(db, firm, kind):
            # Whatever was asked for since the backup was skipped came on top of that.
            least = max(0, generation - restored.SKIPPED - TRIES)
            for each in range(least, generation - restored.SKIPPED + TRIES + 1):
                key = wire_key(record_id, Operation.CREATE, each).request_id
                if key in unknown:
                    owners[key] = record_id
    return owners


async def _hold_against(
    db: AsyncConnection,
    comparison: Comparison,
    entity: Entity,
    row: Row,
    ours: TableRow[Any] | None,
) -> None:
    """Amount and date; what else differs is found when somebody changes it."""
    if ours is None or ours.status != Status.SYNCED or entity.kind is RecordKind.CLIENT:
        return
    here = (Money(ours.minor, ours.currency).to_decimal(), ours.on.isoformat())
    there = (wire.amount(row, "TotalAmt"), str(row.get("TxnDate")))
    if here != there:
        record = await ledger.find_record(db, comparison.firm, entity.kind, ours.id)
        name = record.name if record else str(ours.id)
        comparison.changed.append(Changed(name, _told(*here), _told(*there)))


def _told(amount: object, on: str) -> str:
    return f"{amount} of {on}"
