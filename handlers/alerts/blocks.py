"""An alert as a message, and all of a firm's alerts as an answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from handlers import ids
from handlers.alerts.words import headline, title, who_waits
from handlers.causes import explain_many, is_mended_by_retrying
from handlers.elements import Block, Reply, actions, button, context, overflow, section
from handlers.text import escape, moment, money
from services.domain.alerts import MOST_NAMED, Alert, Standing, TopicKind
from services.domain.ledger import Client, Invoice, Record, kind_of
from services.domain.money import Money
from services.domain.sync import RecordKind, Status

MOST_ALERTS = 11  # In one answer: each has a row at least.
_ROOM = 45  # Blocks for all of them, of the 50 that an answer holds.
_AROUND = 3  # Blocks of an alert without its rows.
_LOCALE = "en-US"  # Many read it, each of whom may write numbers otherwise.
_ON_THEIR_WAY = "They were asked for again. Once all of them are Synced, this is resolved."
_DETAILS = {
    RecordKind.CLIENT: ids.in_row(ids.SHOW_CLIENT),
    RecordKind.INVOICE: ids.in_row(ids.SHOW_INVOICE),
    RecordKind.PAYMENT: ids.SHOW_PAYMENT,
    RecordKind.REFUND: ids.SHOW_REFUND,
}
_WAYS_OUT = {
    TopicKind.FAILURES: "*Details* of each row say what happened, and the way out.",
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
    shown, rest = standings[:MOST_ALERTS], standings[MOST_ALERTS:]
    place = Place(records_url, rows=min(MOST_NAMED, _ROOM // len(shown) - _AROUND))
    blocks = [block for each in shown for block in _group(each, place)]
    if rest:
        names = ", ".join(title(each) for each in rest)
        blocks.append(context(f"And {len(rest)} more: {names}."))
    return Reply("\n".join(headline(each) for each in standings), blocks)


def _group(standing: Standing, place: Place) -> list[Block]:
    rows = [_row(standing.alert, each, place) for each in standing.first[: place.rows]]
    about = context(" ".join(_about(standing, place)))
    return [_head(standing, place), *rows, about, *actions(*_buttons(standing))]


def _head(standing: Standing, place: Place) -> Block:
    first, _, rest = headline(standing).partition(":")
    lines = [f"*{first}*{f' · {rest.strip()}' if rest else ''}", _way_out(standing, place)]
    if standing.alert.topic.kind is TopicKind.CONNECTION and standing.because:
        lines.insert(1, f"Why: {escape(standing.because)}.")
    return section("\n".join(filter(None, lines)))


def _way_out(standing: Standing, place: Place) -> str:
    topic = standing.alert.topic
    if topic.kind is TopicKind.FAILURES and not standing.needy:
        return _ON_THEIR_WAY
    if topic.cause is None or not standing.first:
        is_back = topic.kind is TopicKind.CONNECTION and standing.is_connected
        return "" if is_back else _WAYS_OUT[topic.kind]
    retries = standing.count(Status.FAILED) > 0
    return explain_many(
        standing.first, topic.cause, place.records_url, retries=retries, discreet=place.discreet
    )


def _row(alert: Alert, record: Record, place: Place) -> Block:
    entries = [("Details", _DETAILS[kind_of(record)], str(record.id))]
    if record.sync.status is Status.FAILED or alert.topic.kind is not TopicKind.FAILURES:
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


def _about(standing: Standing, place: Place) -> Iterator[str]:
    """What is not listed, by count; all of it by sum; since when, and who is at it."""
    alert, more = standing.alert, standing.total - len(standing.first[: place.rows])
    if more > 0:
        lists = ", ".join(_lists(standing))
        yield f"And {more} more{f': {lists}' if lists else ''}."
    if standing.sums and standing.total > 1 and not place.discreet:
        yield f"{_summed(standing.sums)}."
    if waiting := who_waits(standing):
        yield f"{waiting}."
    yield f"Since {moment(alert.opened_at)}."
    if alert.claimed_by:
        yield f"Claimed by <@{alert.claimed_by}>."
    if standing.is_snoozed and alert.snoozed_until:
        yield f"Snoozed until {moment(alert.snoozed_until)} by <@{alert.snoozed_by}>."


def _lists(standing: Standing) -> list[str]:
    """Where all that Failed is read; refunds are read with their payments."""
    kinds = [kind for kind in RecordKind if standing.counts.get((kind, Status.FAILED))]
    return [f"`/{kind} list failed`" for kind in kinds if kind is not RecordKind.REFUND]


def _summed(sums: Mapping[RecordKind, tuple[Money, ...]]) -> str:
    """What came in and what went out are no one sum."""
    parts = {kind: " + ".join(money(each, _LOCALE) for each in some) for kind, some in sums.items()}
    if len(parts) == 1:
        return f"{''.join(parts.values())} in all"
    return ", ".join(f"{some} in {kind}s" for kind, some in parts.items())


def _buttons(standing: Standing) -> list[Block]:
    """What helps comes first, in colour."""
    value = str(standing.alert.id)
    anybody = [
        button("Claim", ids.CLAIM_ALERT, value),
        button("Snooze", ids.SNOOZE_ALERT, value),
    ]
    match standing.alert.topic.kind:
        case TopicKind.FAILURES:
            dismiss = [button("Dismiss", ids.DISMISS_ALERT, value)]
            return [*_retry(standing), *anybody, *(dismiss if standing.needy else [])]
        case TopicKind.CONNECTION if standing.is_connected:
            return anybody
        case TopicKind.CONNECTION | TopicKind.ACCESS:
            return [button("Connect", ids.CONNECT_AGAIN, value, primary=True), *anybody]
        case TopicKind.UNCONFIRMED | TopicKind.PARKED:
            return [button("Retry all", ids.RETRY_ALL, value, primary=True), *anybody]


def _retry(standing: Standing) -> list[Block]:
    """Of failures; changes that were not accepted are made again one by one."""
    if not standing.count(Status.FAILED):
        return []
    cause = standing.alert.topic.cause
    helps = cause is not None and is_mended_by_retrying(cause)
    return [button("Retry all", ids.RETRY_ALL, str(standing.alert.id), primary=helps)]
