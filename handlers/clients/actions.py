"""The buttons of a client."""

from handlers import ids
from handlers.clients.found import client_of, show_client
from handlers.clients.linking import link_modal, tie
from handlers.clients.partings import unsync_modal
from handlers.clients.views import edit_modal
from handlers.desk import Desk, Request, open_modal
from handlers.dismissing import dismiss_modal
from handlers.elements import Reply
from services.domain.ids import ClientId
from services.domain.ledger import Client
from services.domain.sync import ACTIONS, Action, Status
from services.errors import Refused


async def press_show(desk: Desk, request: Request) -> Reply:
    return await show_client(desk, request, client_of(request.words))


async def press_sync(desk: Desk, request: Request) -> Reply:
    return await _sync(desk, request, anyway=False)


async def press_create_anyway(desk: Desk, request: Request) -> Reply:
    """The person has seen the one that is almost the same, and wants another."""
    return await _sync(desk, request, anyway=True)


async def _sync(desk: Desk, request: Request, *, anyway: bool) -> Reply:
    member, client = request.member, client_of(request.words)
    found = await desk.clients.get(member.firm_id, client)
    await desk.clients.sync(member.firm_id, found.name, by=member.user_id, anyway=anyway)
    return await show_client(desk, request, client)


async def press_link_near_match(desk: Desk, request: Request) -> Reply:
    record, _, qbo_id = request.words.partition(" ")
    client = client_of(record)
    await tie(desk, request, client, qbo_id)
    return await show_client(desk, request, client)


async def press_cancel(desk: Desk, request: Request) -> Reply:
    client, member = client_of(request.words), request.member
    await desk.clients.cancel(member.firm_id, client, by=member.user_id)
    return await show_client(desk, request, client)


async def press_exclude(desk: Desk, request: Request) -> Reply:
    return await set_excluded(desk, request, client_of(request.words), excluded=True)


async def press_include(desk: Desk, request: Request) -> Reply:
    return await set_excluded(desk, request, client_of(request.words), excluded=False)


async def set_excluded(desk: Desk, request: Request, client: ClientId, *, excluded: bool) -> Reply:
    member = request.member
    await desk.clients.exclude(member.firm_id, client, by=member.user_id, excluded=excluded)
    return await show_client(desk, request, client)


async def press_sync_skipped(desk: Desk, request: Request) -> Reply:
    client, member = client_of(request.words), request.member
    await desk.skips.sync(member.firm_id, client, by=member.user_id)
    return await show_client(desk, request, client)


async def press_unsync(desk: Desk, request: Request) -> None:
    await open_unsync(desk, request, await _pressed(desk, request))


async def press_link(desk: Desk, request: Request) -> None:
    await open_link(desk, request, await _pressed(desk, request))


async def press_dismiss(desk: Desk, request: Request) -> None:
    client = await _pressed(desk, request)
    _check(client, Action.DISMISS)
    await open_modal(request, dismiss_modal(ids.DISMISS_CLIENT, client.name, str(client.id)))


async def press_edit(desk: Desk, request: Request) -> None:
    client = await _pressed(desk, request)
    if client.sync.status is Status.SYNCING:
        raise Refused(f"{client.name} is on its way. Try again in a moment.")
    await open_modal(request, edit_modal(client))


async def open_unsync(desk: Desk, request: Request, client: Client) -> None:
    """Ask first: QuickBooks keeps the customer, and what goes with it is listed."""
    _check(client, Action.UNSYNC)
    leaving = await desk.clients.leaving(request.member.firm_id, client.id)
    await open_modal(request, unsync_modal(client, leaving))


async def open_link(desk: Desk, request: Request, client: Client) -> None:
    del desk
    _check(client, Action.LINK)
    await open_modal(request, link_modal(client))


async def _pressed(desk: Desk, request: Request) -> Client:
    return await desk.clients.get(request.member.firm_id, client_of(request.words))


def _check(client: Client, action: Action) -> None:
    """Before a form is opened for nothing."""
    if action not in ACTIONS[client.sync.status]:
        raise Refused(f"{client.name} is {client.sync.status.label}: that cannot be done now.")
