"""How a payment reads in Slack."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from handlers.causes import explain_cause, explain_note
from handlers.elements import Reply, actions, context, rich, word
from handlers.payments import offers
from handlers.payments.posting import explain_barrier
from handlers.progress import explain_progress
from handlers.text import day, escape, money
from services.domain.connection import Company
from services.domain.ledger import Payment, Refund
from services.domain.sync import COMES_ALONG, Status
from services.payments import Standing

MOST_REFUNDS = 5  # Details has more.
MOST_NAMED = 12  # Invoices; a payment settles up to a hundred.
UNDEPOSITED = "Undeposited Funds"  # Where the firm names no account.


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
