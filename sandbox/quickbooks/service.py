"""The Accounting API behind the gateway: one call in, one reply out, nothing awaited."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.quickbooks import cdc, checks, refusals, select
from sandbox.quickbooks.books import Books
from sandbox.quickbooks.calls import Call
from sandbox.quickbooks.entities import BY_PATH, Entity, Operation, Order
from sandbox.quickbooks.entities.entity import SYSTEM
from sandbox.quickbooks.refusals import FaultError
from sandbox.quickbooks.replay import Reply, RequestIds
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.weather import Weather
from sandbox.quickbooks.wire import JsonObject

OK, VALIDATION_FAULT = 200, 400
LONGEST_REQUEST_ID = 50
SINGLETONS = frozenset({"Preferences"})  # Read without an id.
LONGEST_PATH = 2  # An entity and an id.


@dataclass(frozen=True, kw_only=True)
class Service:
    """One company's API; `editor` is the person a stale write is told about."""

    realm_id: str
    books: Books
    request_ids: RequestIds
    editor: str

    def answer(self, call: Call, *, rules: Rules, weather: Weather) -> Reply:
        request_id = call.params.get("requestid", "") if call.is_write else ""
        if not request_id:
            return self._attempt(call, rules, weather)
        if len(request_id) > LONGEST_REQUEST_ID:
            return self.refuse(
                refusals.wrong_length(
                    "requestid", longest=LONGEST_REQUEST_ID, supplied=len(request_id)
                )
            )
        now, forgets_after = self.books.clock(), weather.forgets_after
        remembered = self.request_ids.find(request_id, now=now, forgets_after=forgets_after)
        if remembered is None:
            reply = self._attempt(call, rules, weather)
            if reply.status == OK or (
                reply.status == VALIDATION_FAULT and rules.stores_validation_faults
            ):
                self.request_ids.remember(request_id, reply=reply, body=call.body, now=now)
            return reply
        if rules.compares_bodies and not self.request_ids.same_body(request_id, call.body):
            return self.refuse(
                refusals.business_rule("The request id was used with another request.")
            )
        return remembered

    def _attempt(self, call: Call, rules: Rules, weather: Weather) -> Reply:
        now = self.books.clock()
        try:
            content = self._content(call, rules=rules, as_of=weather.index_stands_at(now))
        except FaultError as error:
            return self.refuse(error)
        return Reply(OK, content | {"time": self.time(now)})

    def refuse(self, error: FaultError) -> Reply:
        time = self.time(self.books.clock())
        return Reply(error.status, {"Fault": error.to_fault(), "time": time})

    def _content(self, call: Call, *, rules: Rules, as_of: datetime | None) -> JsonObject:
        match call.method, call.resource:
            case (("GET" | "POST"), "query"):
                text = call.params.get("query") or call.body.decode(errors="replace")
                return {"QueryResponse": select.run(self.books, text, as_of=as_of, rules=rules)}
            case "GET", "cdc":
                return cdc.run(
                    self.books,
                    entities=call.params.get("entities", ""),
                    changed_since=call.params.get("changedSince", ""),
                    as_of=as_of,
                )
            case "GET", _:
                return self._read(call)
            case "POST", _:
                return self._write(call, rules)
            case _:
                raise self._no_such_resource(call)

    def _read(self, call: Call) -> JsonObject:
        entity = BY_PATH.get(call.resource)
        if entity is None or len(call.parts) > LONGEST_PATH:
            raise self._no_such_resource(call)
        match call.parts[1:], entity.name:
            case (), name if name in SINGLETONS:
                object_id = "1"
            case (realm_id,), "CompanyInfo":
                object_id = "1" if realm_id in {self.realm_id, "1"} else realm_id
            case (given,), _:
                object_id = checks.read_id(given)
            case _:
                raise self._no_such_resource(call)
        body = self.books.find(entity.name, object_id)
        if body is None:
            raise refusals.object_not_found()
        return {entity.name: body}

    def _write(self, call: Call, rules: Rules) -> JsonObject:
        entity = BY_PATH.get(call.resource)
        if entity is None or len(call.parts) > 1:
            raise self._no_such_resource(call)
        given = call.given
        asked = call.params.get("operation", "").lower()
        if asked in {"", "create", "update"}:
            asked = "update" if given.get("Id") else "create"
        operation = understand(entity, asked, call.includes)
        order = Order(operation=operation, given=given, includes=call.includes, rules=rules)
        return self.carry_out(entity, order)

    def carry_out(self, entity: Entity, order: Order) -> JsonObject:
        """Do one write, whole or not at all."""
        if order.operation not in entity.operations:
            raise refusals.unsupported_operation(order.operation.value)
        checks.check_properties(entity.name, order.given)
        checks.check_lengths(entity.name, order.given)
        if order.operation is Operation.CREATE:
            return self._create(entity, order)
        before = self._before(entity, order)
        entity.may_change(self.books, before)
        match order.operation:
            case Operation.UPDATE:
                return self._update(entity, order, before)
            case Operation.VOID:
                return self._void(entity, order, before)
            case Operation.DELETE:
                return self._delete(entity, order, before)

    def _create(self, entity: Entity, order: Order) -> JsonObject:
        work = self.books.begin(order.rules)
        body = entity.compose(work, entity.writable(order.given), None, order)
        object_id = self.books.next_id(entity.name)
        entity.put(work, object_id, body, None)
        work.commit()
        return {entity.name: self.books.find(entity.name, object_id)}

    def _before(self, entity: Entity, order: Order) -> JsonObject:
        object_id = checks.read_id(order.given.get("Id", ""))
        before = self.books.find(entity.name, object_id)
        if before is None:
            raise refusals.object_not_found()
        token = order.given.get("SyncToken")
        if token in (None, ""):
            raise refusals.required("SyncToken")
        if str(token) != before["SyncToken"]:
            raise refusals.stale_object(self.editor)
        return before

    def _update(self, entity: Entity, order: Order, before: JsonObject) -> JsonObject:
        wanted = entity.writable(order.given)
        if order.sparse:
            # What is not named stays; what is named blank goes.
            kept = {name: old for name, old in before.items() if name not in order.given}
            wanted = entity.writable(kept) | wanted
        work = self.books.begin(order.rules)
        composed = entity.compose(work, wanted, before, order)
        body = composed | {name: old for name, old in before.items() if name in SYSTEM}
        entity.put(work, before["Id"], body, before)
        work.commit()
        return {entity.name: self.books.find(entity.name, before["Id"])}

    def _void(self, entity: Entity, order: Order, before: JsonObject) -> JsonObject:
        work = self.books.begin(order.rules)
        entity.put(work, before["Id"], entity.void(before, order), before)
        work.mark_voided(entity.name, before["Id"])
        work.commit()
        return {entity.name: self.books.find(entity.name, before["Id"])}

    def _delete(self, entity: Entity, order: Order, before: JsonObject) -> JsonObject:
        work = self.books.begin(order.rules)
        entity.remove(work, before["Id"], before)
        work.commit()
        return {entity.name: {"domain": "QBO", "status": "Deleted", "Id": before["Id"]}}

    def _no_such_resource(self, call: Call) -> FaultError:
        full = f"https://c50.sandbox.qbo.intuit.com/qbo50{call.path}"
        return refusals.unsupported_operation(
            f"Could not find resource for relative : {call.path} of full path: {full}"
        )

    def time(self, instant: datetime) -> str:
        return instant.astimezone(self.books.offset).isoformat(timespec="milliseconds")


def understand(entity: Entity, asked: str, includes: frozenset[str]) -> Operation:
    """Which operation is meant by the word asked for and what is included with it."""
    try:
        operation = Operation(asked)
    except ValueError:
        raise refusals.unsupported_operation(asked) from None
    if operation is Operation.VOID and not entity.voids_by_name:
        raise refusals.unsupported_operation(asked)
    return Operation.VOID if "void" in includes else operation
