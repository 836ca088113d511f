"""How the connection reads in Slack."""

from collections.abc import Sequence

from handlers import ids
from handlers.causes import explain_cause, explain_note
from handlers.elements import Block, Reply, actions, button, section
from handlers.text import escape, moment
from services.connection import Health
from services.domain.connection import Connection, ConnectionState
from services.domain.explanations import EXPLANATIONS
from services.domain.ledger import Client, Record, kind_of
from services.domain.sync import RecordKind, Status
from services.domain.waiting import Queue
from services.overviews import Work

_IN_DOUBT = (
    "Needs a check: for a day QuickBooks has not said whether it arrived. It is being looked up, "
    "and never sent twice. Look in QuickBooks whether it is there."
)


def show_health(health: Health, work: Work, *, is_admin: bool) -> Reply:
    connection = health.connection
    head = _head(connection, is_admin=is_admin)
    text = "\n".join([head, *_counts(work), _queue(work.queue), *_troubled(work)])
    asks = connection is not None and connection.state is ConnectionState.UNCONFIRMED and is_admin
    row = actions(_use_company(connection)) if connection and asks else []
    return Reply(text, [section(text), *row])


def _counts(work: Work) -> list[str]:
    """One line for each kind that there is any of."""
    lines = []
    for kind, counts in work.counts.items():
        parts = [f"{each.label}: {counts[each]}" for each in Status if counts.get(each)]
        if parts:
            lines.append(f"{kind.capitalize()}s – {', '.join(parts)}")
    return lines or ["Nothing is recorded yet."]


def _queue(queue: Queue) -> str:
    if not queue.waiting:
        return "Nothing is on its way."
    retry = queue.next_retry_at
    again = f" Next retry {moment(retry)}." if retry else ""
    return f"On the way: {queue.waiting}.{again}"


def _troubled(work: Work) -> list[str]:
    counts = [(kind, count) for kind, count in work.troubled.items() if count]
    if not counts:
        return []
    parts = [f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts]
    verb = "needs" if sum(work.troubled.values()) == 1 else "need"
    return [f"{', '.join(parts)} {verb} a person: `/quickbooks failures`."]


def show_failures(records: Sequence[Record], records_url: str) -> Reply:
    """A plain list: what it is, what happened, and the way out."""
    if not records:
        return Reply("Nothing needs a person.")
    names = ", ".join(f"{escape(each.name)} {each.sync.status.label}" for each in records)
    return Reply(f"What needs a person: {names}", [_failure(each, records_url) for each in records])


def _failure(record: Record, records_url: str) -> Block:
    facts = record.sync
    whose = "" if isinstance(record, Client) else f" · {escape(record.client.name)}"
    about = f": {EXPLANATIONS[facts.cause].title}" if facts.cause else ""
    head = f"*{escape(record.name)}*{whose} · {facts.status.label}{about}"
    note = explain_note(record, records_url).strip()
    why = explain_cause(record, records_url) or note or _IN_DOUBT
    details = button("Details", _DETAILS[kind_of(record)], str(record.id))
    return {**section(f"{head}\n{why}"), "accessory": details}


_DETAILS = {
    RecordKind.CLIENT: ids.in_row(ids.SHOW_CLIENT),
    RecordKind.INVOICE: ids.in_row(ids.SHOW_INVOICE),
    RecordKind.PAYMENT: ids.PAYMENT_DETAILS,
    RecordKind.REFUND: ids.SHOW_REFUND,
}


def _head(connection: Connection | None, *, is_admin: bool) -> str:
    who = "Connect it with /quickbooks connect." if is_admin else "An admin can connect it."
    if connection is None:
        return f"QuickBooks is not connected. {who}"
    company = f"*{escape(connection.company.name)}*"
    match connection.state:
        case ConnectionState.UNCONFIRMED:
            ask = "Is it the right one?" if is_admin else "An admin has to confirm it."
            return f"QuickBooks is connected to {_described(connection)}. {ask}"
        case ConnectionState.LOST:
            return (
                f"QuickBooks ({company}) is disconnected: {escape(connection.lost_because or '')}. "
                f"Nothing is lost, it waits. {who}"
            )
        case ConnectionState.ACTIVE:
            last = connection.last_success_at
            success = f"Last success {moment(last)}." if last else "Nothing was sent yet."
            return f"QuickBooks is connected: {company}. {success}"


def company_found(connection: Connection) -> Reply:
    """What the admin who connected it is asked."""
    text = f"QuickBooks is connected to {_described(connection)}. Is it the right one?"
    if connection.state is ConnectionState.ACTIVE:
        text = f"QuickBooks is connected again: {escape(connection.company.name)}."
        return Reply(text)
    return Reply(text, [section(text), *actions(_use_company(connection))])


def _described(connection: Connection) -> str:
    company = connection.company
    return f"*{escape(company.name)}* ({escape(company.country)}, {company.currency})"


def _use_company(connection: Connection) -> dict[str, object]:
    return button("Use this company", ids.USE_COMPANY, connection.realm_id, primary=True)
