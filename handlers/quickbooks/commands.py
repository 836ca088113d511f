"""/quickbooks, connect, failures, help."""

from handlers import ids
from handlers.alerts.actions import show_all
from handlers.desk import Desk, Request
from handlers.elements import Reply, actions, link_button, section
from handlers.quickbooks.blocks import show_health
from services.domain.members import Role

HELP = Reply(
    "*/quickbooks* – is everything in step?\n"
    "*/quickbooks failures* – what needs a person, why, and the way out\n"
    "*/quickbooks connect* – connect your QuickBooks company (admins)\n"
    "*/quickbooks disconnect* – send nothing more, lose nothing (admins)\n"
    "*/quickbooks settings* – defaults, accounts, who may do what, alerts (admins)"
)


async def explain(desk: Desk, request: Request) -> Reply:
    del desk, request
    return HELP


async def health_or_explain(desk: Desk, request: Request) -> Reply:
    if request.words:
        return Reply(f"I do not know that word. This is what I understand:\n{HELP.text}")
    firm = request.member.firm_id
    health = await desk.connections.health(firm)
    work = await desk.overviews.work(firm, now=desk.clock())
    reply = show_health(health, work, is_admin=request.member.role >= Role.ADMIN)
    troubles = await show_all(desk, firm)
    if not troubles.blocks:
        return reply
    return Reply(f"{reply.text}\n{troubles.text}", [*reply.blocks, *troubles.blocks])


async def failures(desk: Desk, request: Request) -> Reply:
    return await show_all(desk, request.member.firm_id)


async def connect(desk: Desk, request: Request) -> Reply:
    secret = await desk.connections.begin(request.member.firm_id, request.member.user_id)
    url = f"{desk.public_url}/quickbooks/connect?link={secret}"
    text = (
        "Sign in to Intuit and choose your company. The link is for you alone, "
        "and works for 15 minutes. Nothing is sent before you have confirmed the company."
    )
    row = actions(link_button("Connect to QuickBooks", ids.OPEN_CONNECT, url))
    return Reply(text, [section(text), *row])
