"""Whoever recorded a payment sees in its message what becomes of it; anybody else is told."""

from handlers.desk import Desk, Request
from handlers.elements import Reply
from services.domain.ids import PaymentId


async def tell_others(desk: Desk, request: Request, payment: PaymentId, what: str) -> Reply | None:
    """None where the message tells it."""
    standing = await desk.payments.show(request.member.firm_id, payment)
    if standing.payment.recorded_by == request.member.user_id:
        return None
    name = standing.payment.name
    return Reply(f"{name} {what}. `/payment show {name}` tells how it stands.")
