"""/quickbooks, connect, help."""

from handlers import ids
from handlers.desk import Desk, Request
from handlers.elements import Reply, actions, link_button, section
from handlers.quickbooks.blocks import show_health
from services.domain.members import Role

HELP = Reply(
    "*/quickbooks* – is everything in step?\n"
    "*/quickbooks connect* – connect your QuickBooks company (admins)\n"
    "*/quickbooks settings* – what happens by default (admins)"
)


async def explain(desk: Desk, request: Request) -> Reply:
    del desk, request
    return HELP


async def health_or_explain(desk: Desk, request: Request) -> Reply:
    if request.words:
        return Reply(f"I do not know that word. This is what I understand:\n{HELP.text}")
    health = await desk.connections.health(request.member.firm_id)
    return show_health(health, is_admin=request.member.role >= Role.ADMIN)


async def connect(desk: Desk, request: Request) -> Reply:
    secret = await desk.connections.begin(request.member.firm_id, request.member.user_id)
    url = f"{desk.public_url}/quickbooks/connect?link={secret}"
    text = (
        "Sign in to Intuit and choose your company. The link is for you alone, "
        "and works for 15 minutes. Nothing is sent before you have confirmed the company."
    )
    row = actions(link_button("Connect to QuickBooks", ids.OPEN_CONNECT, url))
    return Reply(text, [section(text), *row])
