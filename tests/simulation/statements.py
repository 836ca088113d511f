"""SQL is compiled once for all processes of all lives; each engine of its own would do it anew."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from services.db.engine import Database

_first: dict[
    tuple[str, str], Engine
] = {}  # By dialect and role; SQLAlchemy remembers statements by engine and dialect.


def share_statements(database: Database) -> None:
    """Nothing but time depends on it: a quarter of each life."""
    for role in ("_writing", "_reading"):
        engine: AsyncEngine = getattr(database, role)
        _share(role, engine.sync_engine)


def _share(role: str, engine: Any) -> None:
    key = (engine.dialect.name, role)
    first: Any = _first.setdefault(key, engine)
    if getattr(first.dialect, "server_version_info", None) is None:
        _first[key] = engine  # The first has never connected, and does not know its database.
        return
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
