"""Editing a payment: the form starts from the ledger, and changes QuickBooks too if it is there."""

from dataclasses import replace
from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Reply
from handlers.errors import Unusable
from handlers.payments.draft import Draft, read_draft, read_payment
from handlers.payments.found import payment_of
from handlers.payments.others import tell_others
from handlers.payments.recording import draw
from handlers.payments.settling import check_open
from handlers.text import today
from services.domain.changes import as_typed, bare
from services.domain.ids import PaymentId
from services.domain.ledger import Allocation, Payment
from services.domain.sync import Status
from services.errors import Refused
from services.forecasts import Forecast
from services.submissions import digest


async def press_edit(desk: Desk, request: Request) -> None:
    payment = await _editable(desk, request, payment_of(request.words))
    on = today(desk.clock(), request.member.timezone)
    draft = Draft(
        currency=payment.amount.currency,
        sync=payment.sync.status is Status.SYNCED,
        today=on.isoformat(),
        client=payment.client,
        amount=payment.amount,
        client_id=payment.client.id,
        received_on=payment.received_on,
        method=payment.method,
        reference=payment.reference,
        description=payment.description,
        invoices=tuple(each.invoice_id for each in payment.allocations),
        edits=payment.id,
        shown=_digest(payment),
    )
    await open_modal(request, await draw(desk, request, draft, form="", look=False))


async def _editable(desk: Desk, request: Request, wanted: PaymentId) -> Payment:
    payment = (await desk.payments.show(request.member.firm_id, wanted)).payment
    if payment.voided:
        raise Refused(f"{payment.name} is void.")
    if payment.sync.status is Status.SYNCING:
        raise Refused(f"{payment.name} is on its way. Try again in a moment.")
    return payment


async def save_edit(desk: Desk, request: Request, view: dict[str, Any]) -> Reply | None:
    member, draft = request.member, read_draft(view, locale=request.member.locale)
    if draft.edits is None:
        raise Unusable({ids.AMOUNT: "This form is from another version. Open a new one."})
    payment = (await desk.payments.show(member.firm_id, draft.edits)).payment
    intent = draft.intent(view["id"])
    forecast = await desk.forecasts.settle(member.firm_id, intent, request.settings)
    wanted = read_payment(
        draft, _allocations(payment, draft, forecast), locale=member.locale, now=desk.clock()
    )
    if draft.shown != _digest(payment) and wanted != as_typed(payment):
        raise Refused(
            f"{payment.name} was changed since you opened this form. "
            "Close it, and look at what it is now."
        )
    await desk.payments.edit(member.firm_id, payment.id, wanted, by=member.user_id)
    return await tell_others(desk, request, payment.id, "is changed")


def _digest(payment: Payment) -> str:
    """What a person sees of it before they edit it; they are told what QuickBooks says, too."""
    note = payment.sync.note
    return digest(as_typed(payment), note.cause if note else None)


def _allocations(payment: Payment, draft: Draft, forecast: Forecast) -> tuple[Allocation, ...]:
    """What the person did not touch stays, also where it was not spread by age.

    Raise Unusable where something was chosen that is open no more.
    """
    before = {each.invoice_id: each for each in payment.allocations}
    if draft.amount == payment.amount and set(draft.invoices) == set(before):
        return bare(payment.allocations)
    check_open(draft, forecast)
    return tuple(
        replace(each, left_out=each.invoice_id in before and before[each.invoice_id].left_out)
        for each in forecast.allocations
    )
