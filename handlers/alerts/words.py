"""How an alert reads: what it is about, how it stands, and what became of it."""

from collections.abc import Iterable, Iterator, Mapping

from handlers.text import duration, escape, moment
from services.domain.alerts import Act, Event, Standing, TopicKind
from services.domain.explanations import EXPLANATIONS
from services.domain.ids import UserId
from services.domain.sync import RecordKind

_TITLES = {
    TopicKind.FAILURES: "Many different things went wrong",
    TopicKind.CONNECTION: "QuickBooks is disconnected",
    TopicKind.ACCESS: "The access to QuickBooks ends soon",
    TopicKind.UNCONFIRMED: "QuickBooks does not say whether it arrived",
    TopicKind.PARKED: "Something went wrong on our side",
}


def title(standing: Standing) -> str:
    topic = standing.alert.topic
    if topic.cause is not None:
        return EXPLANATIONS[topic.cause].title
    is_back = topic.kind is TopicKind.CONNECTION and standing.is_connected
    return "QuickBooks is connected again" if is_back else _TITLES[topic.kind]


def headline(standing: Standing) -> str:
    """What a notification shows; it names nobody and no sum."""
    name, resolved = title(standing), standing.alert.resolved_at
    if resolved is not None:
        return " · ".join([f"Resolved: {name}", *_how(standing)])
    state = _state(standing)
    return f"{name}: {state}" if state else f"{name}."


def _state(standing: Standing) -> str:
    kind = standing.alert.topic.kind
    if kind is TopicKind.CONNECTION:
        return _queue(standing)
    if kind is TopicKind.ACCESS:
        ends = standing.ends_at
        return f"on {ends:%Y-%m-%d}, however often it is renewed." if ends else ""
    return f"{_work(standing)}."


def _queue(standing: Standing) -> str:
    waiting = standing.waiting
    if standing.is_connected:
        return f"{_records(waiting)} {'is' if waiting == 1 else 'are'} still on the way."
    if not waiting:
        return "nothing waits for it yet."
    return f"{_records(waiting)} {'waits' if waiting == 1 else 'wait'} for it, and nothing is lost."


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"


def _work(standing: Standing) -> str:
    """What is asked for again needs nobody for the moment."""
    needy = sum(standing.needy.values())
    again = standing.total - needy
    way = "is on its way again" if again == 1 else "are on their way again"
    if not needy:
        return f"{counted(standing.kinds)} {way}"
    need = f"{counted(standing.needy)} {'needs' if needy == 1 else 'need'} a person"
    return f"{need}, {again} {way}" if again else need


def counted(counts: Mapping[RecordKind, int]) -> str:
    """2 clients, 37 payments and 1 refund."""
    parts = [
        f"{count} {kind}{'' if count == 1 else 's'}"
        for kind in RecordKind
        if (count := counts.get(kind, 0))
    ]
    *first, last = parts or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def who_waits(standing: Standing) -> str:
    """What else is not in QuickBooks for it, if anything."""
    count = sum(standing.behind.values())
    verb, them = "waits" if count == 1 else "wait", "it" if standing.total == 1 else "them"
    return f"{counted(standing.behind)} {verb} for {them}" if count else ""


def _how(standing: Standing) -> Iterator[str]:
    """How many, how long it took, and who did it."""
    alert = standing.alert
    if standing.solved:
        yield _records(standing.solved)
    if alert.resolved_at:
        yield f"in {duration(alert.resolved_at - alert.opened_at)}"
    if standing.solvers:
        yield f"by {_named(standing.solvers)}"


def _named(users: Iterable[UserId]) -> str:
    return ", ".join(f"<@{user}>" for user in users)


def happened(event: Event, *, discreet: bool) -> str:
    """A line of the alert's history; what somebody wrote may name a client."""
    who = _named(event.by)
    match event.act:
        case Act.CLAIMED:
            return f"{who} is at it."
        case Act.RETRIED:
            return f"{who} retried {event.count}."
        case Act.SNOOZED:
            until = moment(event.until) if event.until else ""
            return f"{who} snoozed this until {until}."
        case Act.DISMISSED:
            why = "" if discreet else f" “{escape(event.words)}”"
            return f"{who} dismissed {event.count}.{why}"
        case Act.REOPENED:
            return "It is back."
        case Act.RESOLVED:
            return f"Resolved by {who}." if who else "Resolved."


def say_again(standing: Standing) -> str:
    """Whoever claimed it is spoken to."""
    claimed_by = standing.alert.claimed_by
    whose = f" <@{claimed_by}> is at it." if claimed_by else ""
    return f"Still open. {headline(standing)}{whose}"
