"""An environment of the peer's own: made on the first run, and again when its lock changes."""

import subprocess
import sys
from pathlib import Path

from rich.console import Console
from uv import find_uv_bin

LOCK = Path(__file__).with_name("python-quickbooks.lock")
FOLDER = Path(__file__).parents[1] / ".venv-bench" / "python-quickbooks"
PYTHON = FOLDER / "bin" / "python"


def make(console: Console) -> None:
    """Nothing where it is there already; needs the network the first time."""
    made = FOLDER / LOCK.name
    if made.exists() and made.read_bytes() == LOCK.read_bytes():
        return
    console.print(f"Making an environment for python-quickbooks in {FOLDER}, this once.")
    _uv("venv", "--clear", "--python", sys.executable, str(FOLDER))
    _uv("pip", "sync", "--python", str(PYTHON), "--require-hashes", str(LOCK))
    made.write_bytes(LOCK.read_bytes())  # Last: what was broken off is made anew.


def _uv(*arguments: str) -> None:
    """With none of our own settings: the peer's pins are the peer's."""
    subprocess.run([find_uv_bin(), "--quiet", "--no-config", *arguments], check=True)  # noqa: S603
