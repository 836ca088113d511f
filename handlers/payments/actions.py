"""The buttons of a payment's message."""

from handlers.clients.following import tell_if_it_fails
from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.payments.commands import shown
from handlers.payments.found import payment_of


async def press_show(desk: Desk, request: Request) -> Reply:
    return await shown(desk, request, payment_of(request.words))


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
    payment, member = payment_of(request.words), request.member
    client = (await desk.payments.show(member.firm_id, payment)).payment.client
    await desk.clients.sync(member.firm_id, client.name, by=member.user_id)
    desk.background.spawn(tell_if_it_fails(desk, request, client.id))
    return await shown(desk, request, payment)
