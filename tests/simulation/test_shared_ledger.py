"""Fifty lives of two and three programs on one ledger in PostgreSQL keep every promise."""

import re

import pytest

from tests.postgres import Server
from tests.simulation.life import Conditions, live
from tests.simulation.lives import live_batch
from tests.simulation.storage import BlankDatabase

LIVES = {2: range(25), 3: range(25, 50)}
MUST_BE_SEEN = {
    *("create client done", "create invoice done", "create payment done", "create refund done"),
    *("delete payment done", "became failed", "became skipped", "became not_synced"),
    *("crash", "freeze", "clock set", "connection lost", "lock waited for"),
    # A holder that stood still finds its realm with another.
    *("log: lease lost", "log: outcome discarded", "log: reply lost"),
    # Programs need the same access at the same time; one stood still while it renewed it.
    *("refresh left to another", "freeze while refreshing", "refresh came too late"),
}  # By either number, else a promise is kept because nothing tries it.


@pytest.fixture
def blank(postgres: Server) -> BlankDatabase:
    return BlankDatabase(postgres.url)


@pytest.mark.parametrize("workers", LIVES)
def test_programs_that_share_a_ledger_keep_every_promise(
    blank: BlankDatabase, workers: int
) -> None:
    lived = live_batch(LIVES[workers], blank, Conditions(workers=workers))
    assert [(life.seed, life.complaints) for life in lived.broken] == []
    assert lived.sightings.keys() >= MUST_BE_SEEN


def test_a_seed_is_the_same_life_every_time_on_a_server(blank: BlankDatabase) -> None:
    """Though statements of several programs wait for each other."""
    first, second = (live(4, blank, Conditions(workers=3), verbose=True) for _ in range(2))
    assert first.sightings == second.sightings
    assert first.sightings["lock waited for"] > 0
    assert _without_random_ids(first.log) == _without_random_ids(second.log)


def _without_random_ids(log: tuple[str, ...]) -> list[str]:
    """UUIDs come from the system's chance, and nothing depends on them."""
    return [re.sub("[0-9a-f]{7,32}", "…", line) for line in log]  # Some are cut short.
