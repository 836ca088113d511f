"""Recording a payment: the form opens, follows what is entered, and is saved."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from handlers import ids
from handlers.desk import Desk, Request, open_modal, redraw_modal
from handlers.elements import Block, Reply
from handlers.errors import NextForm, Unusable
from handlers.payments import doubts
from handlers.payments.candidates import words
from handlers.payments.draft import Draft, already_name, read_draft, read_payment
from handlers.payments.linking import tie
from handlers.payments.settling import check_open
from handlers.payments.views import client_option, edit_modal, payment_modal
from services.domain.ids import PaymentId
from services.domain.ledger import NewPayment
from services.errors import CounterfoilError

log = structlog.get_logger()

QUIET = timedelta(seconds=0.15)  # Somebody who types rests longer only between fields.


async def open_form(desk: Desk, request: Request, draft: Draft) -> None:
    """At once, with what the ledger knows; what QuickBooks holds comes as soon as it is read."""
    view = await draw(desk, request, draft, form="", look=False)
    form = await open_modal(request, view)
    turn = desk.latest.turn(form)
    if draft.client is None or draft.client.sync.qbo_id is None:
        return
    view = await draw(desk, request, draft, form=form, look=True)
    if turn.is_last:
        await redraw_modal(request.client, form, view)


async def follow(desk: Desk, request: Request) -> None:
    """Something was entered: say what would happen now. Of quick changes the last one counts."""
    form = str(request.view["id"])
    turn = desk.latest.turn(form)
    await asyncio.sleep(QUIET.total_seconds())
    if not turn.is_last:
        return
    try:
        draft = read_draft(request.view, locale=_locale(request))
        draft = await _with_client(desk, request, draft)
        view = await draw(desk, request, draft, form=form, look=draft.edits is None)
    except CounterfoilError as error:  # Whoever saves the form is told.
        log.info("nothing foreseen", error=type(error).__name__)
        return
    if turn.is_last:
        await redraw_modal(request.client, form, view)


async def _with_client(desk: Desk, request: Request, draft: Draft) -> Draft:
    if draft.client_id is None:
        return draft
    client = await desk.clients.get(request.member.firm_id, draft.client_id)
    return replace(draft, client=client)


async def draw(desk: Desk, request: Request, draft: Draft, *, form: str, look: bool) -> Block:
    """Record or edit, as the draft says. `look` into QuickBooks too."""
    settings, locale = request.settings, _locale(request)
    forecast = await desk.forecasts.make(
        request.member.firm_id, draft.intent(form), settings, look=look
    )
    if draft.edits is None:
        return payment_modal(draft, locale=locale, forecast=forecast, settings=settings)
    payment = (await desk.payments.show(request.member.firm_id, draft.edits)).payment
    return edit_modal(payment, draft, locale=locale, forecast=forecast, settings=settings)


async def suggest_clients(desk: Desk, request: Request) -> list[Block]:
    found = await desk.clients.search(request.member.firm_id, request.words)
    return [client_option(client) for client in found]


async def save_payment(desk: Desk, request: Request, view: dict[str, Any]) -> None:
    member, books = request.member, request.settings.currency
    draft = read_draft(view, locale=member.locale)
    if draft.currency != books:
        changed = f"The books are in {books} now, and this form is in {draft.currency}."
        raise Unusable({ids.AMOUNT: f"{changed} Open a new one."})
    intent = draft.intent(view["id"])
    forecast = await desk.forecasts.settle(member.firm_id, intent, request.settings)
    new = read_payment(draft, forecast.allocations, locale=member.locale, now=desk.clock())
    check_open(draft, forecast)
    if doubts.is_in_doubt(draft, forecast):
        doubts.check_asked(view["state"]["values"], forecast.twins_here, locale=member.locale)
        draft = await _with_client(desk, request, draft)
        raise NextForm(await draw(desk, request, draft, form=view["id"], look=False))
    if draft.link_to is not None:
        await _check_link(desk, request, draft, new)
    payment = await desk.payments.record(
        member.firm_id,
        new,
        sync=draft.sync and draft.link_to is None,
        submission_id=view["id"],
        by=member.user_id,
        post_in=draft.channel if draft.posts else None,
    )
    if draft.link_to is not None:
        desk.background.spawn(_link(desk, request, payment, draft.link_to))


async def _check_link(desk: Desk, request: Request, draft: Draft, new: NewPayment) -> None:
    """Another amount cannot be it: better said now than after it is saved."""
    client = await desk.clients.get(request.member.firm_id, new.client_id)
    known = await desk.previews.recently_untied(request.member.firm_id, client, look=False)
    for each in known or ():
        if each.qbo_id == draft.link_to and each.amount != new.amount.to_decimal():
            there, here = words(each, draft.currency, _locale(request)), draft.amount_text
            field = already_name(str(new.client_id))
            raise Unusable({field: f"That one is {there}, and this payment is {here}."})


async def _link(desk: Desk, request: Request, payment: PaymentId, qbo_id: str) -> None:
    """Its message shows that it is linked; a refusal is told, and leaves it Not synced."""
    member = request.member
    try:
        await tie(desk, request, payment, qbo_id)
    except CounterfoilError as error:
        name = (await desk.payments.show(member.firm_id, payment)).payment.name
        reply = Reply(f"{name} is recorded, and was not linked: {error}", refuses=True)
        await request.client.chat_postMessage(channel=member.user_id, **reply.to_slack())


def _locale(request: Request) -> str:
    return request.member.locale
