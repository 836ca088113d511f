"""The modal in which a payment is refunded."""

import json
from datetime import date
from typing import Any

from handlers import ids
from handlers.desk import Desk, Request, open_modal, update_modal
from handlers.elements import Block, Reply, field_input, modal, option, section, text_input
from handlers.errors import Unusable, as_we_made_it
from handlers.forms import Values, chosen, typed
from handlers.payments.found import payment_of
from handlers.refunds.blocks import line
from handlers.text import MAX_AMOUNT_TEXT, Unreadable, escape, money, read_amount, today
from services.domain.connection import Account, Company
from services.domain.ids import PaymentId
from services.domain.ledger import NewRefund, Payment, Reason, Settings
from services.domain.money import Money
from services.errors import AlreadySaved, Refused

MOST_ACCOUNTS = 100  # Slack's limit.


async def press_refund(desk: Desk, request: Request) -> None:
    member, payment = request.member, payment_of(request.words)
    found = (await desk.payments.show(member.firm_id, payment)).payment
    company = await desk.previews.company(member.firm_id)
    if found.voided or found.refundable.minor <= 0:
        raise Refused(f"Nothing of {found.name} is left to refund.")
    if company is None:
        raise Refused("The accounts are QuickBooks’: connect it first (/quickbooks connect).")
    if not company.money_accounts:
        raise Refused("QuickBooks has no active account of type Bank or Other Current Asset.")
    account = _where_it_is(found, request.settings, company)
    on = today(desk.clock(), member.timezone)
    view = refund_modal(
        found,
        found.refundable,
        accounts=company.money_accounts,
        account=account,
        locale=member.locale,
        on=on,
    )
    await open_modal(request, view)


def _where_it_is(payment: Payment, settings: Settings, company: Company) -> str | None:
    """Where QuickBooks put it, or would put it."""
    would = settings.deposit_account_for(payment.method) or company.undeposited_funds_id
    return payment.deposit_account_id or would


def refund_modal(
    payment: Payment,
    amount: Money,
    *,
    accounts: tuple[Account, ...],
    account: str | None,
    locale: str,
    on: date,
) -> Block:
    ordered = sorted(accounts, key=lambda each: each.id != account)  # Where it is comes first.
    choices = [option(each.name, each.id) for each in ordered[:MOST_ACCOUNTS]]
    more = len(accounts) - MOST_ACCOUNTS
    cut = f"There are {more} more accounts than fit in here." if more > 0 else None
    source: Block = {"type": "static_select", "options": choices}
    if start := [each for each in choices if each["value"] == account]:
        source["initial_option"] = start[0]
    view = modal(
        ids.REFUND_FORM,
        f"Refund {payment.name}",
        "Refund",
        [
            section(_left(payment, locale)),
            field_input(
                ids.AMOUNT,
                "Amount",
                text_input(max_length=MAX_AMOUNT_TEXT, initial=money(amount, locale)),
                tells=True,
            ),
            field_input(ids.REFUND_FROM, "Refund from", source, hint=cut),
            _reason_field(suggested_reason(payment, amount)),
        ],
    )
    about = {"payment": str(payment.id), "on": on.isoformat()}
    return {**view, "private_metadata": json.dumps(about)}


def suggested_reason(payment: Payment, amount: Money) -> Reason:
    """Credit goes back first: what was earned stays earned as long as it can."""
    fits = amount.minor <= payment.unapplied.minor
    return Reason.CREDIT_RETURNED if fits else Reason.SALE_REVERSED


def _reason_field(suggested: Reason) -> Block:
    """Its name holds what is suggested: a new suggestion is a new field, and counts."""
    reasons = {reason: option(reason.label, reason) for reason in Reason}
    menu = {
        "type": "static_select",
        "options": list(reasons.values()),
        "initial_option": reasons[suggested],
    }
    hint = "Credit returned gives back what settles no invoice; Sale reversed takes the sale back."
    return field_input(_reason_name(suggested), "Reason", menu, hint=hint)


def _reason_name(suggested: Reason) -> str:
    return f"{ids.REASON}/{suggested}"


def _read_reason(values: Values) -> tuple[str, Reason]:
    """The field's name, and what was chosen there."""
    with as_we_made_it():
        (name,) = (name for name in values if name.startswith(f"{ids.REASON}/"))
        return name, Reason(chosen(values, name) or Reason.SALE_REVERSED)


def _left(payment: Payment, locale: str) -> str:
    left, client = money(payment.refundable, locale), escape(payment.client.name)
    credit = max(payment.unapplied, Money(0, payment.amount.currency))
    return (
        f"*{payment.name}* · {client} · {money(payment.amount, locale)}\n"
        f"{left} is left to refund; {money(credit, locale)} settles no invoice."
    )


async def suggest_reason(desk: Desk, request: Request) -> None:
    """Follow the amount, unless the person has chosen by themselves."""
    view = request.view
    values, (payment, _) = view["state"]["values"], _about(view)
    name, reason = _read_reason(values)
    found = (await desk.payments.show(request.member.firm_id, payment)).payment
    try:
        amount = _read_amount(values, found, request.member.locale)
    except Unusable:
        return
    suggested = suggested_reason(found, amount)
    if _reason_name(suggested) == name or _reason_name(reason) != name:
        return
    blocks = [
        _reason_field(suggested) if block["block_id"] == name else block for block in view["blocks"]
    ]
    kept = ("type", "callback_id", "title", "submit", "close", "private_metadata")
    await update_modal(request, {**{part: view[part] for part in kept}, "blocks": blocks})


async def save_refund(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    member, values, (payment, on) = request.member, view["state"]["values"], _about(view)
    found = (await desk.payments.show(member.firm_id, payment)).payment
    name, reason = _read_reason(values)
    new = NewRefund(
        amount=_read_amount(values, found, member.locale),
        reason=reason,
        account_id=chosen(values, ids.REFUND_FROM) or "",
        refunded_on=on,
    )
    try:
        refund = await desk.refunds.record(
            member.firm_id, payment, new, submission_id=view["id"], by=member.user_id
        )
    except AlreadySaved:
        raise
    except Refused as error:
        field = ids.AMOUNT if new.amount > found.refundable else name
        raise Unusable({field: str(error)}) from None
    standing = await desk.refunds.show(member.firm_id, refund)
    told = escape(line(standing.refund, member.locale))
    show = f"`/payment show {standing.refund.name}` tells how it stands."
    return Reply(f"{told}\nOf {found.name}. {show}")


def _about(view: dict[str, Any]) -> tuple[PaymentId, date]:
    """Which payment, and the day on which the form was opened."""
    with as_we_made_it():
        about = json.loads(view["private_metadata"])
        return payment_of(str(about["payment"])), date.fromisoformat(about["on"])


def _read_amount(values: Values, payment: Payment, locale: str) -> Money:
    text, currency = typed(values, ids.AMOUNT), payment.amount.currency
    try:
        return read_amount(text, locale=locale, currency=currency)
    except Unreadable as error:
        raise Unusable({ids.AMOUNT: str(error)}) from None
