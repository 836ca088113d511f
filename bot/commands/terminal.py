"""What all commands say and ask on a terminal."""

import fcntl
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.config import BadConfig, Storage
from services.db.engine import Database
from services.db.opening import open_database
from services.db.schema import Fit, fit_of

Advance = Callable[[int], None]  # So many more are done.
Reach = Callable[[int, int], None]  # So much is done, of so much.
_T = TypeVar("_T")

TOO_NEW = "The database is of a newer version, which this program does not fit. Run that version."
FAILED, MISUSED = 1, 2  # Exit codes: it did not come about; it was not asked for rightly.


def fail(message: str, *, code: int = FAILED) -> NoReturn:
    print(message, file=sys.stderr)  # noqa: T201 - the command line's voice.
    raise typer.Exit(code)


def read(settings: Callable[[], _T]) -> _T:
    try:
        return settings()
    except BadConfig as error:
        fail(str(error), code=MISUSED)


@asynccontextmanager
async def ledger_of(storage: Storage) -> AsyncIterator[Database]:
    """The ledger that is there: a command other than `serve` and `db upgrade` begins none."""
    _check_file(storage)
    with saying_what_is_wrong():
        async with open_database(storage.database_url) as database:
            _check_fit(await fit_of(database))
            yield database


def _check_fit(fit: Fit) -> None:
    match fit:
        case Fit.OLDER:
            fail("The database is of an older version. Run: counterfoil db upgrade")
        case Fit.NEWER:
            fail(TOO_NEW)
        case Fit.FITS:
            pass


@contextmanager
def saying_what_is_wrong() -> Iterator[None]:
    """With the database: it is away, or lets nobody in, or its disk is broken."""
    try:
        yield
    except DatabaseError as error:
        if type(error) not in {DatabaseError, OperationalError}:
            raise  # A mistake of ours, not the disk's.
        why = " ".join(str(error.orig).split())
        fail(f"DATABASE_URL: the database cannot be used: {why}")


def _check_file(storage: Storage) -> None:
    url = make_url(storage.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        fail(f"DATABASE_URL: there is no file {url.database}. Mend the path.", code=MISUSED)


def ledger_file(storage: Storage, *, else_: str) -> Path:
    """The ledger's own file, of whatever version it is; `else_` is said where it has none."""
    file = ledger_path(storage, else_=else_)
    _check_file(storage)
    return file


def ledger_path(storage: Storage, *, else_: str) -> Path:
    """Where the ledger's own file is, or will be; `else_` is said where it has none."""
    url = make_url(storage.database_url)
    if url.get_backend_name() != "sqlite":
        fail(else_, code=MISUSED)
    return Path(url.database or "")


@contextmanager
def only_process(file: Path) -> Iterator[None]:
    """Hold the database for this process alone, until it ends, however it ends.

    A folder is not made for it: where the path is mistyped, that would begin an empty ledger.
    """
    folder = file.absolute().parent
    if not folder.is_dir():
        fail(f"DATABASE_URL: there is no folder {folder}. Make it, or mend the path.", code=MISUSED)
    try:
        lock = file.with_name(f"{file.name}.lock-file").open("w")
    except OSError as error:
        fail(f"DATABASE_URL: {file} cannot be opened: {error.strerror}", code=MISUSED)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(f"Another process is at work on {file}. Stop it first.")
        yield


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Advance]:
    """A bar while it lasts, where somebody looks on; of None, nobody knows how many."""
    with _bar() as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)


@contextmanager
def reaching(what: str) -> Iterator[Reach]:
    """A bar for what says itself how far it is."""
    with _bar() as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
