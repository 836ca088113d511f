"""What columns and rules are made of."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    String,
    cast,
    func,
    text,
)
from sqlalchemy.types import TypeDecorator

from services.domain.blame import LONGEST_KEY
from services.domain.sync import Status

# A partial index is used where the query says the same as the index, to the letter.
NEEDS_A_PERSON = "(status = 'failed' OR note_cause IS NOT NULL)"
_MICROSECONDS = 1_000_000


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole microseconds since 1970: exact, and sorts as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        if value is None:
            return None
        since = value - datetime.fromtimestamp(0, UTC)
        return (since.days * 86_400 + since.seconds) * _MICROSECONDS + since.microseconds

    def process_result_value(self, value: int | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        seconds, microseconds = divmod(value, _MICROSECONDS)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)


class Sealed(LargeBinary):
    """A secret, encrypted with one of the operator's keys."""


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_is_known")


def index_of_few(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Of those rows alone where the condition holds."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def total(minor: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of amounts; 0 where there are none. PostgreSQL would make a decimal of it."""
    return cast(func.coalesce(func.sum(minor), 0), BigInteger)


def sync_columns() -> list[Column[object]]:
    """A record's way to QuickBooks; `note_…` is what QuickBooks did not accept of a change.

    `…tid` is how Intuit's support finds the answer that said so.
    """
    return [
        Column("status", String, nullable=False),
        Column("qbo_id", String),
        Column("linked", Boolean, nullable=False, default=False),
        Column("cause", String),
        Column("detail", String),
        Column("blame", String(LONGEST_KEY)),
        Column("tid", String),
        Column("twin_id", String),
        Column("note_operation", String),
        Column("note_cause", String),
        Column("note_detail", String),
        Column("note_blame", String(LONGEST_KEY)),
        Column("note_tid", String),
        Column("generation", Integer, nullable=False, default=0),
        Column("version", Integer, nullable=False, default=1),  # Grows with all that people see.
        Column("created_by", String, nullable=False),
        Column("created_at", Instant, nullable=False),
    ]


def sync_rules() -> list[CheckConstraint]:
    """While it is Syncing, a record may be in QuickBooks already, on its way to change or leave."""
    return [
        one_of("status", Status),
        CheckConstraint(
            "status = 'syncing' OR (status = 'synced') = (qbo_id IS NOT NULL)",
            name="synced_has_a_quickbooks_id",
        ),
        CheckConstraint(
            "(status IN ('failed', 'skipped')) = (cause IS NOT NULL)",
            name="failed_and_skipped_say_why",
        ),
        CheckConstraint(
            "(cause IS NULL) = (blame IS NULL) AND (note_cause IS NULL) = (note_blame IS NULL)",
            name="a_cause_has_its_blame",
        ),
        CheckConstraint("NOT linked OR qbo_id IS NOT NULL", name="linked_is_in_quickbooks"),
        CheckConstraint(
            "(twin_id IS NOT NULL) = (cause IS NOT NULL AND cause = 'possible_twin')",
            name="a_possible_twin_is_named",
        ),
        CheckConstraint(
            "(note_operation IS NULL) = (note_cause IS NULL)"
            " AND (note_operation IS NULL OR status = 'synced')",
            name="a_note_is_about_what_is_synced",
        ),
    ]


def tied_once(table: str) -> Index:
    """No two records of a firm are the same object in QuickBooks."""
    where = "qbo_id IS NOT NULL"
    return index_of_few(f"ix_{table}_tied_once", "firm_id", "qbo_id", where=where, unique=True)


def kept_in_view(table: str) -> list[Index]:
    """What is looked for among many and is true of few: only those few cost anything to keep."""
    troubled, suspected = f"ix_{table}_need_a_person", f"ix_{table}_suspected"
    return [
        index_of_few(troubled, "firm_id", "created_at", where=NEEDS_A_PERSON),
        index_of_few(suspected, "firm_id", "twin_id", where="twin_id IS NOT NULL"),
    ]
