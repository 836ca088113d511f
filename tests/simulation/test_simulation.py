"""A thousand lives keep every promise, and meet all that a promise could break on."""

import re

import pytest

from tests.simulation.life import Conditions, live
from tests.simulation.lives import live_batch
from tests.simulation.storage import migrated_file
from tests.simulation.weather import ALL, Weather

LIVES, CHUNK = 1_000, 250
MUST_BE_SEEN = {
    # Every operation on every kind of record, and what may become of it.
    *("create client done", "create client failed", "create client cancelled"),
    *("create invoice done", "create invoice skipped"),
    *("create payment done", "create payment failed", "create payment skipped"),
    *("create payment cancelled", "create refund done", "then apply refund done"),
    *("update client done", "update invoice done", "update payment done"),
    *("update payment refused", "void invoice done", "then delete invoice done"),
    *("delete invoice done", "delete payment done", "delete payment refused"),
    *("delete refund done", "unapply refund done", "then delete refund done"),
    *("release client done", "release payment done"),
    # What people are told.
    *("became not_synced", "became syncing", "became synced", "became failed", "became skipped"),
    *("cause possible_twin", "cause closed_period", "cause near_match", "cause client_excluded"),
    *("note deposited", "note changed_in_quickbooks", "note refund_in_the_way"),
    *("link payment granted", "link invoice granted", "cancel payment granted"),
    *("unsync payment refused", "settings saved", "disconnected"),
    # What goes wrong.
    *("crash", "freeze", "clock set", "connection lost"),
    *("log: lease lost", "log: outcome discarded", "log: reply lost"),
}  # In each chunk, else a promise is kept because nothing tries it.


@pytest.mark.parametrize("first", range(0, LIVES, CHUNK))
def test_every_promise_is_kept_in_every_life(first: int) -> None:
    with migrated_file() as blank:
        lived = live_batch(range(first, first + CHUNK), blank)
    assert [(life.seed, life.complaints) for life in lived.broken] == []
    assert lived.sightings.keys() >= MUST_BE_SEEN


@pytest.mark.parametrize("weather", ALL)
def test_a_seed_is_the_same_life_every_time(weather: Weather) -> None:
    with migrated_file() as blank:
        first, second = (live(7, blank, Conditions(weather), verbose=True) for _ in range(2))
    assert _without_random_ids(first.log) == _without_random_ids(second.log)
    assert first.log


def _without_random_ids(log: tuple[str, ...]) -> list[str]:
    """UUIDs come from the system's chance, and nothing depends on them."""
    return [re.sub("[0-9a-f]{7,32}", "…", line) for line in log]  # Some are cut short.
