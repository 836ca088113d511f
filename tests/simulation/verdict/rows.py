"""A ledger row by row, as a SQLite file spells them: ids in 32 letters, days and JSON as text."""

import sqlite3
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import psycopg
from psycopg.adapt import Loader
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader

Row = dict[str, Any]
AS_TEXT = ("date", "time", "json")
IN_ORDER = {"outbox": "id", "audit": "sequence"}  # Of the others no row has a place of its own.


class Rows(Protocol):
    def of(self, table: str, **where: str) -> list[Row]: ...

    def that(self, table: str, condition: str) -> list[Row]: ...

    def close(self) -> None: ...


class FileRows:
    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path)
        self._file.row_factory = sqlite3.Row

    def close(self) -> None:
        self._file.close()

    def of(self, table: str, **where: str) -> list[Row]:
        tests = " AND ".join(f"{column} = :{column}" for column in where) or "1"
        query = f"SELECT * FROM {table} WHERE {tests} ORDER BY rowid"  # noqa: S608 - our own words
        return [dict(row) for row in self._file.execute(query, where)]

    def that(self, table: str, condition: str) -> list[Row]:
        query = f"SELECT * FROM {table} WHERE {condition}"  # noqa: S608 - our own words
        return [dict(row) for row in self._file.execute(query)]


class ServerRows:
    def __init__(self, url: str) -> None:
        self._server = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        self._server.adapters.register_loader("uuid", _HexLoader)
        for name in AS_TEXT:
            self._server.adapters.register_loader(name, TextLoader)

    def close(self) -> None:
        self._server.close()

    def of(self, table: str, **where: str) -> list[Row]:
        tests = " AND ".join(f"{column} = %({column})s" for column in where) or "true"
        return self._fetch(table, tests, where)

    def that(self, table: str, condition: str) -> list[Row]:
        return self._fetch(table, condition, {})

    def _fetch(self, table: str, condition: str, where: dict[str, str]) -> list[Row]:
        order = IN_ORDER.get(table, "ctid")
        query = f"SELECT * FROM {table} WHERE {condition} ORDER BY {order}"  # noqa: S608
        return self._server.execute(query.encode(), where).fetchall()


class _HexLoader(Loader):
    def load(self, data: Any) -> str:
        return UUID(bytes(data).decode()).hex
