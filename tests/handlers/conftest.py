"""What tests of several topics begin with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.alerting import Team, a_team


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with a_team(tmp_path) as team:
        yield team
