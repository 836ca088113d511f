"""The picture of a week: how the payments of each of its days stand.

It is Slack's own chart. Where Slack does not take that block, bars of text say the same: an image
would need a public address for Slack to fetch it from, which is more than a program within a
firm's own walls can offer.
"""

from collections.abc import Callable
from datetime import date

from babel.dates import format_date

from handlers.elements import Block, word
from handlers.text import locale_of
from services.domain.digest import Digest, Group, recorded, standing, void
from services.domain.sync import Status

LOCALE = "en-US"  # Many read along in a channel, each with formats of their own.
STATUSES = (Status.SYNCED, Status.FAILED, Status.SKIPPED, Status.SYNCING, Status.NOT_SYNCED)
_TITLE = "Payments recorded each day, as they stand now"
_WIDEST = 20  # Of a bar, in characters.
_BAR = "\N{FULL BLOCK}"
_LABEL = 8  # Of a day: Mon 26.

Groups = tuple[Group, ...]


def draw(digest: Digest) -> list[Block]:
    """Nothing where there is nothing to show."""
    series = [
        {"name": name, "data": [{"label": _label(on), "value": count} for on, count in counts]}
        for name, counts in _series(digest)
    ]
    if not series:
        return []
    axis = {"categories": [_label(on) for on in digest.days], "y_label": "Payments"}
    chart = {"type": "bar", "series": series, "axis_config": axis}
    return [{"type": "data_visualization", "title": _TITLE, "chart": chart}]


def spell_out(digest: Digest) -> list[Block]:
    """The same for a Slack that does not take the chart."""
    most = max(recorded(groups) for groups in digest.days.values())
    if not most:
        return []
    lines = [_TITLE, *(_line(on, groups, most) for on, groups in digest.days.items())]
    text = {"type": "rich_text_preformatted", "elements": [word("\n".join(lines))]}
    return [{"type": "rich_text", "elements": [text]}]


def _line(on: date, groups: Groups, most: int) -> str:
    total = recorded(groups)
    bar = _BAR * -(-total * _WIDEST // most)  # Rounded up: one is never nothing.
    parts = [f"{count:,} {name}" for name, look in _STANDINGS.items() if (count := look(groups))]
    return f"{_label(on):<{_LABEL}}{bar:<{_WIDEST}} {total:,}  {', '.join(parts)}".rstrip()


def _series(digest: Digest) -> list[tuple[str, list[tuple[date, int]]]]:
    """Only what any payment of the week stands as."""
    series = [
        (name, [(on, look(groups)) for on, groups in digest.days.items()])
        for name, look in _STANDINGS.items()
    ]
    return [(name, counts) for name, counts in series if any(count for _, count in counts)]


def _standing(status: Status) -> Callable[[Groups], int]:
    return lambda groups: standing(groups, status)


_STANDINGS: dict[str, Callable[[Groups], int]] = {
    **{status.label: _standing(status) for status in STATUSES},
    "Deleted": void,
}


def _label(on: date) -> str:
    return str(format_date(on, format="EEE d", locale=locale_of(LOCALE)))
