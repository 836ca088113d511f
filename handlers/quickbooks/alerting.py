"""Where alerts go and when, and where payments may be posted: the part about channels."""

from datetime import time
from functools import cache
from zoneinfo import available_timezones

from handlers import ids
from handlers.channels import why_not_in
from handlers.desk import Desk, Request
from handlers.elements import Block, field_input, option, toggle
from handlers.errors import Unusable
from handlers.forms import Values, chosen
from services.domain.ledger import Settings
from services.domain.settings import Alerting, Rhythm
from services.errors import TryLater

MOST_CHANNELS = 50
_CHANNELS = {"include": ["public", "private"], "exclude_bot_users": True}


@cache
def _zones() -> frozenset[str]:
    """Reading them takes a while: once is enough."""
    return frozenset(available_timezones())


def alerting_fields(settings: Settings) -> list[Block]:
    alerting = settings.alerting
    return [
        field_input(
            ids.ALERT_CHANNEL,
            "Alert channel",
            _channel_menu(alerting.channel_id),
            optional=True,
            hint="Where the team hears of what failed. Invite Counterfoil to it. "
            "In a channel that is not private it names no clients and no sums.",
        ),
        field_input(ids.ALERT_RHYTHM, "Alert rhythm", _rhythm_menu(alerting.rhythm)),
        field_input(
            ids.QUIET_FROM,
            "Quiet from",
            _time_picker(alerting.quiet_from),
            optional=True,
            hint="Empty: no quiet hours.",
        ),
        field_input(
            ids.QUIET_UNTIL, "Quiet until", _time_picker(alerting.quiet_until), optional=True
        ),
        field_input(ids.TIME_ZONE, "Time zone", _zone_menu(alerting.time_zone)),
        field_input(
            ids.WEEKLY_DIGEST,
            "Digest",
            toggle("Weekly digest", ids.ON, checked=alerting.digest),
            optional=True,
            hint="On Mondays at 9:00, of the week before: what was recorded and how it stands, "
            "how long it took, where the money is, and what is left to do.",
        ),
        field_input(
            ids.POSTING_CHANNELS,
            "Channels for payments",
            _posting_menu(settings),
            optional=True,
            hint="Where payments may be posted, if the channel is private and not shared outside.",
        ),
    ]


def _channel_menu(channel: str | None) -> Block:
    start = {"initial_conversation": channel} if channel else {}
    return {"type": "conversations_select", "filter": _CHANNELS, **start}


def _rhythm_menu(rhythm: Rhythm) -> Block:
    options = {each: option(each.label, each) for each in Rhythm}
    return {
        "type": "static_select",
        "options": list(options.values()),
        "initial_option": options[rhythm],
    }


def _time_picker(at: time | None) -> Block:
    return {"type": "timepicker", **({"initial_time": f"{at:%H:%M}"} if at else {})}


def _zone_menu(zone: str) -> Block:
    return {
        "type": "external_select",
        "min_query_length": 0,
        "initial_option": option(zone, zone),
    }


def _posting_menu(settings: Settings) -> Block:
    menu: Block = {
        "type": "multi_conversations_select",
        "filter": {**_CHANNELS, "include": ["private"], "exclude_external_shared_channels": True},
        "max_selected_items": MOST_CHANNELS,
    }
    if channels := sorted(settings.posting_channels):
        menu["initial_conversations"] = channels
    return menu


async def suggest_time_zones(desk: Desk, request: Request) -> list[Block]:
    del desk
    sought = request.words.casefold().replace(" ", "_")
    names = sorted(name for name in _zones() if sought in name.casefold())
    return [option(name, name) for name in names]


def read_alerting(values: Values) -> Alerting:
    """Raise Unusable with a sentence at the field that it is about."""
    begins, ends = _read_time(values, ids.QUIET_FROM), _read_time(values, ids.QUIET_UNTIL)
    if (begins is None) != (ends is None):
        missing = ids.QUIET_FROM if begins is None else ids.QUIET_UNTIL
        raise Unusable({missing: "Quiet hours need a beginning and an end."})
    zone = chosen(values, ids.TIME_ZONE) or "UTC"
    if zone not in _zones():
        raise Unusable({ids.TIME_ZONE: "There is no such time zone."})
    return Alerting(
        channel_id=values[ids.ALERT_CHANNEL][ids.ALERT_CHANNEL].get("selected_conversation"),
        rhythm=Rhythm(chosen(values, ids.ALERT_RHYTHM) or Rhythm.AT_ONCE),
        quiet_from=begins,
        quiet_until=ends,
        time_zone=zone,
        digest=_read_toggle(values, ids.WEEKLY_DIGEST),
    )


async def check_alert_channel(request: Request, alerting: Alerting) -> None:
    """Unusable where an alert would not get there."""
    if alerting.channel_id is None:
        return
    try:
        closed = await why_not_in(request.client, alerting.channel_id)
    except TryLater as error:
        closed = str(error)
    if closed:
        raise Unusable({ids.ALERT_CHANNEL: closed})


def _read_time(values: Values, name: str) -> time | None:
    text = values[name][name].get("selected_time")
    return time.fromisoformat(text) if text else None


def _read_toggle(values: Values, name: str) -> bool:
    """A form without it is of another version, and must not turn it off."""
    return bool(values[name][name].get("selected_options"))


def read_posting_channels(values: Values) -> frozenset[str]:
    name = ids.POSTING_CHANNELS
    return frozenset(values[name][name].get("selected_conversations") or [])
