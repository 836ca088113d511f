"""What all tests share."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from sandbox.slack import SOCKETS
from tests.builders import a_ledger_url
from tests.postgres import Server
from tests.postgres import serving as serving_postgres
from tests.world import HTTP, World, a_world

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(autouse=True, scope="session")
def _no_proxy() -> Iterator[None]:
    """Slack's SDK obeys a proxy even for loopback."""
    kept = {name: os.environ.pop(name) for name in _PROXIES if name in os.environ}
    yield
    os.environ.update(kept)


@pytest.fixture(autouse=True, scope="session")
def _plain_logs() -> None:
    """Unasked, structlog draws frames with all their variables: a third of a second each."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[*before[:-1], plain])


@pytest.fixture(scope="session")
def postgres(testrun_uid: str, worker_id: str) -> Iterator[Server]:
    """One server for all processes that the tests run in."""
    shared = Path(tempfile.gettempdir()) / f"counterfoil-{testrun_uid[:12]}"
    with serving_postgres(shared, worker_id) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated and empty ledger of the test's own, on either database."""
    if request.param == "sqlite":
        return a_ledger_url(tmp_path)
    server: Server = request.getfixturevalue("postgres")
    return server.an_empty_ledger()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--over",
        choices=[HTTP, SOCKETS],
        default=HTTP,
        help="How Slack reaches the bot: whatever staff do is the same over either.",
    )
    parser.addoption("--seed", default="1", help="Of the moments at which programs are killed.")


@pytest.fixture
def over(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--over"))


@pytest.fixture
async def world(tmp_path: Path, over: str) -> AsyncIterator[World]:
    async with a_world(tmp_path, over) as whole:
        yield whole
