"""Unsync and dismiss: what goes, and what stays, is said before."""

import json
from collections.abc import Sequence
from typing import Any

from handlers import ids
from handlers.clients.found import client_of, show_client
from handlers.desk import Desk, Request
from handlers.dismissing import read_why
from handlers.elements import Block, Reply, modal, section
from handlers.errors import NextForm, as_we_made_it
from handlers.text import escape
from services.domain.ids import ClientId
from services.domain.ledger import Client
from services.errors import RecordsFirst

MOST_NAMED = 20  # Of the records that go with a client.
_KEPT = "It is only unlinked: QuickBooks keeps the customer and all that was entered for it there."


def unsync_modal(client: Client, leaving: Sequence[str]) -> Block:
    """`leaving`: the records that go with it; the person agrees to all of them or to nothing."""
    texts = [f"*{escape(client.name)}*", _KEPT]
    if leaving:
        names = ", ".join(escape(each) for each in leaving[:MOST_NAMED])
        more = f" and {len(leaving) - MOST_NAMED} more" if len(leaving) > MOST_NAMED else ""
        texts.append(
            f"{len(leaving)} of its invoices and payments are in QuickBooks, or on their way. They "
            f"are unsynced with it, linked ones unlinked: {names}{more}."
        )
    label = "Unsync with its records" if leaving else "Unsync"
    view = modal(ids.UNSYNC_CLIENT, f"Unsync {client.name}?", label, [section("\n".join(texts))])
    return {**view, "private_metadata": json.dumps([str(client.id), bool(leaving)])}


async def unsync(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    (client, with_records), member = _read(view), request.member
    try:
        await desk.clients.unsync(
            member.firm_id, client, by=member.user_id, with_records=with_records
        )
    except RecordsFirst:  # One of them went to QuickBooks since the question was asked.
        found = await desk.clients.get(member.firm_id, client)
        leaving = await desk.clients.leaving(member.firm_id, client)
        raise NextForm(unsync_modal(found, leaving)) from None
    return await show_client(desk, request, client)


async def dismiss(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    client, member = client_of(view["private_metadata"]), request.member
    await desk.clients.dismiss(member.firm_id, client, why=read_why(view), by=member.user_id)
    return await show_client(desk, request, client)


def _read(view: dict[str, Any]) -> tuple[ClientId, bool]:
    """The client, and whether the person has agreed to what goes with it."""
    with as_we_made_it():
        record, with_records = json.loads(view["private_metadata"])
    return client_of(str(record)), bool(with_records)
