"""The form in which a client is tied to a customer that QuickBooks has already."""

import json
from typing import Any

from handlers import ids
from handlers.clients.found import client_of, show_client
from handlers.clients.offers import near_match_of
from handlers.desk import Desk, Request
from handlers.elements import Block, Reply, field_input, modal, option, section
from handlers.errors import as_we_made_it
from handlers.live import is_id, linked_in_time, live_menu, pick, told
from handlers.text import escape
from services.domain.ids import ClientId
from services.domain.ledger import Client
from services.errors import Refused
from services.live import Customer


def link_modal(client: Client) -> Block:
    """Open with the near match chosen, where there is one."""
    menu, near = live_menu("Search QuickBooks’ customers…"), near_match_of(client)
    if near and near.is_active:
        menu["initial_option"] = option(near.name, near.qbo_id)
    field = field_input(
        ids.QBO_CUSTOMER,
        "QuickBooks customer",
        menu,
        hint="Nothing is renamed or written there. Sub-customers stand behind their parent.",
    )
    about = section(f"*{escape(client.name)}*")
    view = modal(ids.LINK_CLIENT, f"Link {client.name}", "Link", [about, field])
    return {**view, "private_metadata": json.dumps(str(client.id))}


async def suggest_customers(desk: Desk, request: Request) -> list[Block]:
    async def find() -> list[Block]:
        found = await desk.live.customers(request.member.firm_id, request.words)
        return [_option(each) for each in found]

    return await told(desk, find(), "", none="QuickBooks has no such customer that is free.")


def _option(customer: Customer) -> Block:
    return option(customer.name, customer.id, customer.email)


async def link(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    with as_we_made_it():
        client = client_of(str(json.loads(view["private_metadata"])))
    qbo_id = pick(view["state"]["values"], ids.QBO_CUSTOMER)
    await linked_in_time(desk, tie(desk, request, client, qbo_id), ids.QBO_CUSTOMER)
    return await show_client(desk, request, client)


async def tie(desk: Desk, request: Request, client: ClientId, qbo_id: str) -> None:
    """Refused where QuickBooks has no such customer that can be it."""
    if not is_id(qbo_id):
        raise Refused("QuickBooks has no such customer.")
    member = request.member
    await desk.background.unbroken(
        desk.links.link_client(member.firm_id, client, qbo_id, by=member.user_id)
    )
