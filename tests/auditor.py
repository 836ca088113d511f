"""Somebody who reads along: what a firm knows changes in no transaction that has no audit row."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, event

from services.db.engine import Database
from services.db.postgres import PostgresDatabase
from services.db.sqlite import SqliteDatabase

# What is no fact of the firm's: how messages stand, what is counted, tokens, what the company
# says of itself.
BESIDE = re.compile(
    r"version|generation|told_generation|(notice|posting)_\w+|next_\w+_number"
    r"|(access|refresh)_\w+|company_\w+|country|currency|payment_methods|accounts|items"
    r"|invoices_need_tax|books_closed_until|last_success_at"
)
_CHANGE = re.compile(
    r"(?:UPDATE|INSERT INTO|DELETE FROM) (?P<table>\w+)(?: SET (?P<set>.*?) WHERE)?", re.DOTALL
)
LEDGER = {
    *("clients", "invoices", "invoice_lines", "payments", "allocations", "refunds"),
    "connections",
}


_AWAY: ContextVar[bool] = ContextVar("away", default=False)


@contextmanager
def looking_away() -> Iterator[None]:
    """While a test writes by hand what no use case would."""
    token = _AWAY.set(True)
    yield
    _AWAY.reset(token)


class UnauditedError(AssertionError):
    """A use case changed what the firm knows, and nobody can read who did it."""


def read_along(database: Database) -> None:
    """From now on, raise at the commit of what is not audited."""
    assert isinstance(database, SqliteDatabase | PostgresDatabase)
    engine = database._writing.sync_engine
    event.listen(engine, "begin", _begin)
    event.listen(engine, "after_cursor_execute", _note)
    event.listen(engine, "commit", _compare)


def _begin(connection: Connection) -> None:
    connection.info["changes"] = []
    connection.info["audited"] = False


def _note(connection: Connection, cursor: Any, statement: str, *_: object) -> None:
    found = _CHANGE.match(statement)
    if found is None or cursor.rowcount == 0:
        return
    chosen = found["table"] == "firms" and found["set"] is not None  # A firm begins by itself.
    if found["table"] == "audit":
        connection.info["audited"] = True
    elif (chosen or found["table"] in LEDGER) and _is_about_facts(found["set"]):
        connection.info["changes"].append(statement)


def _is_about_facts(said: str | None) -> bool:
    if said is None:
        return True
    return not all(BESIDE.fullmatch(column) for column in re.findall(r"(\w+)=", said))


def _compare(connection: Connection) -> None:
    changes = connection.info["changes"]
    if changes and not connection.info["audited"] and not _AWAY.get():
        raise UnauditedError("\n".join(changes))
