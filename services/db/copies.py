"""A SQLite file copied while it is written to, and looked through before it is relied on."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

PAGES_AT_ONCE = 1_000  # Some 4 MB; then whoever looks on hears of it.
Progress = Callable[[int, int], None]  # So many pages are done, of so many.


class BadCopy(Exception):  # noqa: N818 - reads as what it is.
    """Its text says what is wrong with the file."""


@dataclass(frozen=True)
class Contents:
    """What a ledger holds, for a person to know it again; `revision` is its schema's."""

    revision: str
    firms: int
    payments: int


def copy(source: Path, target: Path, progress: Progress) -> Contents:
    """As the ledger is at this moment, whatever is written meanwhile. It takes no name before it
    was looked through. Raise BadCopy where it is no whole ledger, FileExistsError where the name
    is taken, or OSError.
    """  # noqa: D205 - all of it is what a caller must know.
    with _unfinished(target) as file, closing(sqlite3.connect(file)) as there:
        try:
            with closing(sqlite3.connect(source)) as here:
                here.execute("BEGIN")  # Else each write of others begins the copy anew.
                here.execute("SELECT count(*) FROM sqlite_master").fetchone()
                here.backup(
                    there,
                    pages=PAGES_AT_ONCE,
                    progress=lambda _, left, all_pages: progress(all_pages - left, all_pages),
                )
            there.execute("PRAGMA journal_mode = DELETE")  # One file, which can be carried away.
        except sqlite3.Error as error:
            raise BadCopy(str(error)) from error
        return _look_through(there)


def look_through(file: Path) -> Contents:
    """Raise BadCopy where it is no ledger, or not whole."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return _look_through(db)


def _look_through(db: sqlite3.Connection) -> Contents:
    try:
        if (wrong := db.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
            raise BadCopy(f"it is damaged: {wrong[0]}")
        (revision,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
        (firms,) = db.execute("SELECT count(*) FROM firms").fetchone()
        (payments,) = db.execute("SELECT count(*) FROM payments").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise BadCopy(f"it is no ledger of Counterfoil's: {error}") from error
    return Contents(revision, firms, payments)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A file that nobody else may read, which takes the name of `target` once it is whole."""
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}-")
    os.close(handle)
    file = Path(name)
    try:
        yield file
        _keep(file)
        file.rename(target)
        _keep(target.absolute().parent)
    finally:
        file.unlink(missing_ok=True)


def _keep(path: Path) -> None:
    """It survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
