"""A database's schema as the database itself tells it, and whether another one only adds to it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, inspect

Drawing = dict[str, dict[str, dict[str, Any]]]  # Table, kind of thing, name.


def drawing(connection: Connection) -> Drawing:
    """Every rule of every table, by its name; Alembic does not compare them all."""
    inspector = inspect(connection)
    return {
        table: {
            "checks": {
                str(rule["name"]): rule["sqltext"]
                for rule in inspector.get_check_constraints(table)
            },
            "unique": {
                str(rule["name"]): rule["column_names"]
                for rule in inspector.get_unique_constraints(table)
            },
            "references": {
                str(rule["name"]): (rule["constrained_columns"], rule["referred_table"])
                for rule in inspector.get_foreign_keys(table)
            },
            "indexes": {
                str(rule["name"]): (
                    rule["column_names"],
                    rule["unique"],
                    str(rule.get("dialect_options", {}).get(f"{inspector.dialect.name}_where")),
                )
                for rule in inspector.get_indexes(table)
            },
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(table)
            },
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def not_only_added(before: Drawing, after: Drawing) -> Iterator[str]:
    """What a program that knows only what was before could stumble over."""
    for table, things in before.items():
        if table not in after:
            yield table
            continue
        for kind, was in things.items():
            now = after[table][kind]
            for name in sorted(was.keys() | now.keys()):
                if was.get(name) != now.get(name) and not (
                    name not in was and _is_harmless(kind, now[name])
                ):
                    yield f"{table}: {kind} {name}"


def _is_harmless(kind: str, added: Any) -> bool:
    """An older program leaves a column out, and knows no rule that it may not break."""
    match kind:
        case "columns":
            _, may_be_empty, default = added
            return may_be_empty or default is not None
        case "indexes":
            _, is_unique, _ = added
            return not is_unique
        case _:
            return False
