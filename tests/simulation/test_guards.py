"""Without any one of its guards a promise is broken, and the suite finds it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.life import live
from tests.simulation.mutations import MUTATIONS, Lives, Mutation

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "sandbox", "services", "tests")
PATIENCE = 300.0  # Seconds of real time, on a machine that is busy with other things.
BROKEN = re.compile(r"^Seed (?P<seed>\d+) .* broke a promise:$", re.MULTILINE)
CASES = [(mutation, finder) for mutation in MUTATIONS for finder in mutation.found_by]


@pytest.mark.parametrize(
    ("mutation", "finder"), CASES, ids=[f"{mutation.name}, {finder}" for mutation, finder in CASES]
)
def test_a_mistake_is_found(mutation: Mutation, finder: Lives | str, tmp_path: Path) -> None:
    _copy_tree(tmp_path)
    mutation.plant(tmp_path)
    if isinstance(finder, str):
        _found_by_a_test(mutation, finder, tmp_path)
    else:
        _found_in_a_life(mutation, finder, tmp_path)


def _found_by_a_test(mutation: Mutation, file: str, tree: Path) -> None:
    told = _run(tree, "-m", "pytest", "--quiet", "--exitfirst", file)
    assert told.returncode == 1
    assert re.search(mutation.shows_as, told.stdout)


def _found_in_a_life(mutation: Mutation, lives: Lives, tree: Path) -> None:
    """And the same life without the mistake is in order."""
    told = _run(tree, *lives.command)
    broken = BROKEN.search(told.stdout)
    assert broken, told.stdout + told.stderr
    assert told.returncode == 1
    assert re.search(mutation.shows_as, told.stdout)
    with lives.database.blank() as blank:
        life = live(int(broken["seed"]), blank, lives.conditions)
    assert life.complaints == ()


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
        shutil.copytree(ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", to)


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
