"""One request to a company, as the gateway received it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.quickbooks import refusals
from sandbox.quickbooks.entities import Operation
from sandbox.quickbooks.wire import JsonObject, decode

LARGEST_BODY = 8 * 1024 * 1024  # Bytes; 10,000 lines fit in it.
NOT_ENTITIES = frozenset({"query", "batch", "cdc"})


@dataclass(frozen=True, kw_only=True)
class Call:
    method: str
    realm_id: str
    path: str  # As requested, from /v3 on.
    parts: tuple[str, ...]  # What follows the company in the path.
    params: Mapping[str, str]
    query: str = ""
    body: bytes = b""
    authorization: str | None = None
    wants_json: bool = True
    tid: str = field(default="")

    @cached_property
    def resource(self) -> str:
        return self.parts[0].lower() if self.parts else ""

    @cached_property
    def operation(self) -> str:
        """read, query, cdc, batch, or what a write asks for: create, update, delete, void."""
        if self.resource in NOT_ENTITIES:
            return self.resource
        if self.method == "GET":
            return "read"
        given = self.params.get("operation", "").lower()
        if "void" in self.includes:
            return Operation.VOID.value
        if given not in {"", "create", "update"}:
            return given
        try:
            return "update" if self.given.get("Id") else "create"
        except refusals.FaultError:
            return "create"  # Not readable: the service will say so.

    @cached_property
    def includes(self) -> frozenset[str]:
        return frozenset(self.params.get("include", "").lower().split(",")) - {""}

    @property
    def is_write(self) -> bool:
        return self.method == "POST" and self.resource != "query"

    @cached_property
    def given(self) -> JsonObject:
        """The body as JSON; raises QuickBooks' fault where it is none."""
        if len(self.body) > LARGEST_BODY:
            raise refusals.unsupported_property("The request is too large")
        try:
            content = decode(self.body or b"{}")
        except ValueError as error:
            raise refusals.unsupported_property(f"Unexpected character: {error}") from None
        if not isinstance(content, dict):
            raise refusals.unsupported_property("The request is not an object")
        return content
