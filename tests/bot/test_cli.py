"""The command line: it helps, it says what is wrong, and its exit codes mean something."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from bot.cli import app
from services.db.opening import open_database
from services.db.schema import Fit, fit_of
from tests.bot.conftest import end_of, run, start
from tests.bot.test_config import REQUIRED

AT_ONCE = 20  # Seconds; it is one on a machine with nothing else to do.


def commands(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """The path of every command, groups included; Typer's own kind of command has no name."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, *path, name)


COMMANDS = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    assert f"Usage: root {' '.join(path)}".strip() in shown.output
    assert len(shown.output.split("Options")[0].split()) > 6  # More than its usage.


def test_the_commands_are_the_ones_that_are_promised() -> None:
    found = {" ".join(path) for path in COMMANDS}
    promised = {
        *("serve", "demo", "sandbox quickbooks", "sandbox slack", "db upgrade", "keys rotate"),
        *("export payments", "export audit", "export all"),
        *("import clients", "import invoices", "doctor", "backup", "restore"),
    }
    assert promised <= found


async def test_serving_without_settings_names_them_all_and_exits_2(tmp_path: Path) -> None:
    ended = await run("serve", env={}, folder=tmp_path)
    assert ended.code == 2
    assert {line.partition(":")[0] for line in ended.err.splitlines()} == {
        *("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "INTUIT_CLIENT_ID"),
        *("INTUIT_CLIENT_SECRET", "ENCRYPTION_KEYS"),
    }
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - plain names.


async def test_a_ledger_is_migrated_and_migrated_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'counterfoil.db'}"
    for _ in range(2):
        ended = CliRunner().invoke(app, ["db", "upgrade"], env={"DATABASE_URL": url})
        assert (ended.exit_code, ended.output) == (0, "The database is up to date.\n")
    async with open_database(url) as database:
        assert await fit_of(database) is Fit.FITS


async def test_a_ledger_that_a_later_version_changed_under_it_is_not_served(
    tmp_path: Path,
) -> None:
    file = tmp_path / "counterfoil.db"
    settings = {**REQUIRED, "DATABASE_URL": f"sqlite:///{file}"}
    CliRunner().invoke(app, ["db", "upgrade"], env=settings)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.execute("UPDATE schema_fits SET since = '9999'")
    before = file.read_bytes()
    for command in (("serve",), ("db", "upgrade"), ("export", "payments")):
        ended = await run(*command, env=settings, folder=tmp_path)
        assert ended.code == 1
        assert ended.err == (
            "The database is of a newer version, which this program does not fit. "
            "Run that version.\n"
        )
    assert file.read_bytes() == before


async def test_a_mistyped_folder_is_named_and_no_empty_ledger_is_begun_there(
    tmp_path: Path,
) -> None:
    mistyped = tmp_path / "leger"
    settings = {**REQUIRED, "DATABASE_URL": f"sqlite:///{mistyped / 'counterfoil.db'}"}
    for command in (("serve",), ("db", "upgrade")):
        ended = await run(*command, env=settings, folder=tmp_path)
        assert ended.code == 2
        assert ended.err == (
            f"DATABASE_URL: there is no folder {mistyped}. Make it, or mend the path.\n"
        )
    assert not mistyped.exists()


def test_a_ledger_that_cannot_be_opened_says_so_and_exits_2(tmp_path: Path) -> None:
    file = tmp_path / "counterfoil.db"
    (tmp_path / "counterfoil.db.lock-file").mkdir()
    ended = CliRunner().invoke(app, ["db", "upgrade"], env={"DATABASE_URL": f"sqlite:///{file}"})
    assert ended.exit_code == 2
    assert ended.stderr.startswith(f"DATABASE_URL: {file} cannot be opened: ")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("what", ["quickbooks", "slack"])
async def test_a_sandbox_introduces_itself_on_its_first_line(what: str, tmp_path: Path) -> None:
    process = await start("sandbox", what, "--port", "0", env={}, folder=tmp_path)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(AT_ONCE):
            told = json.loads(await process.stdout.readline())
        assert told["api_url"].startswith("http://127.0.0.1:")
        assert await _answers(what, told)
    finally:
        process.terminate()
        async with asyncio.timeout(AT_ONCE):
            await end_of(process)


async def _answers(what: str, told: dict[str, str]) -> bool:
    """Whether what it told opens it."""
    async with httpx.AsyncClient(trust_env=False) as client:
        if what == "slack":
            headers = {"Authorization": f"Bearer {told['bot_token']}"}
            answer = await client.post(f"{told['api_url']}auth.test", headers=headers)
            return bool(answer.json()["ok"])
        answer = await client.get(
            f"{told['api_url']}/v3/company/{told['realm_id']}/companyinfo/{told['realm_id']}",
            headers={"Authorization": f"Bearer {told['access_token']}"},
        )
        return answer.status_code == 200
