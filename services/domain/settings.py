"""What a firm chose beyond its books: who may do what, and where and when it is told."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from services.domain.ids import UserId


class Rhythm(StrEnum):
    """How soon the alert channel hears of something new."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"

    @property
    def label(self) -> str:
        return {"at_once": "At once", "hourly": "Once an hour", "daily": "Once a day"}[self.value]


@dataclass(frozen=True)
class Rights:
    """Whom the firm named. Until it names admins, Slack's admins and owners are the admins."""

    admins: frozenset[UserId] = frozenset()
    approvers: frozenset[UserId] = frozenset()


@dataclass(frozen=True)
class Alerting:
    """Where alerts go, if anywhere; none go out in the quiet hours, which may span midnight.

    `digest`: whether each week is told of on the Monday after it.
    """

    channel_id: str | None = None
    rhythm: Rhythm = Rhythm.AT_ONCE
    quiet_from: time | None = None
    quiet_until: time | None = None
    time_zone: str = "UTC"
    digest: bool = True

    def __post_init__(self) -> None:
        """Keep the pair rule that the table keeps too."""
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours need a beginning and an end")
