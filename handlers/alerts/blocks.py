"""An alert as a message, and all of a firm's alerts as an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import ids
from handlers.alerts.words import headline, title
from handlers.causes import explain_many
from handlers.elements import Block, Reply, actions, button, context, overflow, section
from handlers.text import escape, moment, money
from services.domain.alerts import MOST_NAMED, Alert, Standing, TopicKind
from services.domain.ledger import Client, Invoice, Record, kind_of
from services.domain.sync import ACTIONS, Action, RecordKind

MOST_ALERTS = 6  # In one answer, which holds 50 blocks.
_ROWS_OF_SEVERAL = 3
_LOCALE = "en-US"  # Many read it, each of whom may write numbers otherwise.
_DETAILS = {
    RecordKind.CLIENT: ids.in_row(ids.SHOW_CLIENT),
    RecordKind.INVOICE: ids.in_row(ids.SHOW_INVOICE),
    RecordKind.PAYMENT: ids.PAYMENT_DETAILS,
    RecordKind.REFUND: ids.SHOW_REFUND,
}
_WAYS_OUT = {
    TopicKind.FAILURES: "Each row’s *Details* say what happened, and the way out.",
    TopicKind.CONNECTION: "An admin can connect it again: then all that waits goes on by itself.",
    TopicKind.ACCESS: "An admin can connect QuickBooks again before that day, and nothing stops.",
    TopicKind.UNCONFIRMED: "It is being looked up, and never sent twice. Look in QuickBooks "
    "whether it is there. *Retry all* looks once more at once.",
    TopicKind.PARKED: "It waits, and nothing is lost. Whoever looks after Counterfoil can read in "
    "the log what went wrong. *Retry all* tries it once more at once.",
}


@dataclass(frozen=True)
class Place:
    """Where it is read; `discreet` where not only the firm's own people read along.

    `why_not` says why it is not read in the alert channel, if so.
    """

    records_url: str
    discreet: bool = False
    why_not: str = ""
    rows: int = MOST_NAMED


def show_alert(standing: Standing, place: Place) -> Reply:
    text = headline(standing)
    if standing.alert.resolved_at is not None:
        return Reply(text, [section(f":white_check_mark: {text}")])
    why_not = f"You read this here because {place.why_not}." if place.why_not else ""
    notes = [context(why_not)] if why_not else []
    return Reply(text, [*_group(standing, place), *notes])


def show_alerts(standings: Sequence[Standing], records_url: str) -> Reply:
    """All that needs a person, each as its alert shows it."""
    if not standings:
        return Reply("Nothing needs a person.")
    place = Place(records_url, rows=_ROWS_OF_SEVERAL)
    shown, rest = standings[:MOST_ALERTS], standings[MOST_ALERTS:]
    blocks = [block for each in shown for block in _group(each, place)]
    if rest:
        names = ", ".join(title(each) for each in rest)
        blocks.append(context(f"And {len(rest)} more: {names}."))
    return Reply("\n".join(headline(each) for each in standings), blocks)


def _group(standing: Standing, place: Place) -> list[Block]:
    rows = [_row(standing.alert, each, place) for each in standing.first[: place.rows]]
    about = [_rest(standing, place), _whose(standing.alert)]
    said = [context(*about)] if any(about) else []
    return [_head(standing, place), *rows, *said, *actions(*_buttons(standing))]


def _head(standing: Standing, place: Place) -> Block:
    first, _, rest = headline(standing).partition(":")
    lines = [f"*{first}*{f' · {rest.strip()}' if rest else ''}", _way_out(standing, place)]
    if standing.alert.topic.kind is TopicKind.CONNECTION and standing.because:
        lines.insert(1, f"Why: {escape(standing.because)}.")
    return section("\n".join(filter(None, lines)))


def _way_out(standing: Standing, place: Place) -> str:
    topic = standing.alert.topic
    if topic.cause is None or not standing.first:
        is_back = topic.kind is TopicKind.CONNECTION and standing.is_connected
        return "" if is_back else _WAYS_OUT[topic.kind]
    return explain_many(standing.first, topic.cause, place.records_url, discreet=place.discreet)


def _row(alert: Alert, record: Record, place: Place) -> Block:
    entries = [("Details", _DETAILS[kind_of(record)], str(record.id))]
    is_sent_again = Action.SYNC in ACTIONS[record.sync.status]
    if is_sent_again or alert.topic.kind is not TopicKind.FAILURES:
        entries.insert(0, ("Retry", ids.RETRY_ONE, f"{alert.id} {record.id}"))
    menu = overflow(ids.MENU, entries)
    return {**section(_described(record, place)), "accessory": menu}


def _described(record: Record, place: Place) -> str:
    status = record.sync.status.label
    about = f"{status}: a change was not accepted" if record.sync.note else status
    if place.discreet:
        return f"*{_reference(record)}* · {about}"
    parts = [f"*{escape(record.name)}*"]
    if not isinstance(record, Client):
        amount = record.total if isinstance(record, Invoice) else record.amount
        parts += [escape(record.client.name), money(amount, _LOCALE)]
    return " · ".join([*parts, about])


def _reference(record: Record) -> str:
    """A client's name is all the reference that it has."""
    return "A client" if isinstance(record, Client) else escape(record.name)


def _rest(standing: Standing, place: Place) -> str:
    """What is not listed, by count; and all of it by sum."""
    more = standing.total - len(standing.first[: place.rows])
    sums = "" if place.discreet else " + ".join(money(each, _LOCALE) for each in standing.sums)
    parts = [f"and {more} more" if more > 0 else "", f"{sums} in all" if sums else ""]
    return ", ".join(filter(None, parts))


def _whose(alert: Alert) -> str:
    parts = [f"Since {moment(alert.opened_at)}."]
    if alert.claimed_by:
        parts.append(f"Claimed by <@{alert.claimed_by}>.")
    if alert.snoozed_until:
        parts.append(f"Snoozed until {moment(alert.snoozed_until)} by <@{alert.snoozed_by}>.")
    return " ".join(parts)


def _buttons(standing: Standing) -> list[Block]:
    kind, value = standing.alert.topic.kind, str(standing.alert.id)
    claim, snooze = (
        button("Claim", ids.CLAIM_ALERT, value),
        button("Snooze", ids.SNOOZE_ALERT, value),
    )
    if kind is TopicKind.FAILURES:
        retry = button("Retry all", ids.RETRY_ALL, value, primary=True)
        return [retry, claim, snooze, button("Dismiss", ids.DISMISS_ALERT, value)]
    if kind in {TopicKind.CONNECTION, TopicKind.ACCESS}:
        connect = button("Connect", ids.CONNECT_AGAIN, value, primary=True)
        is_back = kind is TopicKind.CONNECTION and standing.is_connected
        return [*([] if is_back else [connect]), claim, snooze]
    return [button("Retry all", ids.RETRY_ALL, value, primary=True), claim, snooze]
