"""The buttons of a refund: each is answered with how the refund stands then."""

from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.dismissing import dismiss_modal, read_why
from handlers.elements import Reply
from handlers.payments.found import refund_of
from handlers.refunds.blocks import show
from services.domain.ids import RefundId
from services.domain.sync import Action
from services.errors import Refused


async def press_show(desk: Desk, request: Request) -> Reply:
    return await shown(desk, request, refund_of(request.words))


async def press_sync(desk: Desk, request: Request) -> Reply:
    refund = refund_of(request.words)
    await desk.refunds.sync(request.member.firm_id, refund, by=request.member.user_id)
    return await shown(desk, request, refund)


async def press_cancel(desk: Desk, request: Request) -> Reply:
    refund = refund_of(request.words)
    await desk.refunds.cancel(request.member.firm_id, refund, by=request.member.user_id)
    return await shown(desk, request, refund)


async def press_unsync(desk: Desk, request: Request) -> Reply:
    refund = refund_of(request.words)
    await desk.refunds.unsync(request.member.firm_id, refund, by=request.member.user_id)
    return await shown(desk, request, refund)


async def press_delete(desk: Desk, request: Request) -> Reply:
    refund = refund_of(request.words)
    await desk.refunds.void(request.member.firm_id, refund, by=request.member.user_id)
    return await shown(desk, request, refund)


async def press_dismiss(desk: Desk, request: Request) -> None:
    refund = refund_of(request.words)
    standing = await desk.refunds.show(request.member.firm_id, refund)
    name, status = standing.refund.name, standing.refund.sync.status
    if Action.DISMISS not in standing.actions:
        raise Refused(f"{name} is {status.label}: there is nothing to dismiss.")
    await open_modal(request, dismiss_modal(ids.DISMISS_REFUND, name, str(refund)))


async def dismiss(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    refund, member = refund_of(view["private_metadata"]), request.member
    await desk.refunds.dismiss(member.firm_id, refund, why=read_why(view), by=member.user_id)
    return await shown(desk, request, refund)


async def shown(desk: Desk, request: Request, refund: RefundId) -> Reply:
    """How it stands, for whoever asked."""
    firm = request.member.firm_id
    return show(
        await desk.refunds.show(firm, refund),
        locale=request.member.locale,
        records_url=desk.records_url,
        company=await desk.previews.company(firm),
    )
