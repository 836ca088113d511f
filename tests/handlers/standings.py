"""Alerts as they may stand, without the firm whose they are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from handlers.elements import Reply
from sandbox.slack.screen import pressables
from services.domain.alerts import MOST_NAMED, Alert, Standing, Topic, TopicKind
from services.domain.causes import Cause
from services.domain.ids import AlertId, PaymentId
from services.domain.ledger import Client, Invoice, Note, Record, SyncFacts, kind_of
from services.domain.money import Money
from services.domain.sync import Operation, RecordKind, Status
from tests.builders import FIRM, NOW, SYNCED, a_client, a_payment, a_refund, an_invoice

URL = "https://qbo.intuit.com/app"
NAME = "Möbius & Töchter"
WORDS = "Möbius owes 4711."  # QuickBooks'.
TID = "1-5f2a"
ON_THE_WAY = SyncFacts(Status.SYNCING)
CAUSES = sorted(set(Cause) - {Cause.POSSIBLE_TWIN})  # Nothing Fails for that one.


def about(cause: Cause) -> Topic:
    return Topic(TopicKind.FAILURES, f"{cause}:firm")


def failed(cause: Cause, **facts: Any) -> SyncFacts:
    ordinary = {"status": Status.FAILED, "cause": cause, "blame": f"{cause}:firm"}
    return SyncFacts(**{**ordinary, "detail": WORDS, "tid": TID, **facts})


def noted(cause: Cause) -> SyncFacts:
    return replace(SYNCED, note=Note(Operation.UPDATE, cause, WORDS, f"{cause}:firm", TID))


def some_payments(*syncs: SyncFacts, name: str = NAME, **facts: Any) -> list[Record]:
    client = a_client(name=name, sync=SYNCED)
    return [
        a_payment(
            id=PaymentId(UUID(int=index + 1)),
            number=1001 + index,
            client=client,
            sync=each,
            **{"amount": f"{index + 1}00.00", **facts},
        )
        for index, each in enumerate(syncs)
    ]


def one_of_each(sync: SyncFacts, name: str = NAME) -> list[Record]:
    payment = a_payment(client=a_client(name=name, sync=SYNCED), sync=SYNCED)
    return [
        a_client(name=name, sync=sync),
        an_invoice(client=payment.client, sync=sync),
        replace(payment, sync=sync),
        a_refund(payment=payment, amount="40.00", sync=sync),
    ]


def standing(topic: Topic, records: Iterable[Record] = (), **facts: Any) -> Standing:
    """As the ledger would tell of these records."""
    every = list(records)
    alert = Alert(AlertId(UUID(int=1)), FIRM, topic, opened_at=NOW, speak_at=NOW)
    ordinary: dict[str, Any] = {
        "alert": replace(alert, **facts.pop("alert", {})),
        "counts": Counter((kind_of(each), each.sync.status) for each in every),
        "sums": _sums(every),
        "first": tuple(every[:MOST_NAMED]),
    }
    return Standing(**{**ordinary, **facts})


def _sums(records: list[Record]) -> dict[RecordKind, tuple[Money, ...]]:
    sums: dict[RecordKind, int] = Counter()
    for each in records:
        if not isinstance(each, Client):
            amount = each.total if isinstance(each, Invoice) else each.amount
            sums[kind_of(each)] += amount.minor
    return {kind: (Money(minor, "USD"),) for kind, minor in sums.items()}


def buttons(reply: Reply) -> list[str]:
    return [each.label for each in pressables(list(reply.blocks))]


def rows(reply: Reply) -> list[str]:
    return [each["text"]["text"] for each in reply.blocks if "accessory" in each]
