"""The programs of a town, each a process of its own that may be killed and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.config import Config
from sandbox.loopback import free_port
from tests.bot.conftest import environment_of

READY_WITHIN = 60  # Seconds, on a busy machine.
STOPS_WITHIN = 30
_LOOK_AGAIN = 0.1


@dataclass
class Replica:
    """One `counterfoil serve`; what it says is kept in a file, for whoever looks why it failed."""

    environment: Mapping[str, str]
    folder: Path
    code: Path | None = None  # Where the program stands, if not here.
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @property
    def said(self) -> str:
        return self._journal.read_text()

    @property
    def _journal(self) -> Path:
        return self.folder / f"{self.environment['PORT']}.log"

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        where = {"PYTHONPATH": str(self.code)} if self.code else {}
        with self._journal.open("a") as journal:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], **self.environment, **where},
                stdout=journal,
                stderr=journal,
            )

    async def until_ready(self) -> None:
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(READY_WITHIN):
            while not await self._is_ready(client):
                assert self.process.returncode is None, self.said
                await asyncio.sleep(_LOOK_AGAIN)

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.url}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def end(self, number: signal.Signals) -> int:
        """Tell how it ended."""
        self.process.send_signal(number)
        async with asyncio.timeout(STOPS_WITHIN):
            return await self.process.wait()


@asynccontextmanager
async def a_fleet(
    config: Config, folder: Path, size: int, **settings: str
) -> AsyncIterator[list[Replica]]:
    """So many, ready; the first one has the public address. What still lives is killed at the end.

    They are started one after the other, as an operator does with a new database.
    """
    environment = {**environment_of(config), **settings}
    ports = [str(config.port), *(str(free_port()) for _ in range(size - 1))]
    fleet = [Replica({**environment, "PORT": port}, folder) for port in ports]
    try:
        for each in fleet:
            await each.start()
            await each.until_ready()
        yield fleet
    finally:
        for each in fleet:
            if each.is_alive:
                await each.end(signal.SIGKILL)
