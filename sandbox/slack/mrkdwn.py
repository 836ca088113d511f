"""Reads mrkdwn as a person reads it: mentions named, dates local, links as labels, marks gone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta

NameOf = Callable[[str], str]

CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
REFERENCE = re.compile(r"<([^<>\n]+)>")
MARKS = [
    re.compile(rf"(?<![\w{mark}])\{mark}(?=\S)([^{mark}\n]+?)(?<=\S)\{mark}(?![\w{mark}])")
    for mark in "*_~"
]
TIMESTAMP = re.compile(r"[0-9]{1,11}")  # Seconds, to the year 5138.
DATE_TOKEN = re.compile(r"\{(\w+)\}")
MASS_MENTION = re.compile(r"<!(channel|here|everyone|group|subteam\^\w+)(?:\|[^<>]*)?>")
BARE_AMPERSAND = re.compile("&(?!amp;|lt;|gt;)")
ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}  # The ampersand last: it escapes the others.


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whose screen a text is read on."""

    name_of_user: NameOf
    name_of_channel: NameOf
    now: Callable[[], float]
    locale: str = "en-US"
    tz: str = "UTC"

    def utc_offset(self) -> int:
        offset = datetime.fromtimestamp(self.now(), tz=ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0


def read(source: str, reader: Reader) -> str:
    """Return what is seen; text between backticks stays as it was typed."""
    pieces, position = [], 0
    for code in CODE.finditer(source):
        pieces.append(_read_prose(source[position : code.start()], reader))
        pieces.append(_read_references(code[1] or code[2], reader))
        position = code.end()
    pieces.append(_read_prose(source[position:], reader))
    return "".join(pieces)


def mass_mentions(source: str) -> list[str]:
    return [found[0] for found in MASS_MENTION.finditer(source)]


def unescape(source: str) -> str:
    for entity, character in ENTITIES.items():
        source = source.replace(entity, character)
    return source


def escape(source: str) -> str:
    """Escape as Slack does before it repeats a plain text: entities stay as they are."""
    ampersands = BARE_AMPERSAND.sub("&amp;", source)
    return ampersands.replace("<", "&lt;").replace(">", "&gt;")


def _read_prose(source: str, reader: Reader) -> str:
    for mark in MARKS:
        source = mark.sub(r"\1", source)
    return _read_references(source, reader)


def _read_references(source: str, reader: Reader) -> str:
    pieces, position = [], 0
    for reference in REFERENCE.finditer(source):
        pieces.append(unescape(source[position : reference.start()]))
        pieces.append(_read_reference(reference[1], reader))
        position = reference.end()
    pieces.append(unescape(source[position:]))
    return "".join(pieces)


def _read_reference(inside: str, reader: Reader) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return "@" + (unescape(label) or reader.name_of_user(target[1:]))
    if target.startswith("#"):
        return "#" + (unescape(label) or reader.name_of_channel(target[1:]))
    if target.startswith("!date^"):
        return _read_date(target, fallback=unescape(label), reader=reader)
    if target.startswith("!"):
        return unescape(label) or "@" + target[1:].partition("^")[0]
    return unescape(label) or unescape(target).removeprefix("mailto:")


def _read_date(target: str, *, fallback: str, reader: Reader) -> str:
    """Fill the tokens of `!date^timestamp^tokens^link` in the reader's zone and language."""
    _, timestamp, *rest = target.split("^")
    if not TIMESTAMP.fullmatch(timestamp) or not rest:
        return fallback
    moment = datetime.fromtimestamp(int(timestamp), tz=ZoneInfo(reader.tz))
    return DATE_TOKEN.sub(lambda token: _date_token(token[1], moment, reader), unescape(rest[0]))


def _date_token(token: str, moment: datetime, reader: Reader) -> str:
    locale = Locale.parse(reader.locale, sep="-")
    today = datetime.fromtimestamp(reader.now(), tz=moment.tzinfo).date()
    match token.removesuffix("_pretty"):
        case "time":
            return format_time(moment, "short", tzinfo=moment.tzinfo, locale=locale)
        case "time_secs":
            return format_time(moment, "medium", tzinfo=moment.tzinfo, locale=locale)
        case "ago":
            elapsed = moment - datetime.fromtimestamp(reader.now(), tz=UTC)
            return format_timedelta(elapsed, add_direction=True, locale=locale)
        case "date_num":
            return moment.date().isoformat()
        case dated if dated in DATE_FORMATS:
            near = _nearby(moment, today) if token.endswith("_pretty") else None
            return near or format_date(moment.date(), DATE_FORMATS[dated], locale=locale)
        case _:
            return "{" + token + "}"


DATE_FORMATS = {
    "date": "long",
    "date_slash": "short",
    "date_long": "full",
    "date_long_full": "full",
    "date_short": "medium",
    "day_divider": "full",
}


def _nearby(moment: datetime, today: object) -> str | None:
    day = timedelta(days=1)
    names = {
        moment.date(): "today",
        moment.date() + day: "yesterday",
        moment.date() - day: "tomorrow",
    }
    return next((name for date, name in names.items() if date == today), None)
