"""What every kind of object has in common: how it is read, composed and put into the books."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Books, Work
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.wire import JsonObject

SYSTEM = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status"})


class Operation(Enum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    VOID = "void"


@dataclass(frozen=True, kw_only=True)
class Order:
    """One write, as the service understood it."""

    operation: Operation
    given: JsonObject
    includes: frozenset[str] = field(default=frozenset())
    rules: Rules = field(default=Rules())

    @property
    def sparse(self) -> bool:
        return checks.read_flag(self.given, "sparse", default=False)


class Entity(ABC):
    name: ClassVar[str]
    operations: ClassVar[frozenset[Operation]] = frozenset({Operation.CREATE, Operation.UPDATE})
    # Whether ?operation=void works; ?operation=update&include=void always does.
    voids_by_name: ClassVar[bool] = True
    # What a client cannot write: it is ignored on the way in.
    read_only: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        """Check what is wanted and complete it to a whole object."""

    def put(self, work: Work, object_id: str, body: JsonObject, before: JsonObject | None) -> None:
        """Stage the object and whatever else moves with it."""
        del before
        work.put(self.name, object_id, body)

    def remove(self, work: Work, object_id: str, before: JsonObject) -> None:
        del before
        work.remove(self.name, object_id)

    def void(self, before: JsonObject, order: Order) -> JsonObject:
        """Tell what a voided object looks like."""
        del before
        raise refusals.unsupported_operation(order.operation.value)

    def may_change(self, books: Books, before: JsonObject) -> None:
        """Raise the fault that forbids touching this object now; nothing forbids it here."""
        del books, before

    def writable(self, given: JsonObject) -> JsonObject:
        return {
            name: value
            for name, value in checks.without_blanks(given).items()
            if name not in SYSTEM and name not in self.read_only
        }


def reference_to(
    work: Work, entity: str, collection: str, object_id: str, *, label: str = "Name"
) -> JsonObject:
    """A checked reference; `collection` is the word QuickBooks' fault uses for the list."""
    target = work.find(entity, object_id)
    if target is None:
        raise refusals.invalid_reference(collection, object_id)
    if target.get("Active") is False:
        if work.rules.inactive_is_not_found:
            raise refusals.object_not_found()
        raise refusals.invalid_reference(collection, object_id)
    return {"value": object_id, "name": target[label]}


def account_by(work: Work, **wanted: str) -> str | None:
    """The first account with these properties, if the company has one."""
    for account in work.books.live("Account"):
        if all(account.get(name) == value for name, value in wanted.items()):
            found: str = account["Id"]
            return found
    return None


def claim_name(work: Work, entity: str, name: str, *, own_id: str | None) -> None:
    holder = work.books.holder_of(entity, name)
    if holder is None or holder == (entity, own_id):
        return
    raise refusals.duplicate_name(same_list=entity if holder[0] == entity else None)


def shown_name_when(name: str, *, active: bool, work: Work, entity: str) -> str:
    """A deactivated list object gives its name back and goes on under a marked one."""
    bare = name.removesuffix(DELETED)
    if active:
        return bare
    marked, attempt = f"{bare}{DELETED}", 1
    while work.books.holder_of(entity, marked) is not None:
        attempt += 1
        marked = f"{bare} (deleted {attempt})"
    return marked


DELETED = " (deleted)"
