"""Counterfoil in a Slack workspace: what lets us in, and what we are there."""

from dataclasses import dataclass, field
from datetime import datetime

from services.domain.ids import FirmId, UserId


@dataclass(frozen=True)
class Installation:
    """`refresh_token` and `expires_at` are None where Slack's tokens do not expire."""

    firm_id: FirmId
    enterprise_id: str | None
    bot_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None
    bot_id: str
    bot_user_id: str
    scopes: frozenset[str]
    installed_by: UserId
    installed_at: datetime
    refresh_epoch: int
