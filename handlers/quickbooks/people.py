"""Who may do what: the part of the settings that names people."""

import asyncio
from collections.abc import Iterable

from handlers import ids
from handlers.desk import Desk, Request
from handlers.elements import Block, field_input
from handlers.errors import Unusable
from handlers.forms import Values
from services.domain.ids import UserId
from services.domain.members import Role
from services.domain.settings import Rights
from services.errors import TryLater

MOST_PEOPLE = 50  # As many as are looked up within a submission.
_ADMINS = (
    "They connect QuickBooks and choose what stands here. While nobody is named, the admins and "
    "owners of the workspace are; once somebody is, that rank grants nothing."
)
_APPROVERS = "They also unsync, refund, void and delete. Everybody else records and syncs."


def people_fields(rights: Rights) -> list[Block]:
    return [
        _people(ids.ADMINS, "Admins", rights.admins, _ADMINS),
        _people(ids.APPROVERS, "Approvers", rights.approvers, _APPROVERS),
    ]


def _people(name: str, label: str, users: Iterable[UserId], hint: str) -> Block:
    menu: Block = {"type": "multi_users_select", "max_selected_items": MOST_PEOPLE}
    if named := sorted(users):
        menu["initial_users"] = named
    return field_input(name, label, menu, optional=True, hint=hint)


def read_people(values: Values) -> Rights:
    return Rights(_read(values, ids.ADMINS), _read(values, ids.APPROVERS))


def _read(values: Values, name: str) -> frozenset[UserId]:
    return frozenset(map(UserId, values[name][name].get("selected_users") or []))


async def check_people(desk: Desk, request: Request, before: Rights, wanted: Rights) -> None:
    """Unusable where somebody new may do nothing here, or where nobody would be left."""
    if before.admins and not wanted.admins:
        last = "Somebody must be an admin: name another one before the last goes."
        raise Unusable({ids.ADMINS: last})
    changes = (
        (ids.ADMINS, wanted.admins - before.admins),
        (ids.APPROVERS, wanted.approvers - before.approvers),
    )
    for field, new in changes:
        await _check_members(desk, request, field, sorted(new))


async def _check_members(desk: Desk, request: Request, field: str, new: list[UserId]) -> None:
    find, firm = desk.doorkeeper.find, request.member.firm_id
    try:
        found = await asyncio.gather(*(find(request.client, firm, user) for user in new))
    except TryLater as error:
        raise Unusable({field: str(error)}) from None
    if any(member.role is Role.NOBODY for member in found):
        raise Unusable({field: "Only full members of this workspace can be named."})
