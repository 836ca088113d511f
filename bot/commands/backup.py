"""counterfoil backup: the ledger, as it is at this moment, in a file of its own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import MISUSED, fail, ledger_file, reaching, read
from bot.config import read_storage
from services.db.copies import BadCopy, Contents, copy

PG_DUMP = (
    "The ledger is in PostgreSQL, whose own tools make the backups: "
    'pg_dump --format=custom --file=FILE "$DATABASE_URL". To restore one, pg_restore it into an '
    "empty database, then run: counterfoil restore"
)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new one; none is overwritten.")],
) -> None:
    """Copy the ledger while the bot serves, and look through the copy.

    The encryption keys are not in it: keep them, and keep them elsewhere.
    """
    source = ledger_file(read(read_storage), else_=PG_DUMP)
    now = datetime.now(UTC)
    try:
        with reaching("Backing up") as progress:
            contents = copy(source, file, progress)
    except FileExistsError:
        fail(f"{file} is there already; a backup takes no other's place.", code=MISUSED)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.", code=MISUSED)
    except BadCopy as error:
        fail(f"{source} cannot be backed up: {error}.")
    typer.echo(f"Backed up {told(contents)}, as of {now:%Y-%m-%d %H:%M:%S} UTC, to {file}.")
    typer.echo("ENCRYPTION_KEYS are not in it: keep them elsewhere.")


def told(contents: Contents) -> str:
    payments = "1 payment" if contents.payments == 1 else f"{contents.payments} payments"
    firms = "1 workspace" if contents.firms == 1 else f"{contents.firms} workspaces"
    return f"{payments} of {firms}"
