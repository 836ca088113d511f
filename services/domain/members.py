"""Who may do what."""

from dataclasses import dataclass
from enum import IntEnum

from services.domain.ids import FirmId, UserId
from services.domain.settings import Rights


class Role(IntEnum):
    """Each role may do what the ones before it may."""

    NOBODY = 0
    RECORDER = 1
    APPROVER = 2
    ADMIN = 3


@dataclass(frozen=True)
class Member:
    """A person as Slack describes them, and what their firm made of them.

    `is_admin`: workspace admin or owner. `rank_counts`: until the firm names admins. `named`: the
    role that it gave this person.
    """

    firm_id: FirmId
    user_id: UserId
    is_admin: bool
    is_outsider: bool  # Guest, deactivated, a bot, or of another workspace.
    locale: str
    timezone: str
    named: Role = Role.RECORDER
    rank_counts: bool = True

    @property
    def role(self) -> Role:
        if self.is_outsider:
            return Role.NOBODY
        rank = Role.ADMIN if self.is_admin and self.rank_counts else Role.RECORDER
        return max(rank, self.named)


def named_role(user: UserId, rights: Rights) -> Role:
    """What the firm made of a person; everybody else who may do anything is a recorder."""
    if user in rights.admins:
        return Role.ADMIN
    return Role.APPROVER if user in rights.approvers else Role.RECORDER
