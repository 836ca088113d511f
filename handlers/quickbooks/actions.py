"""The buttons of the connection."""

from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.text import escape
from services.domain.ids import RealmId


async def press_use_company(desk: Desk, request: Request) -> Reply:
    connection = await desk.connections.confirm(
        request.member.firm_id, RealmId(request.words), by=request.member.user_id
    )
    name = escape(connection.company.name)
    return Reply(
        f"QuickBooks is connected: {name}. Payments that people sync go there from now on."
    )


async def follow_link(desk: Desk, request: Request) -> None:
    """The browser does the work; Slack only wants to hear that we know."""
    del desk, request
