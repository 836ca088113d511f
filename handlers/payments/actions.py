"""The buttons of a payment's message."""

from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.payments.commands import shown
from handlers.payments.found import payment_of


async def press_sync(desk: Desk, request: Request) -> Reply:
    payment = payment_of(request.words)
    await desk.payments.sync(request.member.firm_id, payment, by=request.member.user_id)
    return await shown(desk, request, payment)


async def press_cancel(desk: Desk, request: Request) -> Reply:
    payment = payment_of(request.words)
    await desk.payments.cancel(request.member.firm_id, payment, by=request.member.user_id)
    return await shown(desk, request, payment)


async def press_sync_client(desk: Desk, request: Request) -> Reply:
    """The payment waits for its client, and goes on by itself."""
    payment = payment_of(request.words)
    standing = await desk.payments.show(request.member.firm_id, payment)
    await desk.clients.sync(
        request.member.firm_id, standing.payment.client.name, by=request.member.user_id
    )
    return await shown(desk, request, payment)
