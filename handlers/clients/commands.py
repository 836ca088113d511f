"""/client new, list, show, sync, unsync, link, exclude, include, help."""

from handlers.clients.actions import open_link, open_unsync, set_excluded
from handlers.clients.blocks import show_page
from handlers.clients.found import find_client, show_client
from handlers.clients.views import client_modal
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Reply
from handlers.lists import Turn, first_turn, read_search, read_turn

HELP = Reply(
    "*/client new* [name] – add a client\n"
    "*/client list* [words] – find clients: by name, status\n"
    "*/client show* name – is it in QuickBooks, and what can be done?\n"
    "*/client sync* name – sync it to QuickBooks\n"
    "*/client link* name – tie it to a customer that QuickBooks has already\n"
    "*/client unsync* name – let go of that customer again (approvers)\n"
    "*/client exclude* name, *include* name – keep all of it out of QuickBooks, or not"
)


async def explain(desk: Desk, request: Request) -> Reply:
    del desk, request
    return HELP


async def explain_others(desk: Desk, request: Request) -> Reply:
    del desk
    unknown = "I do not know that word. This is what I understand:\n" if request.words else ""
    return Reply(f"{unknown}{HELP.text}")


async def new_client(desk: Desk, request: Request) -> None:
    del desk
    await open_modal(request, client_modal(request.words))


async def list_clients(desk: Desk, request: Request) -> Reply:
    return await _page(desk, request, first_turn(request.words))


async def turn_page(desk: Desk, request: Request) -> Reply:
    return await _page(desk, request, read_turn(request.words))


async def _page(desk: Desk, request: Request, turn: Turn) -> Reply:
    search = read_search(turn.sought)
    page = await desk.overviews.clients(request.member.firm_id, search, turn.place)
    return show_page(page, turn.sought)


async def show_one(desk: Desk, request: Request) -> Reply:
    return await show_client(desk, request, (await find_client(desk, request)).id)


async def sync_client(desk: Desk, request: Request) -> Reply:
    member, client = request.member, await find_client(desk, request)
    await desk.clients.sync(member.firm_id, client.name, by=member.user_id)
    return await show_client(desk, request, client.id)


async def unsync_client(desk: Desk, request: Request) -> None:
    await open_unsync(desk, request, await find_client(desk, request))


async def link_client(desk: Desk, request: Request) -> None:
    await open_link(desk, request, await find_client(desk, request))


async def exclude_client(desk: Desk, request: Request) -> Reply:
    client = await find_client(desk, request)
    return await set_excluded(desk, request, client.id, excluded=True)


async def include_client(desk: Desk, request: Request) -> Reply:
    client = await find_client(desk, request)
    return await set_excluded(desk, request, client.id, excluded=False)
