"""A ledger's schema as an earlier release had it."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from services.db.opening import is_postgres
from services.db.postgres import driven
from services.db.schema import MIGRATIONS

SCRIPTS = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())[::-1]  # The oldest first.
REVISIONS = [script.revision for script in SCRIPTS]


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """One transaction; in a file, it keeps no references: a raw hand in it."""
    engine = create_engine(driven(url) if is_postgres(url) else url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def bring_to(url: str, revision: str) -> None:
    """Upgrade to that revision, and no further."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with opened(url) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
