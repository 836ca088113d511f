"""Change data capture: everything of the asked kinds that changed since, in its odd shapes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sandbox.quickbooks import refusals
from sandbox.quickbooks.books import Books, Version
from sandbox.quickbooks.entities import BY_PATH
from sandbox.quickbooks.select import read_instant
from sandbox.quickbooks.wire import JsonObject

LARGEST_REPLY = 1000  # Objects, over all kinds together.
LONGEST_LOOK_BACK = timedelta(days=30)


def run(books: Books, *, entities: str, changed_since: str, as_of: datetime | None) -> JsonObject:
    since = read_instant(changed_since, books)
    if books.clock() - since > LONGEST_LOOK_BACK:
        raise refusals.query_not_valid(
            f"changedSince may lie {LONGEST_LOOK_BACK.days} days back at most"
        )
    left = LARGEST_REPLY
    blocks = []
    for name in _names(entities):
        changed = sorted(_changes(books, name, since, as_of), key=lambda each: each[0])[:left]
        left -= len(changed)
        blocks.append(_block(name, [body for _, body in changed]))
    return {"CDCResponse": [{"QueryResponse": blocks}]}


def _names(entities: str) -> list[str]:
    names = [name.strip() for name in entities.split(",") if name.strip()]
    if not names:
        raise refusals.required("entities")
    for name in names:
        if name.lower() not in BY_PATH:
            raise refusals.query_not_valid(f"invalid context declaration: {name}")
    return [BY_PATH[name.lower()].name for name in names]


def _changes(
    books: Books, entity: str, since: datetime, as_of: datetime | None
) -> Iterator[tuple[datetime, JsonObject]]:
    for object_id, record in books.records[entity].items():
        version = record.as_of(as_of)
        if version is not None and version.changed_at >= since:
            yield version.changed_at, _shown(books, object_id, version)


def _shown(books: Books, object_id: str, version: Version) -> JsonObject:
    if version.body is not None:
        return version.body
    changed_at = books.stamp(version.changed_at)
    tombstone = {"domain": "QBO", "status": "Deleted", "Id": object_id}
    return tombstone | {"MetaData": {"LastUpdatedTime": changed_at}}


def _block(name: str, bodies: list[JsonObject]) -> JsonObject:
    """Nothing changed: an empty object. Deletions alone: a totalCount and no startPosition."""
    if not bodies:
        return {}
    if all(body.get("status") == "Deleted" for body in bodies):
        return {name: bodies, "maxResults": len(bodies), "totalCount": len(bodies)}
    return {name: bodies, "startPosition": 1, "maxResults": len(bodies)}
