"""In which role the person at work was let in; it goes along with what they asked for."""

from contextvars import ContextVar

from services.domain.ids import UserId
from services.domain.members import Role

_LET_IN: ContextVar[tuple[UserId, Role] | None] = ContextVar("let_in", default=None)


def let_in(user: UserId, role: Role) -> None:
    """From here on, in this request, they act in this role."""
    _LET_IN.set((user, role))


def role_of(actor: str) -> Role | None:
    """None for whoever was not let in: the program itself, also where it ends what they began."""
    known = _LET_IN.get()
    return known[1] if known is not None and known[0] == actor else None
