"""Lists: rows with the QUICKBOOKS column, ten on a page."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.elements import Block, actions, button
from handlers.errors import as_we_made_it
from services.domain.pages import Page, Place, Search
from services.domain.sync import Status
from services.errors import Refused

MAX_SOUGHT = 200  # Characters; a button carries them to the next page.
MOST_WORDS = 20
_STATUSES = {status.label.casefold(): status for status in Status}
_STATUS = re.compile(rf"\b(?:{'|'.join(sorted(_STATUSES, key=len, reverse=True))})\b")


@dataclass(frozen=True)
class Turn:
    """Which page of what was sought."""

    sought: str = ""
    place: Place | None = None


def first_turn(words: str) -> Turn:
    """Refused for more words than are looked for."""
    if len(words) > MAX_SOUGHT or len(words.split()) > MOST_WORDS:
        most = f"{MOST_WORDS} words and {MAX_SOUGHT} characters are the most"
        raise Refused(f"That is too much to look for: {most}.")
    return Turn(words)


def read_turn(value: str) -> Turn:
    """From the value of a button that leads to another page."""
    with as_we_made_it():
        mark, back, sought = json.loads(value)
    return Turn(str(sought), Place(str(mark), back=bool(back)))


def read_search(text: str) -> Search:
    """`failed acme`: names of statuses, and what the rows must hold."""
    plain = " ".join(text.casefold().split())
    statuses = frozenset(_STATUSES[name] for name in _STATUS.findall(plain))
    return Search(statuses, tuple(_STATUS.sub(" ", plain).split()))


def row(about: Sequence[str], status: str, menu: Block) -> Block:
    """Lines of mrkdwn, and how it stands in QuickBooks."""
    columns = ("\n".join(about), f"*QUICKBOOKS*\n{status}")
    fields = [{"type": "mrkdwn", "text": column} for column in columns]
    return {"type": "section", "fields": fields, "accessory": menu}


def pager(
    order: str, page: Page[Any], sought: str, *, labels: tuple[str, str] = ("Previous", "Next")
) -> list[Block]:
    """The way to the neighbouring pages; nothing where there are none."""
    ways = zip(labels, turns(order), (page.before, page.after), strict=True)
    return actions(
        *(
            button(label, name, _turn(place, sought))
            for label, name, place in ways
            if place is not None
        )
    )


def turns(order: str) -> tuple[str, str]:
    """The names of the two buttons of `pager`."""
    return f"{order}/previous", f"{order}/next"


def _turn(place: Place, sought: str) -> str:
    return json.dumps([place.mark, place.back, sought], ensure_ascii=False)
