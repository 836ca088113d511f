"""The program as a process of its own, between a simulated Slack and a simulated QuickBooks."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import pytest
from pydantic import SecretStr

from bot.config import Config
from sandbox.loopback import free_port, listening
from sandbox.quickbooks import QuickBooks
from sandbox.quickbooks.serve import OverSockets
from sandbox.slack import SOCKETS, Workspace
from sandbox.slack.serve import serving
from tests.world import HTTP, World, a_config, in_socket_mode

STARTS_WITHIN = 20  # Seconds, on a busy machine.
STOPS_WITHIN = 10  # What a supervisor grants before it kills.
_LOOK_AGAIN = 0.02


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


async def run(*arguments: str, env: Mapping[str, str], folder: Path) -> Ended:
    """Run a command to its end."""
    process = await start(*arguments, env=env, folder=folder)
    async with asyncio.timeout(STARTS_WITHIN):
        return await end_of(process)


async def start(
    *arguments: str, env: Mapping[str, str], folder: Path
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def end_of(process: asyncio.subprocess.Process) -> Ended:
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@dataclass
class Program:
    """`counterfoil serve`, at work."""

    process: asyncio.subprocess.Process
    url: str

    async def end(self, number: signal.Signals) -> Ended:
        self.process.send_signal(number)
        async with asyncio.timeout(STOPS_WITHIN):
            return await end_of(self.process)


@asynccontextmanager
async def serve(world: World, folder: Path, **settings: str) -> AsyncIterator[Program]:
    """The bot, started and ready; killed at the end if it still lives."""
    environment = {**environment_of(world.config), **settings}
    process = await start("serve", env=environment, folder=folder)
    async with attended(process, environment["PORT"]) as program:
        yield program


@asynccontextmanager
async def attended(process: asyncio.subprocess.Process, port: str) -> AsyncIterator[Program]:
    """Ready inside; killed at the end if it still lives."""
    program = Program(process, f"http://127.0.0.1:{port}")
    try:
        await until_ready(program)
        yield program
    finally:
        if process.returncode is None:
            process.kill()
            await end_of(process)


async def until_ready(program: Program) -> None:
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(STARTS_WITHIN):
        while True:
            assert program.process.returncode is None, await end_of(program.process)
            try:
                if (await client.get(f"{program.url}/readyz")).status_code == 200:
                    return
            except httpx.ConnectError:
                pass
            await asyncio.sleep(_LOOK_AGAIN)


def environment_of(config: Config) -> dict[str, str]:
    """The settings as the environment has them."""
    values = {name: getattr(config, name) for name in Config.model_fields}
    return {
        name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value is not None
    }


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[World]:
    async with all_but_the_program(tmp_path) as world:
        yield world


@asynccontextmanager
async def all_but_the_program(folder: Path, *, over: str = HTTP) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        quickbooks = QuickBooks(chance=Random(1))
        company = quickbooks.add_company(name="Larkspur Accounting")
        qbo_url = await stack.enter_async_context(listening(OverSockets(quickbooks.app)))
        workspace = Workspace(name="Larkspur", chance=Random(2))
        await stack.enter_async_context(serving(workspace))
        given = in_socket_mode(workspace) if over == SOCKETS else {}
        config = a_config(workspace, quickbooks, qbo_url, folder, free_port(), **given)
        workspace.deliver_to(SOCKETS if over == SOCKETS else f"{config.public_url}/slack/events")
        yield World(
            workspace=workspace,
            quickbooks=quickbooks,
            company=company,
            config=config,
            url=config.public_url,
            olivia=workspace.add_person("Olivia Owner", owner=True),
            anna=workspace.add_person("Anna Berg"),
        )
