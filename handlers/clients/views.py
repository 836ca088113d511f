"""The modal in which a client is added."""

import json
from typing import Any

from handlers import ids
from handlers.clients.found import client_of, show_client
from handlers.desk import Desk, Request
from handlers.elements import Block, Reply, field_input, modal, rich, text_input, word
from handlers.errors import Unusable, as_we_made_it
from handlers.forms import Values, typed
from handlers.text import escape
from services.domain.client_checks import objection_to_email, objection_to_name, tidy_name
from services.domain.ledger import MAX_EMAIL, MAX_NAME, Client
from services.domain.sync import Status
from services.errors import Refused
from services.submissions import digest

_THERE_TOO = "It is changed in QuickBooks too."


def client_modal(name: str) -> Block:
    cut = f"Cut to {MAX_NAME} characters, which are the most." if len(name) > MAX_NAME else None
    return modal(ids.NEW_CLIENT, "Add a client", "Save", _fields(name[:MAX_NAME], None, hint=cut))


def edit_modal(client: Client) -> Block:
    there = client.sync.status is Status.SYNCED
    fields = _fields(client.name, client.email, hint=_THERE_TOO if there else None)
    view = modal(ids.EDIT_CLIENT, f"Edit {client.name}", "Save", fields)
    return {**view, "private_metadata": json.dumps([str(client.id), _digest(client)])}


def _digest(client: Client) -> str:
    """What can be edited of it, as the person saw it."""
    return digest(client.name, client.email)


def _fields(name: str, email: str | None, *, hint: str | None = None) -> list[Block]:
    address = text_input(max_length=MAX_EMAIL, initial=email)
    return [
        field_input(ids.NAME, "Name", text_input(max_length=MAX_NAME, initial=name), hint=hint),
        field_input(ids.EMAIL, "E-mail", address, optional=True),
    ]


async def save_client(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    name, email = read_client(view["state"]["values"])
    member = request.member
    try:
        await desk.clients.record(member.firm_id, name=name, email=email, by=member.user_id)
    except Refused as error:
        raise Unusable({ids.NAME: str(error)}) from None
    then = (
        " is a client now: choose it in /payment new. It goes to QuickBooks with its first "
        "synced payment, or with /client sync."
    )
    return Reply(f"{escape(name)}{then}", [rich([word(name, bold=True), word(then)])])


async def save_edit(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    """It changes in QuickBooks too, where it is there."""
    name, email = read_client(view["state"]["values"])
    member = request.member
    with as_we_made_it():
        kept, shown = json.loads(view["private_metadata"])
        client = client_of(str(kept))
    found = (await desk.clients.show(member.firm_id, client)).client
    if shown != _digest(found) and (name, email) != (found.name, found.email):
        changed = f"{found.name} was changed since you opened this form."
        raise Unusable({ids.NAME: f"{changed} Close it, and look at what it is now."})
    try:
        await desk.clients.edit(member.firm_id, client, name=name, email=email, by=member.user_id)
    except Refused as error:
        raise Unusable({ids.NAME: str(error)}) from None
    return await show_client(desk, request, client)


def read_client(values: Values) -> tuple[str, str | None]:
    """Raise Unusable with a sentence at the field that it is about."""
    name, email = tidy_name(typed(values, ids.NAME)), typed(values, ids.EMAIL)
    if objection := objection_to_name(name):
        raise Unusable({ids.NAME: objection})
    if email and (objection := objection_to_email(email)):
        raise Unusable({ids.EMAIL: objection})
    return name, email or None
