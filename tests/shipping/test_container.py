"""The container: what is in it, and what it does when it is started, asked and stopped."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import distributions
from pathlib import PurePosixPath

import httpx

from bot.config import Config
from tests.bot.conftest import (
    STARTS_WITHIN,
    STOPS_WITHIN,
    Ended,
    Program,
    attended,
    end_of,
    environment_of,
)
from tests.postgres import Server
from tests.shipping.conftest import ROOT
from tests.shipping.dockerfile import Image, ignored, read_ignored, read_steps
from tests.world import World

OURS_TO_SAY = {"HOST", "PORT", "DATABASE_URL", "LOG_FORMAT"}


async def begin(image: Image, command: list[str], env: Mapping[str, str]) -> Process:
    """In the image's folder, with its environment and what an operator adds, and nothing else."""
    return await asyncio.create_subprocess_exec(
        *command, cwd=image.place("."), env=image.own_env | dict(env), stdout=PIPE, stderr=PIPE
    )


async def run(image: Image, *arguments: str, env: Mapping[str, str]) -> Ended:
    async with asyncio.timeout(STARTS_WITHIN):
        return await end_of(await begin(image, [*image.entry, *arguments], env))


async def is_healthy(image: Image, env: Mapping[str, str]) -> bool:
    async with asyncio.timeout(STARTS_WITHIN):
        return (await end_of(await begin(image, image.health, env))).code == 0


@asynccontextmanager
async def serving(image: Image, env: Mapping[str, str]) -> AsyncIterator[Program]:
    process = await begin(image, [*image.entry, *image.command], env)
    async with attended(process, env["PORT"]) as program:
        yield program


def given(world: World, **more: str) -> dict[str, str]:
    """What an operator gives; but no test listens where others could reach it."""
    told = environment_of(world.config)
    secrets = {name: value for name, value in told.items() if name not in OURS_TO_SAY}
    return secrets | {"HOST": "127.0.0.1", "PORT": told["PORT"]} | more


async def test_it_serves_is_healthy_and_stops_in_order(image: Image, outside: World) -> None:
    env = given(outside)
    assert not await is_healthy(image, env)
    async with serving(image, env) as program:
        async with httpx.AsyncClient(base_url=program.url, trust_env=False) as browser:
            alive, ready = await browser.get("/healthz"), await browser.get("/readyz")
        assert (alive.status_code, ready.status_code) == (200, 200)
        assert await is_healthy(image, env)
        assert not await is_healthy(image, env | {"PORT": "1"})
        async with asyncio.timeout(STOPS_WITHIN):
            ended = await program.end(signal.Signals[image.stopped_by])
    assert ended.code == 0, ended.err
    assert image.place("/var/lib/counterfoil/counterfoil.db").is_file()


async def test_a_database_is_brought_up_to_date_first_and_then_served(
    image: Image, outside: World, postgres: Server
) -> None:
    env = given(outside, DATABASE_URL=postgres.create())
    upgraded = await run(image, "db", "upgrade", env={"DATABASE_URL": env["DATABASE_URL"]})
    assert (upgraded.code, upgraded.out) == (0, "The database is up to date.\n"), upgraded.err
    async with serving(image, env) as program:
        assert (await program.end(signal.SIGTERM)).code == 0


async def test_it_says_what_is_not_set(image: Image) -> None:
    ended = await run(image, *image.command, env={})
    assert ended.code == 2
    assert {"SLACK_BOT_TOKEN", "INTUIT_CLIENT_ID", "ENCRYPTION_KEYS"} <= {
        line.partition(":")[0] for line in ended.err.splitlines()
    }


def test_it_listens_to_all_and_serves_as_nobody(told: Image) -> None:
    assert (told.env["HOST"], told.ports) == ("0.0.0.0", [told.env["PORT"]])  # noqa: S104
    assert told.user.split(":")[0].isdecimal()
    assert told.user.split(":")[0] != "0"
    assert told.owners == {told.folder: told.user}  # All else is not its to change.


def test_its_settings_are_the_programs(told: Image) -> None:
    known = {name.upper() for name in Config.model_fields}
    assert told.env.keys() - known == {"PATH", "HOME"}


def test_in_it_is_what_the_program_needs_as_it_is_locked_and_nothing_else(image: Image) -> None:
    library = image.place(f"/opt/counterfoil/lib/python3.{sys.version_info.minor}/site-packages")
    found = {
        each.name.lower().replace("_", "-"): each.version
        for each in distributions(path=[str(library)])
    }
    locked = dict(
        re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    version = found.pop("counterfoil")
    assert f'version = "{version}"' in (ROOT / "pyproject.toml").read_text()
    assert found.items() <= locked.items()
    assert (
        found.keys() & {"pytest", "ruff", "mypy", "uv", "pip", "setuptools", "hatchling"} == set()
    )
    assert {each.name for each in image.root.iterdir()} == {"opt", "var"}


def test_its_python_is_the_one_that_all_is_tried_with() -> None:
    [base] = [
        step.rest for step in read_steps((ROOT / "Dockerfile").read_text()) if step.word == "ARG"
    ]
    version = re.findall(r"python:(3\.\d+)-slim-\w+", base)
    assert f"PYTHON ?= python{version[0]}\n" in (ROOT / "Makefile").read_text()


def test_no_settings_and_no_ledger_get_into_it() -> None:
    patterns = read_ignored(ROOT)
    for path in (
        *(".env", "bot/.env", "bot/.env.production", "counterfoil.db", "bot/counterfoil.db-wal"),
        *(".git/config", "tests/world.py", "deploy/counterfoil.env", "bot/__pycache__/cli.pyc"),
    ):
        assert ignored(PurePosixPath(path), patterns), path
    assert not ignored(PurePosixPath("services/db/migrations/env.py"), patterns)
