"""Programs that are measured, each a process with settings of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from cryptography.fernet import Fernet

from bench import payloads
from bench.wire import Line

OURS = ["-m", "bot", "serve"]
START_WITHIN_SECONDS = 60


def settings(database_url: str, slack_url: str) -> dict[str, str]:
    """What `counterfoil serve` needs, but for how Slack lets it in."""
    return {
        "DATABASE_URL": database_url,
        "SLACK_API_URL": slack_url,
        "SLACK_SIGNING_SECRET": payloads.SIGNING_SECRET,
        "INTUIT_CLIENT_ID": "none",
        "INTUIT_CLIENT_SECRET": "none",
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "LOG_LEVEL": "error",
    }


@asynccontextmanager
async def running(
    arguments: list[str], port: int, environment: Mapping[str, str]
) -> AsyncIterator[None]:
    """Inside, it listens on its port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(argument.format(port=port) for argument in arguments),
        env={**os.environ, **environment, "PORT": str(port)},
    )
    try:
        (await open_line(port)).close()
        yield
    finally:
        process.terminate()
        await process.wait()


async def open_line(port: int) -> Line:
    async with asyncio.timeout(START_WITHIN_SECONDS):
        while True:
            try:
                return await Line.open(port)
            except OSError:
                await asyncio.sleep(0.1)
