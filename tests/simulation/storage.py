"""Where a life keeps its ledger: in a file of its own, or on a server that outlives it."""

import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from services.db.opening import upgrade
from tests.postgres import Server, serving
from tests.simulation.kernel import PostgresLocks, Process, inline_sqlite
from tests.simulation.verdict.rows import FileRows, Rows, ServerRows

Connect = Callable[[], Awaitable[Any]]


class Storage(Protocol):
    """One ledger: programs open it by its URL, each over connections of its own."""

    url: str

    @property
    def waits(self) -> int:
        """How often a statement waited for a lock."""

    def connector(self, process: Process) -> Connect: ...

    def rows(self) -> Rows:
        """A way to read it without the program's help; the caller closes it."""


class Blank(Protocol):
    """An empty ledger, for one life after the other; can be handed to another process."""

    def used_once(self) -> AbstractContextManager[Storage]: ...


class File:
    waits = 0  # Where there is one writer at a time, that is nothing to count.

    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite:///{path}"

    def connector(self, process: Process) -> Connect:
        return inline_sqlite(self._path, process)

    def rows(self) -> Rows:
        return FileRows(self._path)


class Database:
    def __init__(self, url: str, locks: PostgresLocks) -> None:
        self.url, self._locks = url, locks

    @property
    def waits(self) -> int:
        return self._locks.waits

    def connector(self, process: Process) -> Connect:
        return self._locks.connector(process)

    def rows(self) -> Rows:
        return ServerRows(self.url)


@dataclass(frozen=True)
class BlankFile:
    path: Path

    @contextmanager
    def used_once(self) -> Iterator[Storage]:
        with tempfile.TemporaryDirectory(dir=self.path.parent) as folder:
            yield File(Path(shutil.copy(self.path, Path(folder) / "counterfoil.db")))


@dataclass(frozen=True)
class BlankDatabase:
    """On the server of this URL; each process of the operating system has its own."""

    server: str

    @contextmanager
    def used_once(self) -> Iterator[Storage]:
        url = _server_at(self.server).an_empty_ledger()
        locks = PostgresLocks(url)
        try:
            yield Database(url, locks)
        finally:
            locks.close()


@cache
def _server_at(url: str) -> Server:
    return Server(url, f"lives_{os.getpid()}")


@contextmanager
def migrated_file() -> Iterator[BlankFile]:
    """In memory where the system offers it."""
    memory = Path("/dev/shm")  # noqa: S108 - a file system, not a guessable file.
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        path = Path(folder) / "empty.db"
        upgrade(f"sqlite:///{path}")
        yield BlankFile(path)


@contextmanager
def migrated_database() -> Iterator[BlankDatabase]:
    """On a server of one's own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "server", "lives") as server,
    ):
        yield BlankDatabase(server.url)


class Kind(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"

    def blank(self) -> AbstractContextManager[Blank]:
        return migrated_file() if self is Kind.SQLITE else migrated_database()
