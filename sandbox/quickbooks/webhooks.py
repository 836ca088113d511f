"""Change events as Intuit's webhooks render and sign them, in both formats."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from sandbox.quickbooks.wire import JsonObject, encode


class Deed(Enum):
    """What was done to an object; the new format says `void` where the others are past tense."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    VOIDED = "void"


SOURCE = "c2FuZGJveC1ldmVudHM="  # Names the app the events are for.

LEGACY_NAMES = {
    Deed.CREATED: "Create",
    Deed.UPDATED: "Update",
    Deed.DELETED: "Delete",
    Deed.VOIDED: "Void",
}


@dataclass(frozen=True, slots=True)
class Change:
    entity: str
    object_id: str
    deed: Deed
    at: datetime


def cloud_events(realm_id: str, changes: Sequence[Change]) -> bytes:
    """Render a CloudEvents array; an event's id follows from what happened, so repeats keep it."""
    return encode([_cloud_event(realm_id, change) for change in changes])


def _cloud_event(realm_id: str, change: Change) -> JsonObject:
    time = change.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    kind = f"qbo.{change.entity.lower()}.{change.deed.value}.v1"
    return {
        "specversion": "1.0",
        "id": str(uuid5(NAMESPACE_URL, f"{realm_id}/{kind}/{change.object_id}/{time}")),
        "source": f"intuit.{SOURCE}",
        "type": kind,
        "datacontenttype": "application/json",
        "time": time,
        "intuitentityid": change.object_id,
        "intuitaccountid": realm_id,
        "data": {},
    }


def legacy_events(realm_id: str, changes: Sequence[Change]) -> bytes:
    entities = [
        {
            "id": change.object_id,
            "operation": LEGACY_NAMES[change.deed],
            "name": change.entity,
            "lastUpdated": change.at.astimezone(UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
        }
        for change in changes
    ]
    notification = {"realmId": realm_id, "dataChangeEvent": {"entities": entities}}
    return encode({"eventNotifications": [notification]})


def sign(body: bytes, *, verifier_token: str) -> str:
    """The value of the header `intuit-signature`."""
    return b64encode(hmac.new(verifier_token.encode(), body, sha256).digest()).decode()
