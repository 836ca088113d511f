"""The bot as its operator runs it: a process of its own that knows only its environment."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

READY_WITHIN = 15  # Seconds; two are usual, a busy machine takes longer.
LOOK_EVERY = 0.05  # Seconds between two looks at /readyz.
GOODBYE_WITHIN = 10  # Seconds; `serve` promises to stop within them.
LAST_LINES = 20  # Of the log; a traceback's end says most.


class BotDied(Exception):  # noqa: N818 - it says what happened.
    """The bot ended while it was needed."""


@dataclass(frozen=True)
class Program:
    process: Process
    log: Path
    url: str

    async def watch(self) -> None:
        """Return never; raise BotDied when the process ends."""
        code = await self.process.wait()
        raise BotDied(f"The bot ended by itself, with exit code {code}.")

    async def ready(self) -> None:
        async with asyncio.timeout(READY_WITHIN), httpx.AsyncClient(trust_env=False) as probe:
            while not await self._is_ready(probe):
                if self.process.returncode is not None:
                    raise BotDied(f"The bot did not start:\n{self.last_words()}")
                await asyncio.sleep(LOOK_EVERY)

    async def _is_ready(self, probe: httpx.AsyncClient) -> bool:
        try:
            answer = await probe.get(f"{self.url}/readyz")
        except httpx.TransportError:
            return False
        return answer.status_code == HTTPStatus.OK

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LAST_LINES:]) or "(nothing)"

    async def end(self) -> None:
        if self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            async with asyncio.timeout(GOODBYE_WITHIN):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def serving(environment: Mapping[str, str], folder: Path) -> AsyncIterator[Program]:
    """`counterfoil serve` while inside, ready; its folder holds its log and no foreign .env."""
    log = folder / "bot.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"),
            cwd=folder,
            env=environment,
            stdin=DEVNULL,
            stdout=out,
            stderr=STDOUT,
            start_new_session=True,  # Ctrl-C is for the story, which then ends the bot in order.
        )
    program = Program(process, log, environment["PUBLIC_URL"])
    try:
        await program.ready()
        yield program
    finally:
        await program.end()
