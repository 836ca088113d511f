"""Which revision a ledger's schema is of, and whether this program may work on it."""

from enum import Enum
from functools import cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, select

from services.db.engine import Database
from services.db.tables import schema_fits

MIGRATIONS = Path(__file__).parent / "migrations"


class Fit(Enum):
    FITS = "what this program was written for, or a later one which says that it still fits"
    OLDER = "to be upgraded first, or not there yet"
    NEWER = "of a later program, and this one would do harm"


async def fit_of(database: Database) -> Fit:
    """How the schema and this program fit."""
    async with database.read() as db:
        return await db.run_sync(look)


def look(connection: Connection) -> Fit:
    """As `fit_of`.

    A schema of a later revision tells since which one a program fits it. Where this program was
    written for that one or a later, it has it among its own.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    if found == newest():
        return Fit.FITS
    if found is None or is_known(found):
        return Fit.OLDER
    since = connection.execute(select(schema_fits.c.since)).scalar_one_or_none()
    return Fit.FITS if since in _revisions() else Fit.NEWER


def newest() -> str:
    """The revision that this program brings a schema to."""
    return _revisions()[0]


def is_known(revision: str) -> bool:
    """Whether this program can bring a schema of that revision up to date."""
    return revision in _revisions()


def promise(connection: Connection) -> None:
    """Write down since which revision a program fits the newest schema, for those that are older.

    The newest migration says so; where it does not, none fits but its own.
    """
    (script,) = _scripts().get_revisions(newest())
    since = getattr(script.module if script is not None else None, "fits_since", newest())
    connection.execute(delete(schema_fits))
    connection.execute(insert(schema_fits).values(since=since))


@cache
def _revisions() -> tuple[str, ...]:
    """The newest first. They are files of the program, so they stay as they are."""
    return tuple(each.revision for each in _scripts().walk_revisions())


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))
