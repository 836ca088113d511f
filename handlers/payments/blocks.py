"""How a payment reads in Slack."""

from typing import assert_never

from handlers import ids
from handlers.elements import Block, Reply, actions, button, context, link_button, rich, word
from handlers.text import day, escape, moment, money
from services.domain.causes import EXPLANATIONS, OUR_WORDS
from services.domain.ledger import Client, Payment
from services.domain.sync import Action, Status
from services.domain.waiting import (
    ForCheck,
    ForClient,
    ForConnection,
    ForInvoice,
    ForNothing,
    ForPayment,
    ForRemoval,
    ForRetry,
    Hurdle,
    Waiting,
)
from services.payments import Standing

_HURDLES = {
    Hurdle.NOT_CONNECTED: "Waits until an admin connects QuickBooks (/quickbooks connect).",
    Hurdle.NOT_CONFIRMED: "Waits until an admin confirms the QuickBooks company (/quickbooks).",
    Hurdle.CONNECTION_LOST: "QuickBooks is disconnected. It goes on by itself as soon as an admin"
    " has connected it again (/quickbooks connect).",
}


def show(standing: Standing, *, locale: str, records_url: str) -> Reply:
    """The status comes first of all that could be taken for one."""
    payment = standing.payment
    status, amount = payment.sync.status.label, money(payment.amount, locale)
    how = " ".join(filter(None, (payment.method, payment.reference)))
    lines = [
        [word(f"{payment.name} · {status}", bold=True)],
        [word(f"{amount} · {payment.client.name}", bold=True)],
        [word(f"{how} · received {day(payment.received_on, locale)}")],
    ]
    if payment.description:
        lines.append([word(payment.description)])
    return Reply(
        f"{payment.name} · {status} · {amount} · {escape(payment.client.name)}",
        [
            rich(*lines),
            context(explain_status(standing)),
            *actions(*_buttons(standing, records_url)),
        ],
    )


def explain_status(standing: Standing) -> str:
    """Why it stands as it does, and what happens next."""
    payment = standing.payment
    match payment.sync.status:
        case Status.NOT_SYNCED:
            return f"Kept out of QuickBooks until somebody syncs it.{_sent_along(payment.client)}"
        case Status.SYNCING:
            return explain_waiting(standing.waiting or ForNothing())
        case Status.SYNCED:
            linked = " It was linked, not created." if payment.sync.linked else ""
            return f"In QuickBooks, in Undeposited Funds (id {payment.sync.qbo_id}).{linked}"
        case Status.FAILED | Status.SKIPPED:
            return _why(payment)
        case _:
            assert_never(payment.sync.status)


def explain_waiting(waiting: Waiting) -> str:
    match waiting:
        case ForConnection():
            return _HURDLES[waiting.hurdle]
        case ForClient() | ForInvoice() | ForPayment() | ForRemoval():
            return _wait_for_another(waiting)
        case ForRetry():
            return f"{escape(waiting.because)}. Next try {moment(waiting.at)}."
        case ForCheck():
            return (
                f"Needs a check: since {moment(waiting.since)} QuickBooks has not said whether it"
                " arrived. It is being looked up, and never sent twice."
            )
        case ForNothing():
            return "On its way to QuickBooks."
        case _:
            assert_never(waiting)


def _wait_for_another(waiting: ForClient | ForInvoice | ForPayment | ForRemoval) -> str:
    match waiting:
        case ForClient():
            return _wait_for(waiting.client)
        case ForInvoice():
            return _wait_for_invoice(waiting)
        case ForPayment():
            name, status = waiting.payment.name, waiting.payment.sync.status.label
            return f"Waits for its payment {name}, which is {status}."
        case ForRemoval():
            return f"Waits until {waiting.count} more that hang on it are out of QuickBooks."


def explain_cause(client_or_payment: Client | Payment) -> str:
    """What happened in plain words, QuickBooks' own words, and the way out."""
    facts = client_or_payment.sync
    if facts.cause is None:
        return ""
    explanation = EXPLANATIONS[facts.cause]
    words = ""
    if facts.detail:
        detail = escape(facts.detail)
        ours = facts.cause in OUR_WORDS
        words = f" {detail}" if ours else f" QuickBooks says: “{detail.rstrip('.')}”."
    happened = explanation.happened[0].upper() + explanation.happened[1:]
    way_out = explanation.way_out[0].upper() + explanation.way_out[1:]
    return f"{happened}.{words} {way_out}."


def _why(payment: Payment) -> str:
    return f"Not in QuickBooks. {explain_cause(payment)}{_sent_along(payment.client)}"


def _sent_along(client: Client) -> str:
    if client.sync.status in {Status.SYNCED, Status.SYNCING}:
        return ""
    return " Syncing it sends the client too."


def _wait_for(client: Client) -> str:
    if client.sync.status is Status.SYNCING:
        return "Waits for its client, who is on the way to QuickBooks."
    return f"Waits for its client, who is not in QuickBooks. {explain_cause(client)}"


def _wait_for_invoice(waiting: ForInvoice) -> str:
    number = escape(waiting.number)
    if waiting.status is Status.SYNCING:
        return f"Waits for its invoice {number}, which is on the way to QuickBooks."
    return f"Waits for its invoice {number}, which is {waiting.status.label}."


def _buttons(standing: Standing, records_url: str) -> list[Block]:
    payment = standing.payment
    record, buttons = str(payment.id), []
    if Action.SYNC in standing.actions:
        buttons.append(button("Sync payment to QuickBooks", ids.SYNC_PAYMENT, record, primary=True))
    waiting = standing.waiting
    if isinstance(waiting, ForClient) and waiting.client.sync.status is not Status.SYNCING:
        buttons.append(button("Sync client first", ids.SYNC_CLIENT, record, primary=True))
    if Action.CANCEL in standing.actions:
        buttons.append(button("Cancel sync", ids.CANCEL_SYNC, record))
    if payment.sync.qbo_id:
        url = f"{records_url}/recvpayment?txnId={payment.sync.qbo_id}"
        buttons.append(link_button("Open in QuickBooks", ids.OPEN_RECORD, url))
    return buttons
