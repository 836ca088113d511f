"""Unsync and delete: what goes, what goes with it and what stays is said before it is done."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Block, Reply, modal, section
from handlers.errors import as_we_made_it
from handlers.payments.candidates import differing, words
from handlers.payments.found import find_payments, payment_of
from handlers.payments.others import tell_others
from handlers.payments.progress import Progress
from handlers.text import day, escape, money
from services.domain.connection import Company
from services.domain.ids import PaymentId
from services.domain.ledger import Payment
from services.domain.sync import ACTIONS, Action
from services.errors import Refused
from services.previews import Parting

MOST_REFUNDS = 10
MOST_NAMED = 4  # Of a client's other refund receipts.
_UNLINKED = "It was linked, not created: it is only unlinked, and QuickBooks keeps it."


async def ask_to_unsync(desk: Desk, request: Request) -> None:
    """What was typed, or the one whose button was pressed."""
    wanted = await find_payments(desk, request)
    await _ask_to_unsync(desk, request, wanted)


async def press_unsync(desk: Desk, request: Request) -> None:
    await _ask_to_unsync(desk, request, [payment_of(request.words)])


async def _ask_to_unsync(desk: Desk, request: Request, wanted: Sequence[PaymentId]) -> None:
    partings = await desk.previews.parting(request.member.firm_id, wanted)
    if not any(_may_leave(each.payment) for each in partings):
        raise Refused(" ".join(_why_not(each.payment) for each in partings))
    company = await desk.previews.company(request.member.firm_id)
    await open_modal(request, unsync_modal(partings, company, request.member.locale))


def unsync_modal(partings: Sequence[Parting], company: Company | None, locale: str) -> Block:
    leaving = [each for each in partings if _may_leave(each.payment)]
    blocks = [section(_parting(each, company, locale)) for each in leaving]
    staying = [_why_not(each.payment) for each in partings if not _may_leave(each.payment)]
    if staying:
        blocks.append(section(f"Left as they are: {' '.join(staying)}"))
    one = len(leaving) == 1
    title = f"Unsync {leaving[0].payment.name}?" if one else f"Unsync {len(leaving)} payments?"
    view = modal(ids.UNSYNC_FORM, title, "Unsync", blocks)
    return _about(view, [each.payment.id for each in leaving])


async def unsync(desk: Desk, request: Request, view: dict[str, Any]) -> Reply | None:
    wanted, member = _wanted(view), request.member

    async def do(payment: PaymentId) -> None:
        await desk.payments.unsync(member.firm_id, payment, by=member.user_id)

    if len(wanted) > 1:
        await Progress(desk, request, "Unsync", wanted).begin(do)
        return None
    (payment,) = wanted
    await do(payment)
    return await tell_others(desk, request, payment, "is on its way out of QuickBooks")


async def press_delete(desk: Desk, request: Request) -> None:
    payment = payment_of(request.words)
    (parting,) = await desk.previews.parting(request.member.firm_id, [payment])
    name = parting.payment.name
    if parting.payment.voided:
        raise Refused(f"{name} is deleted already.")
    there = _may_leave(parting.payment)
    locale = request.member.locale
    company = await desk.previews.company(request.member.firm_id)
    text = _parting(parting, company, locale) if there else _described(parting.payment, locale)
    kept = (
        f"{'It leaves QuickBooks first. ' if there else ''}It stays in the ledger as void, with "
        "its history and its refunds, and counts no more. This cannot be undone."
    )
    view = modal(ids.DELETE_FORM, f"Delete {name}?", "Delete", [section(text), section(kept)])
    await open_modal(request, _about(view, [payment]))


async def delete(desk: Desk, request: Request, view: dict[str, Any]) -> Reply | None:
    wanted, member = _wanted(view), request.member
    with as_we_made_it():
        (payment,) = wanted
    await desk.payments.void(member.firm_id, payment, by=member.user_id)
    return await tell_others(desk, request, payment, "is being deleted")


def _about(view: Block, wanted: Sequence[PaymentId]) -> Block:
    return {**view, "private_metadata": json.dumps([str(each) for each in wanted])}


def _wanted(view: dict[str, Any]) -> list[PaymentId]:
    with as_we_made_it():
        first, *others = map(str, json.loads(view["private_metadata"]))
    return [payment_of(each) for each in (first, *others)]


def _may_leave(payment: Payment) -> bool:
    return Action.UNSYNC in ACTIONS[payment.sync.status]


def _why_not(payment: Payment) -> str:
    return f"{payment.name} is {payment.sync.status.label}, so there is nothing to unsync."


def _described(payment: Payment, locale: str) -> str:
    amount, on = money(payment.amount, locale), day(payment.received_on, locale)
    return f"*{payment.name}* · {escape(payment.client.name)} · {amount} · {on}"


def _parting(parting: Parting, company: Company | None, locale: str) -> str:
    payment = parting.payment
    goes = _UNLINKED if payment.sync.linked else "It is deleted in QuickBooks."
    theirs = differing(parting.presence, payment.amount.currency, locale)
    lines = [_described(payment, locale), *theirs, goes]
    closed = company and company.books_closed_until
    if closed and payment.received_on <= closed and not payment.sync.linked:
        lines.append(
            f":warning: The books are closed until {day(closed, locale)}: QuickBooks "
            "will refuse it, and the payment stays there."
        )
    lines.extend(_following(parting, locale))
    lines.extend(_untouched(parting, locale))
    return "\n".join(lines)


def _following(parting: Parting, locale: str) -> Iterator[str]:
    for refund in parting.refunds[:MOST_REFUNDS]:
        what = f"{refund.name} of {money(refund.amount, locale)} ({refund.reason.label})"
        yield f"• Its refund {what} is deleted there too."
    if (more := len(parting.refunds) - MOST_REFUNDS) > 0:
        yield f"• {more} more of its refunds are deleted there too."


def _untouched(parting: Parting, locale: str) -> Iterator[str]:
    client, currency = escape(parting.payment.client.name), parting.payment.amount.currency
    if parting.untouched is None:
        yield (
            f"QuickBooks did not answer in time, so other refund receipts of {client} are not "
            "listed here. They are not touched."
        )
        return
    whose = f"Not touched: {client}’s refund receipt"
    for receipt in parting.untouched[:MOST_NAMED]:
        yield f"• {whose} of {escape(words(receipt, currency, locale))}."
        whose = "Not touched: the one"
    if (more := len(parting.untouched) - MOST_NAMED) > 0:
        yield f"• Not touched: {more} more."
