"""counterfoil restore: from a backup back to work, and nothing sent twice on the way."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import log
from bot.app import authority_of
from bot.commands.backup import told
from bot.commands.comparisons import tell, tell_adopted
from bot.commands.terminal import (
    MISUSED,
    fail,
    ledger_of,
    ledger_path,
    only_process,
    progress,
    reaching,
    read,
)
from bot.config import Config, read_config
from services.access import Keys
from services.db.copies import BadCopy, Contents, copy
from services.db.holds import Hold
from services.db.opening import open_database, upgrade
from services.db.schema import is_known
from services.db.tokens import ConnectionStore
from services.errors import ConnectionLost, CounterfoilError
from services.quickbooks.client import QuickBooksClient, open_http
from services.restoring import Preparing, Restoring

PG_RESTORE = (
    "The ledger is in PostgreSQL, whose own tools restore it: stop all processes, pg_restore into "
    "an empty database, then run: counterfoil restore --hold"
)
_CONNECT = (
    "Start the bot and let an admin of that workspace type /quickbooks connect; nothing is sent "
    "meanwhile. Then run this again."
)
_NEXT = "Nothing is sent to QuickBooks until you say so: counterfoil restore --go-on"


@dataclass(frozen=True)
class Asked:
    hold: bool
    go_on: bool
    firm: str | None


def restore(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A backup; the bot must be stopped.")
    ] = None,
    *,
    hold: Annotated[
        bool, typer.Option("--hold", help="The ledger was restored by other means: hold it.")
    ] = False,
    go_on: Annotated[
        bool, typer.Option("--go-on", help="Take over what is in QuickBooks, and send again.")
    ] = False,
    firm: Annotated[
        str | None, typer.Option("--firm", metavar="T…", help="One Slack workspace; else all.")
    ] = None,
) -> None:
    """Put a backup in place, hold all that it would send, and compare it with QuickBooks.

    Without FILE a ledger that is held is compared again. With --go-on, what was made in
    QuickBooks since the backup is taken over into the ledger, and what waits is sent.
    """
    if file is not None and (go_on or hold):
        fail("FILE is restored and held first. Then look, and say --go-on.", code=MISUSED)
    log.set_up("error", "console")
    config = read(read_config)
    if file is not None:
        _put_in_place(config, file)
    if failed := asyncio.run(_work(config, Asked(hold, go_on, firm))):
        fail("1 workspace is not done." if failed == 1 else f"{failed} workspaces are not done.")


def _put_in_place(config: Config, file: Path) -> None:
    ledger = ledger_path(config, else_=PG_RESTORE)
    if not file.is_file() or (ledger.exists() and file.samefile(ledger)):
        fail(f"{file} is no backup.", code=MISUSED)
    made = ledger.with_name(f".{ledger.name}-restored")
    with only_process(ledger):
        made.unlink(missing_ok=True)
        try:
            with reaching("Restoring") as progress_of_pages:
                contents = copy(file, made, progress_of_pages)
            _prepare(made, contents, file.name)
        except BadCopy as error:
            made.unlink(missing_ok=True)
            fail(f"{file} cannot be restored: {error}.")
        aside = _set_aside(ledger)
        made.rename(ledger)
    typer.echo(f"Restored {told(contents)} from {file}.{aside}")


def _prepare(made: Path, contents: Contents, name: str) -> None:
    """All of it before it takes its name: no bot may find it unprepared."""
    if not is_known(contents.revision):
        raise BadCopy("it was made by a newer version of Counterfoil")
    url = f"sqlite:///{made}"
    upgrade(url)

    async def prepare() -> None:
        async with open_database(url) as database:
            await Preparing(database, _now).prepare(because=f"restored from {name}")

    asyncio.run(prepare())
    with closing(sqlite3.connect(made)) as db:
        db.execute("PRAGMA journal_mode = DELETE")  # Nothing of it lies beside it.


def _set_aside(ledger: Path) -> str:
    """Keep what was there; tell where."""
    if not ledger.exists():
        return ""
    aside = ledger.with_name(f"{ledger.name}.before-{_now():%Y%m%d-%H%M%S}")
    for beside in ("", "-wal", "-shm"):
        part = ledger.with_name(f"{ledger.name}{beside}")
        if part.exists():
            part.rename(aside.with_name(f"{aside.name}{beside}"))
    return f" What was there is kept as {aside}."


async def _work(config: Config, asked: Asked) -> int:
    """How many firms could not be compared, or let go."""
    async with _restoring(config) as restoring:
        if asked.hold:
            await Preparing(restoring.database, _now).prepare(because="restored")
        held = await restoring.holding.held()
        wanted = [each for each in held if asked.firm in {None, each.firm_id}]
        if not wanted:
            typer.echo("Nothing is held.")
            return 0
        done = [await _work_on(restoring, each, go_on=asked.go_on) for each in wanted]
        if not asked.go_on:
            typer.echo(_NEXT)
        return done.count(False)


async def _work_on(restoring: Restoring, hold: Hold, *, go_on: bool) -> bool:
    about = f"{hold.company} ({hold.firm_id})"
    try:
        with progress(hold.company) as advance:
            if go_on:
                comparison, adopted = await restoring.go_on(hold.firm_id, advance)
            else:
                comparison, adopted = await restoring.compare(hold.firm_id, advance), None
    except ConnectionLost as error:
        typer.echo(f"{about}: {error}. {_CONNECT}", err=True)
        return False
    except CounterfoilError as error:
        typer.echo(f"{about}: {error}", err=True)
        return False
    tell(about, comparison)
    if adopted is not None:
        tell_adopted(adopted)
    return True


@asynccontextmanager
async def _restoring(config: Config) -> AsyncIterator[Restoring]:
    async with ledger_of(config) as database, open_http() as http:
        store = ConnectionStore(config.vault)
        keys = Keys(database, store, authority_of(config), _now, _nobody_listens)
        books = QuickBooksClient(http, api_url=config.api_url)
        yield Restoring(database, books, keys, _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _nobody_listens() -> None:
    """The bot finds out by itself."""
