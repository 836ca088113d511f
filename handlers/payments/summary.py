"""How one message tells of many payments."""

from collections.abc import Sequence
from datetime import datetime

from handlers.elements import Reply, context, section
from handlers.text import moment
from services.domain.floods import MOST_NAMED, NAMED, Tally
from services.domain.sync import Status


def describe(tally: Tally, *, at: datetime) -> Reply:
    """How they stood at that moment; it stays true when nobody edits it any more."""
    head = f"{tally.total} payments have changed at once: {_counts(tally)}."
    lines = [f"*{head}*", "This message tells of them; their own are edited at the next change."]
    lines += [_named(each, tally) for each in NAMED if each in tally.named]
    return Reply(
        head,
        [
            section("\n".join(lines)),
            context(f"As of {moment(at)}. `/payment list` shows how all payments stand."),
        ],
    )


def need_somebody(user: str, names: Sequence[str]) -> Reply:
    """Beside a summary whose edit made no sound."""
    which = _some(names[:MOST_NAMED], len(names))
    verb = "needs" if len(names) == 1 else "need"
    return Reply(f"<@{user}> {which} {verb} somebody: `/payment list failed skipped` says why.")


def _counts(tally: Tally) -> str:
    return ", ".join(
        f"{tally.counts[each]} {each.label}" for each in Status if tally.counts.get(each)
    )


def _named(status: Status, tally: Tally) -> str:
    which = _some(tally.named[status], tally.counts[status])
    asked = status.label.lower()
    return f"{status.label}: {which} – `/payment list {asked}` says why."


def _some(names: Sequence[str], count: int) -> str:
    more = count - len(names)
    return f"{', '.join(names)} and {more} more" if more > 0 else ", ".join(names)
