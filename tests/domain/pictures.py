"""The pictures in docs/sync-lifecycle.md, as arrows; and a word for every outcome."""

import re
from pathlib import Path

from services.domain.causes import Cause
from services.domain.sync import (
    Accepted,
    NotSent,
    Outcome,
    Rejected,
    ReplyLost,
    Skipped,
    Stale,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "sync-lifecycle.md"
START = END = "[*]"
Arrow = tuple[str, str, str]  # From where, at what, to where.

OUTCOMES: dict[type[Outcome], tuple[str, Outcome]] = {
    Accepted: ("accepted", Accepted("150", "0")),
    NotSent: ("not sent", NotSent("no line")),
    Stale: ("stale", Stale("changed since")),
    Rejected: ("refused", Rejected(Cause.CLOSED_PERIOD, "closed")),
    Skipped: ("left out", Skipped(Cause.FOREIGN_CURRENCY, "EUR")),
    ReplyLost: ("no answer", ReplyLost("time-out")),
}


def pictures() -> list[str]:
    found = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(found) == 2
    return found


def drawn(picture: str) -> set[Arrow]:
    arrows: list[Arrow] = []
    for line in filter(None, map(str.strip, picture.splitlines())):
        if not line.startswith("state "):
            arrow = re.fullmatch(r"(\S+) --> (\S+)(?: : (.+))?", line)
            assert arrow, line
            events = (arrow[3] or "").split(", ")
            arrows.extend((arrow[1], event, arrow[2]) for event in events)
    assert len(set(arrows)) == len(arrows)
    return set(arrows)
