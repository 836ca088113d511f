"""A firm's tie to a QuickBooks company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.domain.ids import FirmId, RealmId, UserId


@dataclass(frozen=True)
class Company:
    """What a push needs to know of a QuickBooks company."""

    name: str
    country: str
    currency: str
    undeposited_funds_id: str | None
    payment_methods: Mapping[str, str]  # QuickBooks' name in lower case: its id.


class ConnectionState(StrEnum):
    UNCONFIRMED = "unconfirmed"  # An admin has not said "use this company" yet.
    ACTIVE = "active"
    LOST = "lost"


@dataclass(frozen=True)
class Connection:
    firm_id: FirmId
    realm_id: RealmId
    state: ConnectionState
    company: Company
    company_read_at: datetime
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_epoch: int
    refresh_until: datetime | None
    connected_by: UserId
    lost_because: str | None
    last_success_at: datetime | None
