"""Disconnect: what stops and what stays is said before."""

from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Reply, modal, section
from handlers.telling import tell
from handlers.text import escape
from services.errors import TryLater

_STAYS = (
    "Nothing more is sent, and Counterfoil’s access ends at Intuit. Nothing is lost: what waits "
    "goes on by itself once an admin has connected the same company again."
)
_NOT_REVOKED = (
    "QuickBooks is disconnected here, but Intuit could not be told. Type /quickbooks disconnect "
    "again in a while, or remove Counterfoil under Apps in QuickBooks."
)


async def open_disconnect(desk: Desk, request: Request) -> None:
    connection = await desk.connections.get(request.member.firm_id)
    text = f"*{escape(connection.company.name)}*\n{_STAYS}"
    view = modal(ids.DISCONNECT, "Disconnect QuickBooks?", "Disconnect", [section(text)])
    await open_modal(request, view)


async def disconnect(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    """It stops at once; Intuit, which may take its time, is told behind the answer."""
    del view
    await desk.connections.disconnect(request.member.firm_id, by=request.member.user_id)
    desk.background.spawn(_revoke(desk, request))
    return Reply(
        "QuickBooks is disconnected. Nothing is lost: `/quickbooks connect` with the same "
        "company, and all goes on."
    )


async def _revoke(desk: Desk, request: Request) -> None:
    try:
        await desk.connections.revoke(request.member.firm_id, by=request.member.user_id)
    except TryLater:
        await tell(request.client, request.member.user_id, Reply(_NOT_REVOKED))
