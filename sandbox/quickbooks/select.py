"""Answering a parsed query from the books, as they stood when the query index last caught up."""

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Books, Record
from sandbox.quickbooks.entities import BY_PATH
from sandbox.quickbooks.properties import KNOWN, QUERYABLE, QUERYABLE_BY_PAYEE, Sort
from sandbox.quickbooks.query import Condition, Ordering, Query, Value, parse
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.wire import JsonObject

Key: TypeAlias = str | Decimal | bool | datetime
ALWAYS_SHOWN = frozenset({"Id", "domain", "sparse"})


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is asked about: a kind of object and the properties it can be found by."""

    entity: str
    queryable: dict[str, Sort]

    def find(self, name: str) -> tuple[str, Sort]:
        for known, sort in self.queryable.items():
            if known.lower() == name.lower().removesuffix(".value"):
                return known, sort
        self.check_known(name)
        raise refusals.query_not_valid(f"property '{name}' is not queryable")

    def check_known(self, name: str) -> None:
        top = name.partition(".")[0].lower()
        if top not in {known.lower() for known in KNOWN[self.entity]}:
            raise refusals.query_not_valid(f"Property {name} not found for Entity {self.entity}")


@dataclass(frozen=True, slots=True)
class _Row:
    record: Record
    body: JsonObject
    changed_at: datetime


Test: TypeAlias = Callable[[_Row], bool]


def run(books: Books, text: str, *, as_of: datetime | None, rules: Rules) -> JsonObject:
    """Answer with what stands under QueryResponse."""
    query = parse(text)
    subject = _subject(query.entity, rules)
    _check_columns(subject, query)
    tests = [_test(books, subject, condition) for condition in query.conditions]
    if not any(subject.find(each.name)[0] == "Active" for each in query.conditions):
        tests.append(lambda row: row.body.get("Active") is not False)
    records = books.records[subject.entity]
    rows = [row for row in _candidates(records, query, as_of) if all(test(row) for test in tests)]
    if query.counts:
        return {"totalCount": len(rows)}
    for ordering in reversed(query.orderings):
        _sort(rows, subject, ordering)
    page = rows[query.start - 1 : query.start - 1 + query.most]
    if not page:
        return {}
    found = [_project(row.body, query.columns) for row in page]
    return {subject.entity: found, "startPosition": query.start, "maxResults": len(found)}


def _subject(name: str, rules: Rules) -> _Subject:
    entity = BY_PATH.get(name.lower())
    if entity is None:
        raise refusals.query_not_valid(f"invalid context declaration: {name}")
    table = QUERYABLE_BY_PAYEE if rules.finds_purchases_by_payee else QUERYABLE
    return _Subject(entity.name, table[entity.name])


def _candidates(records: dict[str, Record], query: Query, as_of: datetime | None) -> Iterator[_Row]:
    for record in _records(records, query):
        version = record.as_of(as_of)
        if version is not None and version.body is not None:
            yield _Row(record, version.body, version.changed_at)


def _records(records: dict[str, Record], query: Query) -> Iterable[Record]:
    """Ids lead straight to their records; everything else is looked through."""
    for condition in query.conditions:
        if condition.name.lower() == "id" and condition.comparison in {"=", "IN"}:
            wanted = dict.fromkeys(_read_ids(condition))
            return [records[each] for each in wanted if each in records]
    return records.values()


def _read_ids(condition: Condition) -> list[str]:
    return [checks.read_id(value) for value in condition.values]


def _check_columns(subject: _Subject, query: Query) -> None:
    for column in query.columns:
        if column != "*":
            subject.check_known(column)


def _test(books: Books, subject: _Subject, condition: Condition) -> Test:
    name, sort = subject.find(condition.name)
    if sort is Sort.ID:
        return _id_test(condition)
    read = _reader(name, sort)
    if condition.comparison == "LIKE":
        pattern = _like(str(condition.values[0]))
        return lambda row: pattern.match(str(read(row) or "")) is not None
    wanted = [_wanted(books, value, sort) for value in condition.values]
    if condition.comparison in {"IN", "="}:
        return lambda row: read(row) in wanted
    return _ordered_test(condition.comparison, read, wanted[0])


def _id_test(condition: Condition) -> Test:
    if condition.comparison not in {"=", "IN"}:
        raise refusals.query_not_valid(
            f"operator {condition.comparison} is not supported for property 'Id'"
        )
    ids = frozenset(_read_ids(condition))
    return lambda row: row.body["Id"] in ids


ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _ordered_test(comparison: str, read: Callable[[_Row], Key | None], than: Key) -> Test:
    holds = ORDERED[comparison]  # Both sides come from one property, so they compare.
    return lambda row: (value := read(row)) is not None and holds(value, than)


def _reader(name: str, sort: Sort) -> Callable[[_Row], Key | None]:
    match name, sort:
        case "MetaData.CreateTime", _:
            return lambda row: row.record.created_at
        case "MetaData.LastUpdatedTime", _:
            return lambda row: row.changed_at
        case _, Sort.TEXT:
            return lambda row: _folded(row.body.get(name))
        case _, Sort.NUMBER:
            return lambda row: Decimal(row.body.get(name, 0))
        case _:
            return lambda row: row.body.get(name)


def _folded(value: object) -> str | None:
    """References compare by their id; texts compare whatever their case."""
    if isinstance(value, dict):
        value = value.get("value")
    return None if value is None else str(value).casefold()


def _wanted(books: Books, value: Value, sort: Sort) -> Key:
    match sort:
        case Sort.INSTANT:
            return read_instant(str(value), books)
        case Sort.NUMBER:
            return checks.read_number(value)
        case Sort.FLAG:
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case Sort.TEXT | Sort.ID:
            return str(value).casefold()


def read_instant(text: str, books: Books) -> datetime:
    """Without an offset the company's own is meant."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise refusals.query_not_valid(f"'{text}' is not a date and time") from None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=books.offset)
    return aware.astimezone(UTC)  # Two instants of one zone compare three times as fast.


@lru_cache(maxsize=256)  # The same few patterns come again and again.
def _like(pattern: str) -> re.Pattern[str]:
    pieces = (re.escape(piece) for piece in pattern.split("%"))
    return re.compile(".*".join(pieces) + r"\Z", re.IGNORECASE | re.DOTALL)


def _sort(rows: list[_Row], subject: _Subject, ordering: Ordering) -> None:
    name, sort = subject.find(ordering.name)
    read = _reader(name, sort)
    if sort is Sort.ID:
        rows.sort(key=lambda row: int(row.body["Id"]), reverse=ordering.descending)
        return
    # What lacks the property stands last when descending, first when ascending.
    present = sorted(
        (row for row in rows if read(row) is not None),
        key=read,  # type: ignore[arg-type] # None was just left out, and one property has one type.
        reverse=ordering.descending,
    )
    absent = [row for row in rows if read(row) is None]
    rows[:] = present + absent if ordering.descending else absent + present


def _project(body: JsonObject, columns: tuple[str, ...]) -> JsonObject:
    if "*" in columns:
        return body
    wanted = {column.partition(".")[0].lower() for column in columns}
    shown = {
        name: value
        for name, value in body.items()
        if name.lower() in wanted or name in ALWAYS_SHOWN
    }
    return shown | {"sparse": True}
