"""The buttons of a refund: each is answered with how the refund stands then."""

from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.payments.found import refund_of
from handlers.refunds.blocks import show
from services.domain.ids import RefundId


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


async def shown(desk: Desk, request: Request, refund: RefundId) -> Reply:
    """How it stands, for whoever asked."""
    firm = request.member.firm_id
    return show(
        await desk.refunds.show(firm, refund),
        locale=request.member.locale,
        company=await desk.previews.company(firm),
    )
