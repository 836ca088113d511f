"""What all tests share."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.world import World, a_world

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(autouse=True, scope="session")
def _no_proxy() -> Iterator[None]:
    """Slack's SDK obeys a proxy even for loopback."""
    kept = {name: os.environ.pop(name) for name in _PROXIES if name in os.environ}
    yield
    os.environ.update(kept)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as whole:
        yield whole
