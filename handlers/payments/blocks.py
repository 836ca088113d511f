"""How a payment reads in Slack."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from handlers.causes import explain_cause, explain_note
from handlers.elements import Reply, actions, context, rich, word
from handlers.payments import offers
from handlers.payments.posting import explain_barrier
from handlers.text import day, escape, moment, money
from services.domain.connection import Company
from services.domain.ledger import Client, Payment, Refund
from services.domain.sync import COMES_ALONG, Operation, Status
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

MOST_REFUNDS = 5  # Details has more.
MOST_NAMED = 12  # Invoices; a payment settles up to a hundred.
UNDEPOSITED = "Undeposited Funds"  # Where the firm names no account.
_HURDLES = {
    Hurdle.NOT_CONNECTED: "Waits until an admin connects QuickBooks (/quickbooks connect).",
    Hurdle.NOT_CONFIRMED: "Waits until an admin confirms the QuickBooks company (/quickbooks).",
    Hurdle.CONNECTION_LOST: "QuickBooks is disconnected. It goes on by itself as soon as an admin"
    " has connected it again (/quickbooks connect).",
    Hurdle.HELD: "Counterfoil was restored from a backup. It goes on by itself as soon as whoever"
    " runs it has compared it with QuickBooks.",
}


_CHANGES = {
    Operation.CREATE: "On its way to QuickBooks.",
    Operation.UPDATE: "Its change is on the way to QuickBooks.",
    Operation.VOID: "It is being voided in QuickBooks.",
    Operation.DELETE: "On its way out of QuickBooks.",
    Operation.RELEASE: "It is being unlinked; QuickBooks keeps it.",
    Operation.APPLY: "On its way to QuickBooks.",
    Operation.UNAPPLY: "On its way out of QuickBooks.",
}


def show(
    standing: Standing,
    *,
    locale: str,
    records_url: str,
    company: Company | None = None,
    refunds: Sequence[Refund] = (),
) -> Reply:
    """The status comes first of all that could be taken for one."""
    payment = standing.payment
    status, amount = payment.sync.status.label, money(payment.amount, locale)
    void = " · void" if payment.voided else ""
    return Reply(
        f"{payment.name} · {status}{void} · {amount} · {escape(payment.client.name)}",
        [
            rich(
                [word(f"{payment.name} · {status}{void}", bold=True)],
                [word(f"{amount} · {payment.client.name}", bold=True)],
                *([word(fact)] for fact in facts_of(payment, locale)),
                *([word(line)] for line in _refunds(refunds, locale)),
            ),
            context(
                explain_status(standing, company, records_url),
                _sent_along(payment),
                explain_barrier(payment.posting),
            ),
            *actions(*offers.buttons(standing, records_url)),
        ],
    )


def facts_of(payment: Payment, locale: str) -> list[str]:
    """How and when it came, what it settles, what went back, and what somebody noted."""
    how = " ".join(filter(None, (payment.method, payment.reference)))
    facts = [f"{how} · received {day(payment.received_on, locale)}"]
    if settled := _settled(payment, locale):
        facts.append(settled)
    if payment.refunded:
        gone = replace(payment.amount, minor=payment.refunded)
        left = money(payment.refundable, locale)
        facts.append(f"Refunded {money(gone, locale)}; {left} is left")
    if payment.description:
        facts.append(payment.description)
    return facts


def _refunds(refunds: Sequence[Refund], locale: str) -> list[str]:
    lines = [_refunded(each, locale) for each in refunds[:MOST_REFUNDS]]
    more = len(refunds) - MOST_REFUNDS
    return [*lines, f"… and {more} refunds more"] if more > 0 else lines


def _refunded(refund: Refund, locale: str) -> str:
    status, amount = refund.sync.status.label, money(refund.amount, locale)
    return f"{refund.name} · {amount} · {refund.reason.label} · {status}"


def _settled(payment: Payment, locale: str) -> str:
    """What it settles, and what of it is the client's credit."""
    parts = [
        f"{each.number} with {money(each.amount, locale)}"
        + (" (not in QuickBooks: credit there)" if each.left_out else "")
        for each in payment.allocations
        if each.amount.minor
    ]
    if not parts:
        return ""
    more = f" and {len(parts) - MOST_NAMED} more" if len(parts) > MOST_NAMED else ""
    unapplied = payment.unapplied
    rest = f"; {money(unapplied, locale)} is unapplied" if unapplied.minor > 0 else ""
    return f"Settles {', '.join(parts[:MOST_NAMED])}{more}{rest}"


def explain_status(standing: Standing, company: Company | None, records_url: str) -> str:
    """Why it stands as it does, and what happens next."""
    payment = standing.payment
    match payment.sync.status:
        case Status.NOT_SYNCED if payment.voided:
            return "It was deleted: it counts no more."
        case Status.NOT_SYNCED:
            return "Kept out of QuickBooks until somebody syncs it."
        case Status.SYNCING:
            return explain_progress(standing.operation, standing.waiting, records_url)
        case Status.SYNCED:
            return f"{_there(payment, company)}{explain_note(payment, records_url)}"
        case Status.FAILED | Status.SKIPPED:
            return f"Not in QuickBooks. {explain_cause(payment, records_url)}"
        case _:
            assert_never(payment.sync.status)


def _there(payment: Payment, company: Company | None) -> str:
    linked = " It was linked, not created." if payment.sync.linked else ""
    place = escape(account_of(payment, company))
    return f"In QuickBooks, in {place} (id {payment.sync.qbo_id}).{linked}"


def account_of(payment: Payment, company: Company | None) -> str:
    """Where the money is, as the company calls the account."""
    account = payment.deposit_account_id
    if account is None:
        return UNDEPOSITED
    return (company and company.account_name(account)) or f"an account that is closed ({account})"


def explain_progress(operation: Operation | None, waiting: Waiting | None, records_url: str) -> str:
    """Which way it goes, and what keeps it."""
    if operation in {None, Operation.CREATE}:
        return explain_waiting(waiting or ForNothing(), records_url)
    way = _CHANGES[operation or Operation.CREATE]
    if waiting is None or isinstance(waiting, ForNothing):
        return way
    return f"{way} {explain_waiting(waiting, records_url)}"


def explain_waiting(waiting: Waiting, records_url: str) -> str:
    match waiting:
        case ForConnection():
            return _HURDLES[waiting.hurdle]
        case ForClient() | ForInvoice() | ForPayment() | ForRemoval():
            return _wait_for_another(waiting, records_url)
        case ForRetry():
            return f"{escape(waiting.because)}. Next try {moment(waiting.at)}."
        case ForCheck():
            return (
                f"Needs a check: since {moment(waiting.since)} QuickBooks has not said whether it"
                " arrived. It is being looked up, and never sent twice."
            )
        case ForNothing():
            return _CHANGES[Operation.CREATE]
        case _:
            assert_never(waiting)


def _wait_for_another(
    waiting: ForClient | ForInvoice | ForPayment | ForRemoval, records_url: str
) -> str:
    match waiting:
        case ForClient():
            return _wait_for(waiting.client, records_url)
        case ForInvoice():
            return _wait_for_invoice(waiting)
        case ForPayment():
            name, status = waiting.payment.name, waiting.payment.sync.status.label
            return f"Waits for its payment {name}, which is {status}."
        case ForRemoval():
            return f"Waits until {waiting.count} more that hang on it are out of QuickBooks."


def _sent_along(payment: Payment) -> str:
    """Nothing goes to QuickBooks unnamed, or at least uncounted."""
    if payment.voided or payment.sync.status in {Status.SYNCED, Status.SYNCING}:
        return ""
    along = ["the client"] if payment.client.sync.status in COMES_ALONG else []
    along += [
        escape(each.number)
        for each in payment.allocations
        if not each.left_out and each.invoice_status in COMES_ALONG
    ]
    if len(along) > MOST_NAMED:
        along = [", ".join(along[:MOST_NAMED]), f"{len(along) - MOST_NAMED} more"]
    return f"Syncing it sends {' and '.join(along)} too." if along else ""


def _wait_for(client: Client, records_url: str) -> str:
    if client.sync.status is Status.SYNCING:
        return "Waits for its client, who is on the way to QuickBooks."
    return f"Waits for its client, who is not in QuickBooks. {explain_cause(client, records_url)}"


def _wait_for_invoice(waiting: ForInvoice) -> str:
    number = escape(waiting.number)
    if waiting.status is Status.SYNCING:
        return f"Waits for its invoice {number}, which is on the way to QuickBooks."
    return f"Waits for its invoice {number}, which is {waiting.status.label}."
