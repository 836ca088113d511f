"""All that is known of a payment: facts, refunds, history, and what is done rarely."""

from collections.abc import Iterable, Sequence

from handlers import ids
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Block, actions, button, context, notice, section
from handlers.elements import Reply as Said
from handlers.payments.blocks import show
from handlers.payments.found import payment_of
from handlers.refunds.blocks import line
from handlers.text import escape, moment
from services.domain.causes import Cause
from services.domain.connection import Company
from services.domain.explanations import EXPLANATIONS
from services.domain.ids import OPERATOR, QUICKBOOKS
from services.domain.ledger import Refund
from services.domain.sync import Status
from services.histories import MOST_EVENTS, Event, History
from services.payments import Standing

MOST_REFUNDS = 20
_NOBODY_IN_SLACK = {QUICKBOOKS: "Counterfoil", OPERATOR: "Whoever runs Counterfoil"}
_ASKED = {
    "sync": "asked to sync it",
    "update": "asked to change it in QuickBooks",
    "delete": "asked to take it out of QuickBooks",
    "unapply": "asked to take it out of QuickBooks",
    "void": "asked to void it in QuickBooks",
    "release": "asked to unlink it",
}
_DONE = {
    "payment recorded": "recorded it",
    "payment edited": "changed it",
    "payment voided": "deleted it",
    "refund recorded": "recorded it",
    "refund voided": "deleted it",
    "sync cancelled": "called it back",
    "dismissed": "left it out of QuickBooks",
    "linked": "linked it to what QuickBooks holds",
    "unlinked": "unlinked it",
    "adopted": "found it in QuickBooks after a restore",
    "taken over": "took over what QuickBooks says of it",
}


async def press_details(desk: Desk, request: Request) -> None:
    firm, payment = request.member.firm_id, payment_of(request.words)
    standing = await desk.payments.show(firm, payment)
    history = await desk.histories.of_payment(firm, payment)
    company = await desk.previews.company(firm)
    view = details_modal(
        standing, history, company, locale=request.member.locale, records_url=desk.records_url
    )
    await open_modal(request, view)


def details_modal(
    standing: Standing, history: History, company: Company | None, *, locale: str, records_url: str
) -> Block:
    about = show(standing, locale=locale, records_url=records_url, company=company)
    facts = [block for block in about.blocks if block["type"] != "actions"]
    latest = f", the latest {MOST_EVENTS}" if len(history.events) == MOST_EVENTS else ""
    blocks = [
        *facts,
        *actions(*_buttons(standing)),
        *_refunds(history.refunds, locale),
        section(f"*History*{latest}"),
        *(context(_tell(event)) for event in history.events),
    ]
    return notice(standing.payment.name, Said(about.text, blocks))


def _buttons(standing: Standing) -> list[Block]:
    payment, record = standing.payment, str(standing.payment.id)
    if payment.voided or payment.sync.status is Status.SYNCING:
        return []
    delete = button("Delete", ids.DELETE_PAYMENT, record, danger=True)
    if payment.refundable.minor <= 0:
        return [delete]
    return [button("Refund", ids.REFUND_PAYMENT, record), delete]


def _refunds(refunds: Sequence[Refund], locale: str) -> Iterable[Block]:
    """Each leads to what can be done about it."""
    for refund in refunds[:MOST_REFUNDS]:
        shown = button("Show", ids.SHOW_REFUND, str(refund.id))
        what = f"{escape(line(refund, locale))} · {refund.reason.label}"
        yield {**section(what), "accessory": shown}
    if (more := len(refunds) - MOST_REFUNDS) > 0:
        last = refunds[-1].name
        yield context(f"… and {more} more, to {last}: `/payment show {last}` shows one.")


def _tell(event: Event) -> str:
    """`Nov 3 14:05 · P-1001 · Anna asked to sync it: Syncing`."""
    by, _, kind = event.action.partition(" ")
    became = f": {event.status.label}" if event.status else ""
    if event.action in _DONE:
        what = _DONE[event.action]
    elif kind == "asked for":
        what = _ASKED.get(by, event.action)
    else:
        what = "brought word from QuickBooks"
    return f"{moment(event.at)} · {event.record} · {_who(event.actor)} {what}{became}{_why(event)}"


def _who(actor: str) -> str:
    return _NOBODY_IN_SLACK.get(actor) or f"<@{actor}>"


def _why(event: Event) -> str:
    match event.why:
        case None:
            return ""
        case Cause():
            return f" ({EXPLANATIONS[event.why].happened})"
        case str():
            return f" (“{escape(event.why)}”)"
