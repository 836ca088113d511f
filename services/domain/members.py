"""Who may do what."""

from dataclasses import dataclass
from enum import IntEnum

from services.domain.ids import FirmId, UserId


class Role(IntEnum):
    """Each role may do what the ones before it may."""

    NOBODY = 0
    RECORDER = 1
    APPROVER = 2
    ADMIN = 3


@dataclass(frozen=True)
class Member:
    """A person as Slack describes them. `is_admin`: workspace admin or owner."""

    firm_id: FirmId
    user_id: UserId
    is_admin: bool
    is_outsider: bool  # Guest, deactivated, a bot, or of another workspace.
    locale: str
    timezone: str

    @property
    def role(self) -> Role:
        if self.is_outsider:
            return Role.NOBODY
        return Role.ADMIN if self.is_admin else Role.RECORDER
