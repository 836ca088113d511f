"""What is particular to each kind of thing that is imported."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.domain.ids import FirmId, UserId
from services.domain.sync import RecordKind
from services.imports.files import Bad, Columns, Row

R = TypeVar("R")  # What is read…
W = TypeVar("W")  # …and what is to be written of it.
Kept = Mapping[str, Any]  # As JSON keeps it.


@dataclass(frozen=True)
class Circumstances:
    """What reading depends on beside the file."""

    firm: FirmId
    currency: str
    today: date


@dataclass
class Found(Generic[W]):
    """What the ledger says of what was read."""

    new: list[W] = field(default_factory=list)
    there: int = 0
    bad: list[Bad] = field(default_factory=list)
    notes: list[Bad] = field(default_factory=list)  # Worth knowing, and in nobody's way.


class Written(Enum):
    """What became of a record once it was its turn."""

    NEW = auto()
    THERE = auto()
    LEFT_OUT = auto()  # Somebody else has made another one of its name since the file was read.


class Kind(ABC, Generic[R, W]):
    """First `read`, which knows the file alone; then `compare`, which knows the ledger."""

    kind: ClassVar[RecordKind]
    columns: ClassVar[Columns]

    @abstractmethod
    def read(self, rows: Iterable[Row], at: Circumstances) -> tuple[list[R], list[Bad]]: ...

    @abstractmethod
    async def compare(
        self, db: AsyncConnection, records: Iterable[R], at: Circumstances
    ) -> Found[W]:
        """Refused where nothing of the kind can be recorded at all."""

    @abstractmethod
    def keep(self, record: W) -> Kept:
        """As it waits for its turn."""

    @abstractmethod
    def rows_of(self, kept: Kept) -> int:
        """How many rows of the ledger it takes, beside its line in the audit."""

    @abstractmethod
    async def write(
        self, db: AsyncConnection, firm: FirmId, kept: Kept, *, by: UserId, at: datetime
    ) -> Written: ...
