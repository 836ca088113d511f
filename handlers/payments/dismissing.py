"""Leave a Failed payment out of QuickBooks for good, and say why."""

from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.elements import field_input, modal, text_input
from handlers.forms import typed
from handlers.payments.found import payment_of
from services.domain.sync import ACTIONS, Action
from services.errors import Refused

MAX_WHY = 300  # A sentence; it stands beside the payment from then on.


async def press_dismiss(desk: Desk, request: Request) -> None:
    payment = payment_of(request.words)
    found = (await desk.payments.show(request.member.firm_id, payment)).payment
    if Action.DISMISS not in ACTIONS[found.sync.status]:
        raise Refused(f"{found.name} is {found.sync.status.label}: there is nothing to dismiss.")
    why = field_input(
        ids.WHY,
        "Why is it left out?",
        text_input(max_length=MAX_WHY),
        hint="It becomes Skipped, and can be synced or linked later all the same.",
    )
    view = modal(ids.DISMISS_FORM, f"Dismiss {found.name}", "Dismiss", [why])
    await open_modal(request, {**view, "private_metadata": str(payment)})


async def dismiss(desk: Desk, request: Request, view: dict[str, Any]) -> None:
    member = request.member
    await desk.payments.dismiss(
        member.firm_id,
        payment_of(view["private_metadata"]),
        why=typed(view["state"]["values"], ids.WHY),
        by=member.user_id,
    )
