"""The buttons of a payment's message."""

from uuid import UUID

from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.payments.blocks import show
from services.domain.ids import PaymentId
from services.errors import NotFound


async def press_sync(desk: Desk, request: Request) -> Reply:
    payment = _payment_of(request)
    await desk.payments.sync(request.member.firm_id, payment, by=request.member.user_id)
    return await _standing(desk, request, payment)


async def press_cancel(desk: Desk, request: Request) -> Reply:
    payment = _payment_of(request)
    await desk.payments.cancel(request.member.firm_id, payment, by=request.member.user_id)
    return await _standing(desk, request, payment)


async def press_sync_client(desk: Desk, request: Request) -> Reply:
    """The payment waits for its client, and goes on by itself."""
    payment = _payment_of(request)
    standing = await desk.payments.show(request.member.firm_id, payment)
    await desk.clients.sync(
        request.member.firm_id, standing.payment.client.name, by=request.member.user_id
    )
    return await _standing(desk, request, payment)


async def _standing(desk: Desk, request: Request, payment: PaymentId) -> Reply:
    standing = await desk.payments.show(request.member.firm_id, payment)
    return show(standing, locale=request.member.locale, records_url=desk.records_url)


def _payment_of(request: Request) -> PaymentId:
    try:
        return PaymentId(UUID(request.words))
    except ValueError:
        raise NotFound("There is no such payment.") from None
