"""Link a payment to the one that QuickBooks holds already; nothing is written there."""

import re
from collections.abc import Iterable
from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Block, Reply, field_input, modal, notice, option, section
from handlers.forms import chosen
from handlers.payments.candidates import words
from handlers.payments.found import payment_of
from handlers.text import escape, money
from services.domain.ids import PaymentId
from services.domain.ledger import Payment
from services.domain.sync import ACTIONS, Action
from services.domain.twins import Candidate
from services.errors import Refused, TryLater

MOST_CHOICES = 100  # Slack's limit.
_ID = re.compile(r"\d{1,20}", re.ASCII)
_TAKEN_OVER = (
    "Nothing is written in QuickBooks: the two are taken for one. Its date, method and reference "
    "here become what they are there."
)
SLOW = "QuickBooks did not answer in time. Please try again in a moment."


async def press_link(desk: Desk, request: Request) -> None:
    payment = payment_of(request.words)
    found = (await desk.payments.show(request.member.firm_id, payment)).payment
    if Action.LINK not in ACTIONS[found.sync.status] or found.voided:
        raise Refused(f"{found.name} is {found.sync.status.label}: it cannot be linked now.")
    if found.client.sync.qbo_id is None:
        raise Refused(f"{found.client.name} is not in QuickBooks. Sync or link the client first.")
    there = await desk.previews.untied(request.member.firm_id, found.client)
    if there is None:
        raise TryLater(SLOW)
    await open_modal(request, link_modal(found, there, locale=request.member.locale))


def link_modal(payment: Payment, there: Iterable[Candidate], *, locale: str) -> Block:
    """Those of the same amount first: another cannot be it."""
    candidates = sorted(there, key=lambda each: not _is_alike(each, payment))
    name, client = payment.name, escape(payment.client.name)
    if not candidates:
        nothing = f"QuickBooks has no payment of {client} that is not tied to one of yours already."
        return notice(f"Link {name}", Reply(nothing))
    described = f"*{name}* · {client} · {money(payment.amount, locale)}"
    choices = [
        option(words(each, payment.amount.currency, locale), each.qbo_id)
        for each in candidates[:MOST_CHOICES]
    ]
    element: Block = {"type": "static_select", "options": choices}
    if payment.sync.twin_id or _is_alike(candidates[0], payment):
        element["initial_option"] = _suggested(payment, choices)
    view = modal(
        ids.LINK_FORM,
        f"Link {name}",
        "Link",
        [
            section(f"{described}\n{_TAKEN_OVER}"),
            *_cut(len(candidates)),
            field_input(ids.QUICKBOOKS_PAYMENT, "QuickBooks payment", element),
        ],
    )
    return {**view, "private_metadata": str(payment.id)}


async def link(desk: Desk, request: Request, view: dict[str, Any]) -> None:
    qbo_id = chosen(view["state"]["values"], ids.QUICKBOOKS_PAYMENT)
    await tie(desk, request, payment_of(view["private_metadata"]), qbo_id or "")


async def tie(desk: Desk, request: Request, payment: PaymentId, qbo_id: str) -> None:
    """Refused for one that cannot be it."""
    if not _ID.fullmatch(qbo_id):
        raise Refused("QuickBooks has no such payment.")
    member = request.member
    await desk.background.unbroken(
        desk.links.link_payment(member.firm_id, payment, qbo_id, by=member.user_id)
    )


def _cut(found: int) -> list[Block]:
    more = found - MOST_CHOICES
    return [section(f"{more} more of other amounts do not fit in here.")] if more > 0 else []


def _is_alike(candidate: Candidate, payment: Payment) -> bool:
    return candidate.amount == payment.amount.to_decimal()


def _suggested(payment: Payment, choices: list[Block]) -> Block:
    """The twin that stood in the way; else the first of the same amount."""
    twin = [each for each in choices if each["value"] == payment.sync.twin_id]
    return (twin or choices)[0]
