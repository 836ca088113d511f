"""/invoice new, list, show, sync, unsync, link, void, help."""

from handlers.desk import Desk, Request, open_modal
from handlers.elements import Reply
from handlers.invoices.actions import open_link, open_unsync, open_void
from handlers.invoices.blocks import show_page
from handlers.invoices.found import find_invoice, show_invoice
from handlers.invoices.views import DUE_AFTER, Draft, invoice_modal
from handlers.lists import Turn, first_turn, read_search, read_turn
from handlers.text import today
from services.domain.ledger import Client, name_key
from services.errors import ClientFirst

HELP = Reply(
    "*/invoice new* [client] – make an invoice\n"
    "*/invoice list* [words] – find invoices: by client, number, status\n"
    "*/invoice show INV-1001* – how it stands, and what can be done\n"
    "*/invoice sync INV-1001* – sync it to QuickBooks\n"
    "*/invoice unsync INV-1001* – take it out of QuickBooks again (approvers)\n"
    "*/invoice link INV-1001* – tie it to an invoice that QuickBooks has already\n"
    "*/invoice void INV-1001* – it stays, as nothing (approvers)"
)


async def explain(desk: Desk, request: Request) -> Reply:
    del desk, request
    return HELP


async def explain_others(desk: Desk, request: Request) -> Reply:
    del desk
    unknown = "I do not know that word. This is what I understand:\n" if request.words else ""
    return Reply(f"{unknown}{HELP.text}")


async def new_invoice(desk: Desk, request: Request) -> None:
    """Open the form, with the client where the words name one."""
    member, settings = request.member, request.settings
    await desk.invoices.check_offered(member.firm_id)
    on = today(desk.clock(), member.timezone)
    client = await _client(desk, request) if request.words else None
    draft = Draft(settings.currency, on, on + DUE_AFTER, client=client)
    await open_modal(request, invoice_modal(draft, locale=member.locale))


async def _client(desk: Desk, request: Request) -> Client | None:
    found = await desk.clients.search(request.member.firm_id, request.words)
    exact = [each for each in found if name_key(each.name) == name_key(request.words)]
    best = exact or found
    return best[0] if len(best) == 1 else None


async def list_invoices(desk: Desk, request: Request) -> Reply:
    return await _page(desk, request, first_turn(request.words))


async def turn_page(desk: Desk, request: Request) -> Reply:
    return await _page(desk, request, read_turn(request.words))


async def _page(desk: Desk, request: Request, turn: Turn) -> Reply:
    member = request.member
    search = read_search(turn.sought)
    page = await desk.overviews.invoices(member.firm_id, search, turn.place)
    return show_page(page, turn.sought, locale=member.locale)


async def show_one(desk: Desk, request: Request) -> Reply:
    return await show_invoice(desk, request, await find_invoice(desk, request))


async def sync_invoice(desk: Desk, request: Request) -> Reply:
    """With a client that is not there, nothing is sent: the answer offers to send that first."""
    invoice, member = await find_invoice(desk, request), request.member
    try:
        await desk.invoices.sync(member.firm_id, invoice, by=member.user_id)
    except ClientFirst:
        return await show_invoice(desk, request, invoice)
    return await show_invoice(desk, request, invoice)


async def unsync_invoice(desk: Desk, request: Request) -> None:
    await open_unsync(desk, request, await find_invoice(desk, request))


async def link_invoice(desk: Desk, request: Request) -> None:
    await open_link(desk, request, await find_invoice(desk, request))


async def void_invoice(desk: Desk, request: Request) -> None:
    await open_void(desk, request, await find_invoice(desk, request))
