"""The buttons of a client."""

from uuid import UUID

from handlers.clients.blocks import show
from handlers.desk import Desk, Request
from handlers.elements import Reply
from services.domain.ids import ClientId
from services.errors import NotFound


async def press_show(desk: Desk, request: Request) -> Reply:
    return show(await desk.clients.get(request.member.firm_id, client_of(request.words)))


def client_of(words: str) -> ClientId:
    """From the value of a button, or of a form."""
    try:
        return ClientId(UUID(words))
    except ValueError:
        raise NotFound("There is no such client.") from None
