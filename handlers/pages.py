"""Links to QuickBooks' own pages; `records_url` is the address beneath which they are."""

from handlers import ids
from handlers.elements import Block, link_button
from services.domain.ledger import Record
from services.domain.places import Place, page_of, path_to


def open_record(record: Record, records_url: str) -> list[Block]:
    """The button that leads to the record itself; none before it is there."""
    page = page_of(record)
    if page is None:
        return []
    return [link_button("Open in QuickBooks", ids.OPEN_RECORD, f"{records_url}/{page}")]


def look_there(place: Place | None, record: Record, records_url: str) -> str:
    """Where to look for what is to be mended; empty where there is no such page."""
    path = path_to(place, record) if place else None
    return f" (<{records_url}/{path}|look there>)" if path else ""
