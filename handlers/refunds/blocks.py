"""How a refund reads in Slack."""

from typing import assert_never

from handlers import ids
from handlers.causes import explain_cause, explain_note
from handlers.elements import Block, Reply, actions, asking, button, context, rich, word
from handlers.pages import open_record
from handlers.progress import explain_progress
from handlers.text import day, escape, money
from services.domain.connection import Company
from services.domain.ledger import Reason, Refund
from services.domain.sync import Action, Status
from services.refunds import RefundStanding

_WHAT = {
    Reason.SALE_REVERSED: "a refund receipt",
    Reason.CREDIT_RETURNED: "an expense to Accounts Receivable",
}


def show(
    standing: RefundStanding, *, locale: str, records_url: str, company: Company | None
) -> Reply:
    """The status comes first of all that could be taken for one."""
    refund = standing.refund
    head = f"{line(refund, locale)}"
    source = (company and company.account_name(refund.account_id)) or refund.account_id
    about = f"{refund.reason.label} · from {source} · {day(refund.refunded_on, locale)}"
    return Reply(
        escape(head),
        [
            rich(
                [word(head, bold=True)],
                [word(about)],
                [word(f"Of {refund.payment.name}")],
            ),
            context(_explain(standing, records_url)),
            *actions(*_buttons(standing), *open_record(refund, records_url)),
        ],
    )


def line(refund: Refund, locale: str) -> str:
    """One line, as typed: escape it where it could be markup."""
    void = " · void" if refund.voided else ""
    amount, status = money(refund.amount, locale), refund.sync.status.label
    return f"{refund.name} · {status}{void} · {amount} · {refund.client.name}"


def _explain(standing: RefundStanding, records_url: str) -> str:
    refund, facts = standing.refund, standing.refund.sync
    match facts.status:
        case Status.NOT_SYNCED if refund.voided:
            return "It was deleted: it counts no more."
        case Status.NOT_SYNCED:
            return f"Kept out of QuickBooks; it follows {refund.payment.name} there."
        case Status.SYNCING:
            return explain_progress(standing.operation, standing.waiting, records_url)
        case Status.SYNCED:
            what = _WHAT[refund.reason]
            note = explain_note(refund, records_url)
            return f"In QuickBooks, as {what} (id {facts.qbo_id}).{note}"
        case Status.FAILED | Status.SKIPPED:
            return f"Not in QuickBooks. {explain_cause(refund, records_url)}"
        case _:
            assert_never(facts.status)


def _buttons(standing: RefundStanding) -> list[Block]:
    refund, record, row = standing.refund, str(standing.refund.id), []
    described = f"{refund.name} of {refund.payment.name}"
    if Action.SYNC in standing.actions:
        row.append(button("Sync refund to QuickBooks", ids.SYNC_REFUND, record, primary=True))
    if Action.DISMISS in standing.actions:
        row.append(button("Dismiss", ids.DISMISS_REFUND, record))
    if Action.CANCEL in standing.actions:
        row.append(button("Cancel sync", ids.CANCEL_REFUND, record))
    if Action.UNSYNC in standing.actions:
        unsync = button("Unsync refund from QuickBooks", ids.UNSYNC_REFUND, record)
        row.append(
            asking(unsync, f"{described} is deleted in QuickBooks; its payment stays there.")
        )
    if refund.sync.status is not Status.SYNCING and not refund.voided:
        delete = button("Delete", ids.DELETE_REFUND, record, danger=True)
        there = ", and leaves QuickBooks first" if refund.sync.is_in_quickbooks else ""
        row.append(asking(delete, f"{described} stays in the ledger as void{there}."))
    return row
