"""What the tests of many workspaces share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workspaces.neighbours import Neighbours, two_firms


@pytest.fixture
async def neighbours(tmp_path: Path, over: str) -> AsyncIterator[Neighbours]:
    async with two_firms(tmp_path, over) as both:
        yield both
