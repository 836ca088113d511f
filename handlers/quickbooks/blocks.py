"""How the connection reads in Slack."""

from handlers import ids
from handlers.elements import Reply, actions, button, section
from handlers.text import escape, moment
from services.connection import Health
from services.domain.connection import Connection, ConnectionState
from services.domain.sync import Status
from services.domain.waiting import Queue
from services.overviews import Work


def show_health(health: Health, work: Work, *, is_admin: bool) -> Reply:
    connection = health.connection
    head = _head(connection, is_admin=is_admin)
    text = "\n".join([head, *_counts(work), _queue(work.queue)])
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
        case ConnectionState.ACTIVE if connection.held_at is not None:
            return (
                f"Counterfoil was restored from a backup {moment(connection.held_at)}. Nothing is "
                f"sent to {company} until whoever runs it has compared both; it waits."
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
