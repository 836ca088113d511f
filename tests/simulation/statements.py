"""SQL is compiled once for all processes of all lives; each engine of its own would do it anew."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from services.db.engine import Database

_first: dict[str, Engine] = {}  # By role; SQLAlchemy remembers statements by engine and dialect.


def share_statements(database: Database) -> None:
    """Nothing but time depends on it: a quarter of each life."""
    for role in ("_writing", "_reading"):
        engine: AsyncEngine = getattr(database, role)
        _share(role, engine.sync_engine)


def _share(role: str, engine: Any) -> None:
    first: Any = _first.setdefault(role, engine)
    if getattr(first.dialect, "server_version_info", None) is None:
        _first[role] = engine  # The first has never connected, and does not know its SQLite.
        return
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
