"""Exactly once rests on three guards: without any one of them the simulation finds it broken."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.simulation.life import live
from tests.simulation.weather import Weather
from tests.simulation.world import migrated_file

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "sandbox", "services", "tests/simulation")
SEEDS = 200  # Far more than are needed: a run stops at the first broken promise.
PATIENCE = 300.0  # Seconds of real time, on a machine that is busy with other things.
BROKEN = re.compile(r"^Seed (?P<seed>\d+) .* broke a promise:$", re.MULTILINE)
TWICE = "in QuickBooks and not"


@dataclass(frozen=True)
class Mutation:
    """A mistake that somebody could make: `old` stands in `file` once, and becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    weathers: tuple[Weather, ...]
    shows_as: str  # Of what the simulation then says, so that no other mistake is taken for it.

    def plant(self, tree: Path) -> None:
        path = tree / self.file
        text = path.read_text()
        assert text.count(self.old) == 1, f"{self.file} has changed: look at {self.name!r} anew."
        path.write_text(text.replace(self.old, self.new))


MUTATIONS = (
    Mutation(
        "each attempt has a key of its own",
        "services/sync.py",
        'entry.body or "", entry.key.request_id)',
        'entry.body or "", f"{entry.key.request_id}{entry.attempt}")',
        (Weather.LAGGY, Weather.LATE),
        TWICE,
    ),
    Mutation(
        "nobody looks before sending again",
        "services/sync.py",
        "if entry.unresolved or push.always_looks:",
        "if push.always_looks:",
        (Weather.FORGETFUL,),
        TWICE,
    ),
    Mutation(
        "whoever was thought dead settles all the same",
        "services/db/outbox.py",
        """            outbox.c.state == EntryState.SENDING,
            outbox.c.attempt == entry.attempt,
            outbox.c.lease_epoch == lease.epoch,
            still_ours,
""",
        "",
        (Weather.PLAIN,),
        "and “sync ended” made syncing",
    ),
)
CASES = [(mutation, weather) for mutation in MUTATIONS for weather in mutation.weathers]


@pytest.mark.parametrize(
    ("mutation", "weather"), CASES, ids=[f"{each.name}, {weather}" for each, weather in CASES]
)
def test_without_a_guard_a_promise_is_broken(
    mutation: Mutation, weather: Weather, tmp_path: Path
) -> None:
    _copy_tree(tmp_path)
    mutation.plant(tmp_path)
    lived = _run(tmp_path, "-m", "tests.simulation", *_seeds(weather))
    told = BROKEN.search(lived.stdout)
    assert told, lived.stdout + lived.stderr
    assert lived.returncode == 1
    assert mutation.shows_as in lived.stdout
    with migrated_file() as empty:
        assert live(int(told["seed"]), empty, weather=weather).complaints == ()


def test_the_copy_is_what_is_run(tmp_path: Path) -> None:
    _copy_tree(tmp_path)
    modules = ("bot.worker", "handlers.text", "sandbox.quickbooks", "services.sync")
    names = ", ".join((*modules, "tests.simulation.life"))
    shown = ", ".join(f"{name}.__file__" for name in (*modules, "tests.simulation.life"))
    told = _run(tmp_path, "-c", f"import {names}; print({shown}, sep='\\n')")
    files = told.stdout.split()
    assert len(files) == len(modules) + 1, told.stderr
    assert all(Path(file).is_relative_to(tmp_path) for file in files)


def _copy_tree(to: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__", "test_*")
        )


def _seeds(weather: Weather) -> list[str]:
    return ["--seeds", str(SEEDS), "--weather", weather, "--jobs", "1"]


def _run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """With the copy as the working directory, which Python looks into first."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(  # noqa: S603 - our own interpreter and words.
        [sys.executable, *command],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
