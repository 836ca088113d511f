"""A firm whose machine is lost, and whose ledger comes back from the backup of the day before."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from services.db.copies import copy
from services.db.opening import upgrade
from services.domain.sync import SETTLED_AFTER, RecordKind
from services.restoring import Preparing, Restoring
from services.restoring.adopting import Adopted, Adopting
from services.restoring.comparison import Comparison, describe
from services.restoring.reader import Reader
from tests.auditor import read_along
from tests.builders import FIRM
from tests.postgres import Server
from tests.services.books.bookkeeping import check_balance, check_ours
from tests.services.books.desk import Desk
from tests.services.conftest import Office, opened

DAY = timedelta(days=1)


def nobody(*_: int) -> None:
    """Looks on."""


class Backups(Protocol):
    """Keeps ledgers as they were, each somewhere else."""

    def keep(self, url: str) -> str:
        """Copy the ledger; tell where."""
        ...


@dataclass
class SqliteBackups:
    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def keep(self, url: str) -> str:
        kept = self.folder / f"backup-{next(self._numbers)}.db"
        copy(Path(make_url(url).database or ""), kept, nobody)
        return f"sqlite:///{kept}"


@dataclass
class PostgresBackups:
    """As `pg_dump` and `pg_restore` would; `spares` are migrated, and emptied before each use."""

    server: Server
    spares: list[str]
    _numbers: Iterator[int] = field(default_factory=count)

    def keep(self, url: str) -> str:
        number = next(self._numbers)
        if number == len(self.spares):
            self.spares.append(self.server.create())
            upgrade(self.spares[number])
        self.server.copy(url, self.spares[number])
        return self.spares[number]


@dataclass
class Disaster:
    """`desk` is where the firm works until the machine is lost, and again after the restore."""

    desk: Desk
    url: str
    backups: Backups
    kept: str = ""

    @property
    def office(self) -> Office:
        return self.desk.office

    def backs_up(self) -> None:
        self.kept = self.backups.keep(self.url)

    @asynccontextmanager
    async def restored(self, *, after: timedelta = DAY) -> AsyncIterator["Restored"]:
        """From the last backup; all that was sent before has arrived."""
        self.office.clock.advance(after)
        before = self.desk.books
        async with opened(self.kept) as database:
            read_along(database)
            office = replace(self.office, database=database)
            await Preparing(database, office.clock).prepare(because="restored")
            office.clock.advance(SETTLED_AFTER)
            desk = replace(self.desk, office=office, _works=True)
            restored = Restored(desk, replace(self, desk=desk, url=self.kept))
            yield restored
            check_balance(office.company)
            if restored.knows_all:
                await check_ours(database, office.company)
            assert not restored.only_looked or self.desk.books == before


@dataclass
class Restored:
    desk: Desk
    disaster: Disaster  # The next one.
    only_looked: bool = True  # So the books are as they were.
    knows_all: bool = True  # All that is ours there.

    @property
    def restoring(self) -> Restoring:
        office = self.desk.office
        return Restoring(office.database, office.books, office.keys, office.clock)

    async def compares(self) -> Comparison:
        return await self.restoring.compare(FIRM, nobody)

    async def takes_over_only(self, *kinds: RecordKind) -> None:
        """And dies before the others."""
        office, found = self.desk.office, await self.compares()
        found.behind = [each for each in found.behind if each.entity.kind in kinds]
        found.lost = [each for each in found.lost if each.entity.kind in kinds]
        connection = await office.connections.get(FIRM)
        reader = Reader(office.books, office.keys, office.realm)
        await Adopting(office.database, office.clock, connection, reader).adopt(found)

    async def goes_on(self) -> Adopted:
        """As its operator lets it, and then as long as there is anything to do."""
        _, adopted = await self.restoring.go_on(FIRM, nobody)
        await self.desk.goes_on()
        return adopted


def told(comparison: Comparison) -> dict[str, list[str]]:
    """What a comparison says, but for what is even."""
    said = {
        "behind": [each.name for each in comparison.behind],
        "lost": [describe(each.entity, each.row) for each in comparison.lost],
        "gone": [each.name for each in comparison.gone],
        "changed": [f"{each.name}: {each.here} / {each.there}" for each in comparison.changed],
        "strangers": [str(comparison.strangers)] if comparison.strangers else [],
    }
    return {name: each for name, each in said.items() if each}
