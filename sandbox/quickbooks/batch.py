"""Batches: up to 30 independent writes and queries, each with its own fate."""

from collections.abc import Callable
from datetime import datetime

from sandbox.quickbooks import refusals, select
from sandbox.quickbooks.calls import Call
from sandbox.quickbooks.entities import ENTITIES, Order
from sandbox.quickbooks.refusals import FaultError
from sandbox.quickbooks.replay import Reply
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.service import Service, understand
from sandbox.quickbooks.weather import Weather
from sandbox.quickbooks.wire import JsonObject

MOST_ITEMS = 30
LONGEST_REQUEST_ID = 36
LONGEST_B_ID = 10  # Only where a request id is present.

# Asked before every item (entity, operation); a fault refuses that item alone.
Objection = Callable[[str, str], FaultError | None]


class BatchRun:
    """One batch on its way through the books."""

    def __init__(
        self,
        service: Service,
        call: Call,
        *,
        rules: Rules,
        weather: Weather,
        objection: Objection,
    ) -> None:
        self._service, self._rules, self._objection = service, rules, objection
        self._forgets_after = weather.forgets_after
        self._call = call
        self._request_id = call.params.get("requestid", "")
        self._now: datetime = service.books.clock()
        self._as_of = weather.index_stands_at(self._now)

    def answer(self) -> Reply:
        try:
            items = self._items()
        except FaultError as error:
            return self._service.refuse(error)
        time = self._service.time(self._now)
        answers = [self._answer_item(item) for item in items]
        return Reply(200, {"BatchItemResponse": answers, "time": time})

    def _items(self) -> list[JsonObject]:
        items = self._call.given.get("BatchItemRequest")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise refusals.required("BatchItemRequest")
        if len(items) > MOST_ITEMS:
            raise refusals.business_rule(f"A batch holds {MOST_ITEMS} items at most.")
        b_ids = [str(item.get("bId") or "") for item in items]
        if not all(b_ids) or len(set(b_ids)) < len(b_ids):
            raise refusals.required("bId")
        if self._request_id:
            _check_length("requestid", self._request_id, LONGEST_REQUEST_ID)
            for b_id in b_ids:
                _check_length("bId", b_id, LONGEST_B_ID)
        return items

    def _answer_item(self, item: JsonObject) -> JsonObject:
        b_id = str(item["bId"])
        if self._request_id and (
            reply := self._service.request_ids.find(
                self._request_id, b_id, now=self._now, forgets_after=self._forgets_after
            )
        ):
            return reply.content
        if objection := self._object_to(item):
            return {"Fault": objection.to_fault(), "bId": b_id}
        remembers = bool(self._request_id) and "Query" not in item
        try:
            answer = {**self._do(item), "bId": b_id}
        except FaultError as error:
            answer = {"Fault": error.to_fault(), "bId": b_id}
            remembers = remembers and self._rules.stores_validation_faults
        if remembers:
            self._service.request_ids.remember(
                self._request_id, b_id, reply=Reply(200, answer), body=b"", now=self._now
            )
        return answer

    def _object_to(self, item: JsonObject) -> FaultError | None:
        entity = next((name for name in item if name in ENTITIES), "query")
        return self._objection(entity.lower(), str(item.get("operation", "query")))

    def _do(self, item: JsonObject) -> JsonObject:
        if "Query" in item:
            found = select.run(
                self._service.books, str(item["Query"]), as_of=self._as_of, rules=self._rules
            )
            return {"QueryResponse": found}
        entity = next((ENTITIES[name] for name in item if name in ENTITIES), None)
        asked = str(item.get("operation", ""))
        if entity is None or not isinstance(item[entity.name], dict):
            raise refusals.unsupported_operation(asked)
        includes = frozenset(str(item.get("optionsData", "")).lower().split(",")) - {""}
        order = Order(
            operation=understand(entity, asked, includes),
            given=item[entity.name],
            includes=includes,
            rules=self._rules,
        )
        return self._service.carry_out(entity, order)


def _check_length(element: str, value: str, longest: int) -> None:
    if len(value) > longest:
        raise refusals.wrong_length(element, longest=longest, supplied=len(value))
