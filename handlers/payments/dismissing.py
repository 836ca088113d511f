"""Leave a Failed payment out of QuickBooks for good, and say why."""

from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.dismissing import dismiss_modal, read_why
from handlers.payments.found import payment_of
from services.domain.sync import ACTIONS, Action
from services.errors import Refused


async def press_dismiss(desk: Desk, request: Request) -> None:
    payment = payment_of(request.words)
    found = (await desk.payments.show(request.member.firm_id, payment)).payment
    if Action.DISMISS not in ACTIONS[found.sync.status]:
        raise Refused(f"{found.name} is {found.sync.status.label}: there is nothing to dismiss.")
    await open_modal(request, dismiss_modal(ids.DISMISS_FORM, found.name, str(payment)))


async def dismiss(desk: Desk, request: Request, view: dict[str, Any]) -> None:
    member = request.member
    await desk.payments.dismiss(
        member.firm_id,
        payment_of(view["private_metadata"]),
        why=read_why(view),
        by=member.user_id,
    )
