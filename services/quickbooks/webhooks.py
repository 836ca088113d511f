"""What Intuit's webhooks say: in which company something has changed, and what kind of thing.

Two formats are on their way out and in: the older has an object with `eventNotifications`, the
newer is an array of CloudEvents, which may be of several companies.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from services.domain.ids import RealmId


@dataclass(frozen=True)
class Change:
    """`entity` is QuickBooks' word in lower case, as "paymentmethod"."""

    realm_id: RealmId
    entity: str


def is_signed(body: bytes, signature: str, *, verifier_token: str) -> bool:
    """Whether it is Intuit's: `signature` is the header `intuit-signature`."""
    right = b64encode(hmac.new(verifier_token.encode(), body, sha256).digest())
    return hmac.compare_digest(right, signature.encode())


def read_changes(body: bytes) -> frozenset[Change]:
    """Raise ValueError where it is in neither format."""
    try:
        told = json.loads(body)
        return frozenset(_of_events(told) if isinstance(told, list) else _of_notifications(told))
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError("in neither of Intuit's formats") from error


def _of_events(events: list[Any]) -> Iterator[Change]:
    for event in events:
        _, entity, *_ = event["type"].split(".")  # qbo.account.updated.v1
        yield Change(RealmId(str(event["intuitaccountid"])), entity.lower())


def _of_notifications(told: dict[str, Any]) -> Iterator[Change]:
    for notification in told["eventNotifications"]:
        realm = RealmId(str(notification["realmId"]))
        for entity in notification["dataChangeEvent"]["entities"]:
            yield Change(realm, entity["name"].lower())
