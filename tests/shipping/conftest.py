"""What is given to operators, and the program as it comes out of it."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.bot.conftest import all_but_the_program
from tests.shipping.dockerfile import Builder, Image, Step, read_steps
from tests.world import World

ROOT = Path(__file__).parents[2]
# As it was before the tests forgot all proxies: what is downloaded may need them.
_OUTSIDE = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """Built once, by the Dockerfile's own steps; what is in no cache of uv's is downloaded."""
    with TemporaryDirectory() as folder:
        yield Builder(context=ROOT, folder=Path(folder), outside=_OUTSIDE).build(_steps())


@pytest.fixture
def told(tmp_path: Path) -> Image:
    """What the image says of itself, which nothing has to be built for."""
    return Builder(context=ROOT, folder=tmp_path, outside={}, performs=False).build(_steps())


def _steps() -> list[Step]:
    return read_steps((ROOT / "Dockerfile").read_text())


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[World]:
    async with all_but_the_program(tmp_path) as world:
        yield world
