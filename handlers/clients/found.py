"""Which client a person means, and how it stands."""

from uuid import UUID

from handlers.clients.blocks import show
from handlers.desk import Desk, Request
from handlers.elements import Reply
from services.domain.ids import ClientId
from services.domain.ledger import Client
from services.errors import NotFound, Refused


def client_of(words: str) -> ClientId:
    """From the value of a button, or of a form."""
    try:
        return ClientId(UUID(words))
    except ValueError:
        raise NotFound("There is no such client.") from None


async def find_client(desk: Desk, request: Request) -> Client:
    """The one that was typed."""
    if not request.words:
        raise Refused("Which client? Write the name.")
    return await desk.clients.get_by_name(request.member.firm_id, request.words)


async def show_client(desk: Desk, request: Request, client: ClientId) -> Reply:
    standing = await desk.clients.show(request.member.firm_id, client)
    return show(standing, records_url=desk.records_url)
