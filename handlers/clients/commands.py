"""/client new, show, sync, help."""

from handlers.clients.blocks import show
from handlers.clients.views import client_modal
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Reply
from services.errors import Refused

HELP = Reply(
    "*/client new* [name] – add a client\n"
    "*/client show* name – is it in QuickBooks?\n"
    "*/client sync* name – sync it to QuickBooks"
)


async def explain(desk: Desk, request: Request) -> Reply:
    del desk, request
    return HELP


async def new_client(desk: Desk, request: Request) -> None:
    del desk
    await open_modal(request, client_modal(request.words))


async def show_client(desk: Desk, request: Request) -> Reply:
    return show(await desk.clients.get_by_name(request.member.firm_id, _name(request)))


async def sync_client(desk: Desk, request: Request) -> Reply:
    member = request.member
    await desk.clients.sync(member.firm_id, _name(request), by=member.user_id)
    return await show_client(desk, request)


def _name(request: Request) -> str:
    if not request.words:
        raise Refused("Which client? Write the name.")
    return request.words
