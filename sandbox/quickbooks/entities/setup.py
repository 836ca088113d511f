"""The two objects a company has exactly one of: who it is, and how it wants to work."""

from typing import ClassVar

from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.entity import Entity, Operation, Order
from sandbox.quickbooks.wire import JsonObject


class CompanyInfo(Entity):
    name: ClassVar[str] = "CompanyInfo"
    operations: ClassVar[frozenset[Operation]] = frozenset({Operation.UPDATE})
    read_only: ClassVar[frozenset[str]] = frozenset({"Country", "NameValue", "CompanyStartDate"})

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        del work, order
        return (before or {}) | wanted


class Preferences(Entity):
    name: ClassVar[str] = "Preferences"
    operations: ClassVar[frozenset[Operation]] = frozenset({Operation.UPDATE})

    def compose(
        self, work: Work, wanted: JsonObject, before: JsonObject | None, order: Order
    ) -> JsonObject:
        """Each group of preferences is merged: what it leaves out stays as it was."""
        del work, order
        old = before or {}
        groups = {
            name: old.get(name, {}) | group if isinstance(group, dict) else group
            for name, group in wanted.items()
        }
        return old | groups
