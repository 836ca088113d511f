"""Which alert, and which of its records, a button means."""

from uuid import UUID

from handlers.errors import as_we_made_it
from services.domain.ids import AlertId

NOTHING_LEFT = "Nothing of this waits for anybody: it is on its way again, or was dealt with since."


def alert_of(words: str) -> AlertId:
    with as_we_made_it():
        return AlertId(UUID(words))


def record_of(words: str) -> tuple[AlertId, UUID]:
    alert, _, record = words.partition(" ")
    with as_we_made_it():
        return alert_of(alert), UUID(record)
